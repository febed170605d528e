"""Identifying numbers of trials: the one spelling by which records of the same trial are joined."""

import re
import unicodedata
from collections.abc import Callable

from app.trials.record import Number, Text
from app.trials.rules.lists import once

# jRCT numbers are a letter and nine digits, or ten digits (2080 and six digits: moved over from JapicCTI); they stand in
# any case, with or without ICTRP's prefix JPRN-.
_SCHEMES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        "jrct",
        re.compile(r"(?<![a-z0-9])(?:jprn-)?jrct[ -]?(?:([a-z])[ -]?(\d{9})|(\d{10}))(?!\d)", re.IGNORECASE),
        lambda found: f"jRCT{found[3] or found[1].lower() + found[2]}",
    ),
    ("nct", re.compile(r"(?<![a-z0-9])nct[ -]?(\d{8})(?!\d)", re.IGNORECASE), lambda found: f"NCT{found[1]}"),
    (
        "umin",
        re.compile(r"(?<![a-z0-9])(?:jprn-)?umin[ -]?(\d{9})(?!\d)", re.IGNORECASE),
        lambda found: f"UMIN{found[1]}",
    ),
    (
        "umin",
        re.compile(r"(?<![a-z0-9])(?:jprn-)c(0\d{8})(?!\d)|^c(0\d{8})$", re.IGNORECASE),
        lambda found: f"C{found[1] or found[2]}",
    ),
    (
        "japiccti",
        re.compile(r"(?<![a-z0-9])(?:jprn-)?japic ?cti[ -]?(\d{6})(?!\d)", re.IGNORECASE),
        lambda found: f"JapicCTI-{found[1]}",
    ),
    (
        "jma",
        re.compile(r"(?<![a-z0-9])(?:jprn-)?jma-?iia-?(\d{4,6})(?!\d)", re.IGNORECASE),
        lambda found: f"JMA-IIA{found[1]}",
    ),
    (
        "euct",
        re.compile(r"(?<![0-9-])(?:euct-?|ctis-?)?(\d{4}-5\d{5}-\d{2})(-\d{2})?(?![0-9-])", re.IGNORECASE),
        # The last two digits count resubmissions of one and the same trial.
        lambda found: found[1],
    ),
    (
        "eudract",
        re.compile(r"(?<![0-9-])(?:euctr)?(\d{4}-0\d{5}-\d{2})(?:-[a-z]{2,3})?(?![0-9-])", re.IGNORECASE),
        lambda found: found[1],
    ),
    ("utn", re.compile(r"(?<![a-z0-9])u1111[ -]?(\d{4})[ -]?(\d{4})(?!\d)", re.IGNORECASE), lambda f: f"U1111-{f[1]}-{f[2]}"),
    ("isrctn", re.compile(r"(?<![a-z0-9])isrctn ?(\d{8})(?!\d)", re.IGNORECASE), lambda found: f"ISRCTN{found[1]}"),
    ("chictr", re.compile(r"(?<![a-z0-9])chictr-?((?:[a-z]{2,4}-)?\d{8,10})(?!\d)", re.IGNORECASE), lambda f: f"ChiCTR{f[1]}"),
    ("kct", re.compile(r"(?<![a-z0-9])kct(\d{7})(?!\d)", re.IGNORECASE), lambda found: f"KCT{found[1]}"),
    ("actrn", re.compile(r"(?<![a-z0-9])actrn(\d{14})(?!\d)", re.IGNORECASE), lambda found: f"ACTRN{found[1]}"),
    ("drks", re.compile(r"(?<![a-z0-9])drks(\d{8})(?!\d)", re.IGNORECASE), lambda found: f"DRKS{found[1]}"),
)  # fmt: skip
_PARTED = re.compile(r"[;、,，\n]|\s/\s")
_NONE = re.compile(r"(?:なし|無し|特になし|該当なし|none|nil|no|n/?a|not applicable|not available|[-.])", re.IGNORECASE)
# Region 99 and NCT9999 are the practice registry's: no registry has given out such a number.
_FICTIONAL = re.compile(r"jRCT[a-z\d]99\d{7}|NCT9999\d{4}|NCT0{8}")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ー"), "-")


def numbers_in(text: str, issuer: Text | None = None) -> tuple[Number, ...]:
    """Return every number that a text holds, each once and in its order.

    A text in which none is recognised is itself one number of an unknown scheme: a sponsor's protocol, a grant.
    """
    issued = issuer or Text()
    found: list[tuple[int, Number]] = []
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    for scheme, pattern, spelled in _SCHEMES:
        found += [(m.start(), Number(m[0], scheme, spelled(m), issued)) for m in pattern.finditer(plain)]
    if found:
        known = [number for _place, number in sorted(found, key=lambda one: one[0])]
        return once(known, lambda number: (number.scheme, number.value))
    parts = (" ".join(part.split()) for part in _PARTED.split(text))
    return tuple(
        Number(part, None, part, issued) for part in dict.fromkeys(parts) if part and not _NONE.fullmatch(part)
    )


def number_of(text: str) -> Number | None:
    """Return the one number of a known scheme that a text is, None where it is none, or holds more than one."""
    found = numbers_in(text)
    return found[0] if len(found) == 1 and found[0].scheme else None


def is_fictional(number: str) -> bool:
    """Say whether a number, in its one spelling, is one of the practice registry's, which cannot be real."""
    return _FICTIONAL.fullmatch(number) is not None
