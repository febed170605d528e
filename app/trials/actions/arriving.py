"""What is handed to a load: records read out to rows, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.ground.i18n import Message, Said
from app.trials.actions import rows
from app.trials.reading.found import LONGEST_RAW
from app.trials.record import Record
from app.trials.rules.days import as_date
from app.trials.written import as_json, digest_of


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record that a file or a registry gave, read out to what is stored of it: small, for thousands wait at once.

    `content` is its JSON, `updated` the source's own date of it, `names` the numbers that it bears and names with
    their schemes, `stated` and `sites` its rows (`app.trials.actions.rows`), `place` where it stood.
    """

    source: str
    number: str
    digest: str
    content: str
    updated: date | None
    names: Mapping[str, str]
    stated: rows.Row
    sites: tuple[rows.Row, ...]
    place: Said | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one record: who handed it over, and its number."""
        return self.source, self.number


@dataclass(frozen=True)
class Refusal:
    """What was not taken: where it stood, why, and the beginning of its text."""

    place: Said | None
    reason: Message | Said
    raw: str = ""


def incoming(record: Record, place: Said | None = None) -> Incoming:
    """Return a record ready to be loaded, with its JSON and digest."""
    content = as_json(record)
    return read_out(record, content.decode(), digest_of(record, content), place)


def read_out(record: Record, content: str, digest: str, place: Said | None = None) -> Incoming:
    """Return a record ready to be loaded whose JSON and digest are at hand."""
    return Incoming(
        record.source,
        record.number,
        digest,
        content,
        as_date(record.updated),
        rows.names_of(record),
        rows.stated(record),
        rows.places(record),
        place,
    )


def said_of(one: Incoming) -> str:
    """Return the beginning of what a record says, to be shown where it is refused; contacts are in no record."""
    return one.content[:LONGEST_RAW]
