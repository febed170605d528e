"""The last step of every reader: what the words of a record hint at, and what was found wrong while it was read."""

from collections.abc import Iterator
from dataclasses import replace

from app.trials.reading.notes import Notes
from app.trials.record import Record
from app.trials.rules.hints import Named, decentralised_in, first_in_human_in, modalities_in


def finished(record: Record, notes: Notes) -> Record:
    """Return a record with its hints and findings; a record without any title says so.

    Modalities are read from titles and what is given only: a summary speaks of other products too.
    """
    if not record.public_title and not record.scientific_title:
        notes.find("public_title", "", "no_title")
    titles = [("public_title", record.public_title), ("scientific_title", record.scientific_title)]
    given = list(_given(record))
    told = [*titles, ("summary", record.summary), *given, ("design", record.design.text), *_told(record)]
    return replace(
        record,
        modalities=modalities_in([*titles, *given], _kinds(record)),
        first_in_human=first_in_human_in(told),
        decentralised=decentralised_in(told),
        findings=tuple(dict.fromkeys(notes.findings)),
    )


def _given(record: Record) -> Iterator[Named]:
    for one in record.interventions:
        yield "interventions", one.name
        yield "interventions", one.description
    for product in record.products:
        yield "products", product.generic_name
        yield "products", product.brand_name


def _told(record: Record) -> Iterator[Named]:
    """Descriptions, and the free remarks of a jRCT page, where a plan says how visits are done."""
    labels = ("designModule", "descriptionModule", "その他")
    return ((f"further: {one.label}", one.text) for one in record.further if one.label.startswith(labels))


def _kinds(record: Record) -> list[tuple[str, str]]:
    kinds = [("interventions", one.kind.text.any()) for one in record.interventions]
    return kinds + [("products", one.kind.code or "") for one in record.products]
