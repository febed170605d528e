"""Files of ClinicalTrials.gov studies: one study, a list, a page of the API, or JSON lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.enquiries.ctgov.study import NotAStudy, Study, read_study
from app.ground.i18n import Message, Said, _, say

# The largest file that is read: about twice the longest page (1,000 studies) that the registry hands out.
LARGEST_FILE = 64 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Entry:
    """One study of a file, or what is wrong at its place; `place` is None where the whole file is meant."""

    place: Said | None
    study: Study | None = None
    problem: NotAStudy | None = None


def studies_in(content: bytes) -> Iterator[Entry]:
    """Yield what a file holds, in its order; a study that cannot be read does not hide the others.

    Never raises for what the file says: a file that holds no study at all yields one problem.
    """
    if len(content) > LARGEST_FILE:
        yield _nothing(_("The file is larger than %(most)s MB."), most=LARGEST_FILE // 1024**2)
        return
    content = content.removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        yield _nothing(_("The file is empty."))
        return
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield from _lines(content) if _looks_like_lines(content) else [_not_json(error)]
        return
    yield from _parsed(parsed)


def _parsed(parsed: Any) -> Iterator[Entry]:
    listed = parsed.get("studies") if isinstance(parsed, dict) and "protocolSection" not in parsed else parsed
    if not isinstance(listed, list):
        yield _entry(None, parsed)
    elif not listed:
        yield _nothing(_("The file holds no study."))
    else:
        for number, record in enumerate(listed, 1):
            yield _entry(say(_("study %(number)s"), number=number), record)


def _lines(content: bytes) -> Iterator[Entry]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        place = say(_("line %(number)s"), number=number)
        try:
            yield _entry(place, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            yield Entry(place, problem=_not_json(error).problem)


def _looks_like_lines(content: bytes) -> bool:
    """Say whether one of the first two lines with text is a JSON object of its own."""
    filled = [line for line in content[: 8 * 1024 * 1024].split(b"\n") if line.strip()]
    return len(filled) > 1 and any(_is_object(line) for line in filled[:2])


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _entry(place: Said | None, record: object) -> Entry:
    try:
        return Entry(place, study=read_study(record))
    except NotAStudy as problem:
        return Entry(place, problem=problem)


def _nothing(message: Message, **details: object) -> Entry:
    return Entry(None, problem=NotAStudy(message, **details))


def _not_json(error: orjson.JSONDecodeError) -> Entry:
    return _nothing(_("This is not JSON: reading stopped at character %(position)s."), position=error.pos + 1)
