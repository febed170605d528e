"""Tables of a registry's HTML page as plain rows: section, headings above, label, cells. Nothing is interpreted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.trials.rules.texts import kept, tight

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([\w-]{2,20})", re.IGNORECASE)
# What Japanese pages of the time were written in, beside UTF-8.
_ENCODINGS = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jp"}
# Headings that span more rows than this are a broken page.
_MOST_ROWS = 1_000
_LANGUAGE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_BREAKS = {"br", "p", "div", "li"}


@dataclass(frozen=True)
class Row:
    """One row of a labelled table: the id of its section ("" before the first), its table's number on the page, the
    headings that span it, its label, its cells.
    """

    section: str
    table: int
    headings: tuple[str, ...]
    label: str
    cells: tuple[str, ...]

    def is_called(self, *names: str) -> bool:
        """Say whether one part of the label ("日本語 / English") is one of these names, as `part` writes them."""
        return not self.parts.isdisjoint(names)

    @property
    def parts(self) -> frozenset[str]:
        """Return the parts of the label as they are compared."""
        return _parts(self.label)


@lru_cache(maxsize=4096)
def _parts(label: str) -> frozenset[str]:
    return frozenset(part(word) for word in (label, *re.split(r"[/／\n]", label)) if word.strip())


def part(label: str) -> str:
    """Return a label as it is compared: without spaces, signs and the words by which kinds of research differ."""
    plain = re.sub(r"[()\[\]「」:：、,・*※]", "", tight(label))
    return re.sub(r"特定臨床研究|臨床研究|医師主導治験|企業治験|治験|試験", "研究", plain)


def decoded(content: bytes) -> tuple[str, bool]:
    """Return the text of a page, and whether every byte of it could be read in UTF-8 or the encoding that it names."""
    named = _CHARSET.search(content[:4096])
    declared = named[1].decode("ascii", "replace").lower() if named else ""
    for encoding in ("utf-8-sig", _ENCODINGS.get(declared, "")):
        try:
            return content.decode(encoding), True
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace"), False


def parsed(page: str) -> LexborHTMLParser:
    """Return a page as a tree; a broken or cut page gives what came before."""
    return LexborHTMLParser(page)


def rows_of(page: LexborHTMLParser) -> Iterator[Row]:
    """Yield every labelled row of the tables of a page, in its order."""
    for number, table in enumerate(page.css("table")):
        yield from _table(table, number, _section(table))


def text_of(node: LexborNode) -> str:
    """Return the text of a node; <br> and blocks break lines; what an entity spells is text, even if it looks like
    markup; buttons and scripts say nothing.
    """
    parts: list[str] = []
    for one in node.traverse(include_text=True):
        if one.tag == "-text":
            if not _inside(one, node, ("script", "style", "button")):
                said = one.text(deep=False) or ""
                # A line of the page's source that ends with <br> ends once.
                parts.append(said.lstrip("\r\n") if parts and parts[-1] == "\n" else said)
        elif one.tag in _BREAKS:
            parts.append("\n")
    return kept("\n".join(" ".join(line.split(" ")) for line in "".join(parts).split("\n")))


def is_japanese(text: str) -> bool:
    """Say whether a text has a Japanese sign."""
    return bool(_LANGUAGE.search(text))


def _inside(node: LexborNode, top: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = node.parent
    return parent is not None and parent.tag in tags


def _section(table: LexborNode) -> str:
    here = table.parent
    while here is not None and here.tag not in ("body", "html"):
        name = here.attributes.get("id") or ""
        if name.startswith("area-toggle-"):
            return name.removeprefix("area-toggle-")
        if "caption" in (here.attributes.get("class") or ""):
            return "caption"
        here = here.parent
    return ""


def _table(table: LexborNode, number: int, section: str) -> Iterator[Row]:
    spanning: list[tuple[str, int]] = []  # a heading and for how many more rows it holds
    for line in table.css("tr"):
        heads, cells = _split(line)
        headings = tuple(words for words, _left in spanning)
        new = [(text_of(head), _rows(head)) for head in heads]
        label = new[-1][0] if new else ""
        above = (*headings, *(words for words, _left in new[:-1]))
        if cells:
            yield Row(section, number, above, label, tuple(text_of(cell) for cell in cells))
        spanning = [(words, left - 1) for words, left in spanning if left > 1]
        spanning += [(words, rows - 1) for words, rows in new if rows > 1]


def _split(line: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    heads, cells = [], []
    for node in line.iter():
        if node.tag == "th":
            heads.append(node)
        elif node.tag == "td":
            cells.append(node)
    return heads, cells


def _rows(head: LexborNode) -> int:
    written = head.attributes.get("rowspan") or "1"
    return min(int(written), _MOST_ROWS) if written.isascii() and written.isdigit() and len(written) < 5 else 1
