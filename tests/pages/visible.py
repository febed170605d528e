"""What a reader sees or hears of a page, and which of it nobody translated."""

import re
from html.parser import HTMLParser

OPEN, CLOSE = "⟦", "⟧"
UNSEEN = {"script", "style", "template"}
# Elements that never have an end tag: they open no scope.
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
ADDRESS = re.compile(r"https?://\S+")
READ_OUT = ("aria-label", "alt", "title", "placeholder", "aria-description")


class Reader(HTMLParser):
    """Collects the visible texts that are neither in brackets nor marked as data."""

    def __init__(self) -> None:
        super().__init__()
        self.loose: list[str] = []
        self.seen = 0
        self._scopes: list[tuple[str, bool, bool]] = []  # tag, unseen, data
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        unseen, data = (self._scopes[-1][1], self._scopes[-1][2]) if self._scopes else (False, False)
        data = data or (given.get("translate") == "no" and bool(given.get("lang")))
        unseen = unseen or tag in UNSEEN
        if not unseen and not data:
            for name in READ_OUT:
                self._judge_attribute(tag, name, given.get(name, ""))
        if tag not in VOID:
            self._scopes.append((tag, unseen, data))

    def handle_endtag(self, tag: str) -> None:
        while self._scopes and self._scopes.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        unseen, data = (self._scopes[-1][1], self._scopes[-1][2]) if self._scopes else (False, False)
        if unseen:
            return
        for part in _parts(text):
            if part == OPEN:
                self._depth += 1
            elif part == CLOSE:
                self._depth -= 1
            elif any(sign.isalpha() for sign in part):
                self.seen += 1
                if not self._depth and not data:
                    self.loose.append(part.strip())

    def _judge_attribute(self, tag: str, name: str, value: str) -> None:
        depth = 0
        for part in _parts(value):
            depth += {OPEN: 1, CLOSE: -1}.get(part, 0)
            if part not in (OPEN, CLOSE) and not depth and any(sign.isalpha() for sign in part):
                self.loose.append(f"<{tag} {name}> {part.strip()}")


def _parts(text: str) -> list[str]:
    spread = text.replace(OPEN, f"\0{OPEN}\0").replace(CLOSE, f"\0{CLOSE}\0")
    return [part for part in spread.split("\0") if part]


def untranslated(html: str) -> list[str]:
    """Return every visible text with letters that is neither bracketed nor inside translate="no" with a lang."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.seen, "a page without a word was not read at all"
    assert reader._depth == 0, "the brackets of a translation were torn apart"
    return reader.loose


def untranslated_text(text: str) -> list[str]:
    """Return the lines of a plain text (a mail) with letters outside brackets; addresses are data."""
    depth, loose = 0, []
    for line in ADDRESS.sub("", text).splitlines():
        outside = ""
        for part in _parts(line):
            depth += {OPEN: 1, CLOSE: -1}.get(part, 0)
            outside += part if part not in (OPEN, CLOSE) and not depth else ""
        if any(sign.isalpha() for sign in outside):
            loose.append(line)
    return loose
