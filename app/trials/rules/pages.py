"""A registry's page before anybody interprets it: is it whole, is it a record, whose details must not be kept."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

_ROW = re.compile(r"<tr\b.*?(?=<tr\b|</tbody|</table|\Z)", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)(?=</th|<t[dh]\b|\Z)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"(<td\b[^>]*>)(.*?)(?=</td|<t[dh]\b|</tr|\Z)", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")
_PERSONAL = re.compile(r"氏名|e-?rad|電話|fax|ファックス|メール|e-?mail|^telephone$|^tel$|^name$|役職|管理者$")
_MAIL = re.compile(r"[\w.+%-]{1,64}[@＠](?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}")
# Rows of a Japanese page without which it is not the page that we know (facts: registries.md, A.5 and A.6).
SECTIONS = ("area-toggle-00", "area-toggle-01-02", "area-toggle-01-04", "area-toggle-02-01")
NUMBER = frozenset({"臨床研究実施計画番号", "jrct番号"})
FACILITY = frozenset({"所属機関(実施医療機関)", "実施医療機関", "実施医療機関の名称"})
TITLES_JA = frozenset({"研究名称"})
TITLES_EN = frozenset({"scientifictitle(acronym)", "scientifictitle"})
# Either of these in its <title>: the registry's own page, not one of whatever stands before it.
_OWN_NAME = re.compile(r"公開システム|jRCT", re.IGNORECASE)


def rows(page: str) -> Iterator[tuple[frozenset[str], list[str]]]:
    """Yield every labelled row: the parts of its label in both languages, and the text of its cells."""
    for found in _ROW.finditer(page):
        heads = _HEAD.findall(found[0])
        if heads:
            yield _parts(heads[-1]), [_text(cell) for _tag, cell in _CELL.findall(found[0])]


def missing_parts(page: str, number: str) -> tuple[str, ...]:
    """Return what a Japanese page of this number should have and has not: ids of sections, rows by what they hold."""
    known = list(rows(page))
    labels: frozenset[str] = frozenset().union(*(parts for parts, _cells in known))
    missing = [section for section in SECTIONS if f'id="{section}"' not in page]
    if not any(parts & NUMBER and number.lower() in "".join(cells).lower() for parts, cells in known):
        missing.append("number")
    missing += [name for name, wanted in (("facility", FACILITY), ("title", TITLES_JA)) if not labels & wanted]
    return tuple(missing)


def trial_title(page: str, language: str) -> str:
    """Return the trial's title as the page states it; "" where it has none."""
    wanted = TITLES_JA if language == "ja" else TITLES_EN
    said = (cells[0] for parts, cells in rows(page) if parts & wanted and cells and cells[0])
    return next(said, "")


def is_whole(page: str) -> bool:
    """Say whether a page has its end."""
    return "</html" in page[-2000:].lower()


def is_registry_page(page: str) -> bool:
    """Say whether the registry itself speaks, and not a machine in front of it: its name stands in <title>."""
    found = _TITLE.search(page)
    return found is not None and bool(_OWN_NAME.search(found[1]))


def without_people(page: str) -> str:
    """Return a page whose rows of names, telephone, mail and researcher's numbers are empty, and no address for mail."""
    return _MAIL.sub("", _ROW.sub(_emptied, page))


def _emptied(row: re.Match[str]) -> str:
    heads = _HEAD.findall(row[0])
    if not heads or not any(_PERSONAL.search(part) for part in _parts(heads[-1])):
        return row[0]
    return _CELL.sub(lambda cell: cell[1], row[0])


def _parts(head: str) -> frozenset[str]:
    words = "".join(unicodedata.normalize("NFKC", _text(head)).lower().split())
    return frozenset(part for part in (words, *words.split("/")) if part)


def _text(markup: str) -> str:
    return " ".join(unescape(_MARKUP.sub(" ", markup)).split())
