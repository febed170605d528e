"""Any file of public trial records, recognised by what it holds: jRCT page, ClinicalTrials.gov JSON, ICTRP CSV or XML."""

import re
from collections.abc import Iterator
from datetime import date
from typing import IO

from app.ground.i18n import _
from app.trials.reading import ctgov, ictrp_files, jrct
from app.trials.reading.found import Found, Unreadable, refused
from app.trials.reading.json_files import values_in
from app.trials.reading.shown import shown_broken, shown_study
from app.trials.rules.days import as_date, is_before
from app.trials.written import as_json, digest

# A page of a trial with 300 hospitals has about 2.5 MB.
LARGEST_PAGE = 16 * 1024 * 1024
# So many trials are remembered to see that one stands twice in a file; about 100 MB of memory at the most.
REMEMBERED = 500_000
_PEEK = 4096
_TWICE = _("%(number)s stands twice in this file in the same words.")
TWICE_DIFFERENT = _(
    "%(number)s stands twice with different content, and the source does not say which is the later. The first is taken."
)
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table|div)\b", re.IGNORECASE)


class Repeated(Unreadable):
    """A trial that stands a second time in the same words: nothing is wrong with it, and nothing is new."""


def records_in(file: IO[bytes]) -> Iterator[Found]:
    """Yield each record of a file and each thing in it that is none, with its place; the file must be seekable.

    Never raises for what the file says. A trial that stands a second time in the same words is named and left out. In
    other words, it is yielded again where the source dates the two, so that whoever stores them takes the later; where
    it does not, it is refused.
    """
    return _once(_all(file))


def _all(file: IO[bytes]) -> Iterator[Found]:
    beginning = file.read(_PEEK)
    file.seek(0)
    plain = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain:
        yield refused(None, Unreadable(_("The file is empty.")))
    elif plain[:1] in b"{[":
        yield from _studies(file)
    elif _PAGE.search(plain):
        yield _page(file)
    elif plain.startswith(b"<") or plain[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        yield from ictrp_files.read_xml(file)
    else:
        yield from ictrp_files.read_csv(file)


def _studies(file: IO[bytes]) -> Iterator[Found]:
    for one in values_in(file):
        if one.problem:
            yield refused(one.place, one.problem, shown_broken(one.raw))
            continue
        try:
            yield Found(one.place, ctgov.read_study(one.value))
        except Unreadable as problem:
            yield refused(one.place, problem, shown_study(one.value))


def _page(file: IO[bytes]) -> Found:
    content = file.read(LARGEST_PAGE + 1)
    if len(content) > LARGEST_PAGE:
        return refused(None, Unreadable(_("The page is larger than %(most)s MB."), most=LARGEST_PAGE // 1024**2))
    try:
        return Found(None, jrct.read_page(content))
    except Unreadable as problem:
        return refused(None, problem)


def _once(entries: Iterator[Found]) -> Iterator[Found]:
    seen: dict[str, tuple[bytes, date | None]] = {}
    for entry in entries:
        record = entry.record
        if record is None:
            yield entry
            continue
        said, dated = bytes.fromhex(digest(record))[:16], as_date(record.updated)
        before, last = seen.get(record.number, (b"", None))
        if before == said:
            yield refused(entry.place, Repeated(_TWICE, number=record.number), record.number)
            continue
        if before and not is_before(dated, last) and not is_before(last, dated):
            yield refused(entry.place, Unreadable(TWICE_DIFFERENT, number=record.number), as_json(record))
            continue
        if (before and is_before(last, dated)) or (not before and len(seen) < REMEMBERED):
            seen[record.number] = said, dated
        yield entry
