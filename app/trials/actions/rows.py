"""The rows that a record becomes: pure, and in the order of the columns, as COPY takes them."""

from typing import Any

from app.trials.models import Source
from app.trials.record import Record, Text
from app.trials.rules.days import as_date

# What we know of a record ourselves, then what its source states, as `stated` returns it.
KEPT = (
    "id", "trial_id", "digest", "version", "first_seen_at", "changed_at", "last_seen_at", "leads", "apart", "demo",
)  # fmt: skip
STATED = (
    "source", "number", "scheme", "address", "updated_on", "registered_on", "started_on", "title_en", "title_ja",
    "sponsor_en", "sponsor_ja", "status", "study_type", "phases", "modalities", "first_in_human", "decentralised",
    "international",
)  # fmt: skip
RECORD = KEPT + STATED
# What a newer version replaces; the rest stays as it was when the record was first read, or is decided elsewhere.
REPLACED = tuple(name for name in RECORD if name not in {"id", "trial_id", "first_seen_at", "leads", "apart", "demo"})
VERSION = ("record_id", "version", "digest", "read_at", "content")
NUMBER = ("record_id", "value", "scheme")
SITE = (
    "record_id", "position", "facility_en", "facility_ja", "city", "prefecture_code", "country_code", "status",
    "disclosed", "undisclosed_because",
)  # fmt: skip
Row = tuple[Any, ...]


def stated(record: Record) -> Row:
    """Return the columns of `trial_record` that the source states."""
    title, sponsor = titles(record), sponsors(record)
    return (
        record.source, record.number, record.registry, _linkable(record.address), as_date(record.updated),
        as_date(record.registered), as_date(record.started), title.en, title.ja, sponsor.en, sponsor.ja,
        record.status.code, record.design.kind.code, record.design.phase.codes,
        tuple(hint.code for hint in record.modalities), record.first_in_human is not None, bool(record.decentralised),
        record.international,
    )  # fmt: skip


def places(record: Record) -> tuple[Row, ...]:
    """Return the rows of `record_site`, without the id of the record."""
    return tuple(
        (
            site.position, site.facility.en, site.facility.ja, site.city, site.prefecture,
            site.country.code if site.country else None, site.status.code, site.disclosed, site.undisclosed_because,
        )
        for site in record.sites
    )  # fmt: skip


def names_of(record: Record) -> dict[str, str]:
    """Return the numbers by which a record is joined with others, and their schemes: its own and those it names.

    Numbers of unknown schemes, such as a sponsor's own, are left out: two sponsors may use the same.
    """
    return {record.number: record.registry} | {one.value: one.scheme for one in record.numbers if one.scheme}


def source_of(record: Record) -> Source:
    """Return who handed the record to us. Raises ValueError for a source that we do not know."""
    return Source(record.source)


def titles(record: Record) -> Text:
    """Return the title for lists: in each language the public one, else the scientific one, else the acronym."""
    choices = (record.public_title, record.scientific_title, record.acronym)
    return Text(
        next((text.ja for text in choices if text.ja), None), next((text.en for text in choices if text.en), None)
    )


def sponsors(record: Record) -> Text:
    """Return the name of the sponsor; of a person, where they work."""
    if record.sponsor is None:
        return Text()
    return record.sponsor.name or record.sponsor.affiliation


def _linkable(address: str | None) -> str | None:
    """Return an address that a page may link to: of the web, and nothing that a browser would run."""
    return address if address and address.startswith(("https://", "http://")) else None
