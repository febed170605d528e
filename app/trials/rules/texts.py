"""Texts of a source as they are kept, and as they are compared."""

import html
import re
import unicodedata

# Far beyond the longest field that a registry takes (ClinicalTrials.gov: 32,000 characters); bounds what one record
# can weigh.
LONGEST_TEXT = 100_000
_LINE_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li)\s*/?>", re.IGNORECASE)
_MANY_BREAKS = re.compile(r"\n{3,}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def kept(text: str) -> str:
    """Return a text without spaces at its ends and the ends of its lines; everything inside stays as written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _MANY_BREAKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def storable(text: str) -> str:
    """Return a text without what PostgreSQL cannot keep: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


def unmarked(text: str) -> str:
    """Return a text of an ICTRP file with <br> as a line break and character entities as characters.

    Entities are read twice, because some registers hand over text that was escaped twice (&amp;#39;). Anything that
    then looks like markup is text: it is never interpreted.
    """
    return html.unescape(html.unescape(_LINE_BREAK.sub("\n", text)))


def folded(text: str) -> str:
    """Return a text as it is compared: full-width figures and half-width katakana made plain, small, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def tight(text: str) -> str:
    """Return a text as `folded` does, without any space: how labels and codes are compared."""
    return "".join(folded(text).split())
