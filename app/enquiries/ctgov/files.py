"""Files of ClinicalTrials.gov studies: one study, a list, a page of the API, or JSON lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.enquiries.ctgov.study import NotAStudy, Study, read_study
from app.ground.i18n import Message, Said, _
from app.trials.reading.json_files import from_bytes

# The largest file that is read: about twice the longest page (1,000 studies) that the registry hands out.
LARGEST_FILE = 64 * 1024 * 1024


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
    for value in from_bytes(content):
        if value.problem:
            yield Entry(value.place, problem=NotAStudy(value.problem.message, **value.problem.details))
        else:
            yield _entry(value.place, value.value)


def _entry(place: Said | None, record: object) -> Entry:
    try:
        return Entry(place, study=read_study(record))
    except NotAStudy as problem:
        return Entry(place, problem=problem)


def _nothing(message: Message, **details: object) -> Entry:
    return Entry(None, problem=NotAStudy(message, **details))
