"""Numbers and responsible organisations of a trial in FHIR R5; a person is never named."""

from collections.abc import Iterator

from app.ground.i18n import Locale
from app.trials.exports import r5_codes
from app.trials.exports.r5_parts import Json, clean, coding, concept, kept, worded
from app.trials.record import Contact, Party, Record


def identifiers(records: list[Record]) -> list[Json]:
    """Return every number that the records bear or name, each once: their own first, with the system of the registry."""
    found: dict[str, Json] = {}
    for record in records:
        found.setdefault(record.number, _identifier("official", record.registry, record.number))
    for record in records:
        for number in record.numbers:
            issuer = clean(number.issuer.any())
            assigner = {"assigner": {"display": issuer}} if issuer else {}
            if value := clean(number.value):
                found.setdefault(value, _identifier("secondary", number.scheme, value) | assigner)
    return list(found.values())


def _identifier(use: str, scheme: str | None, value: str) -> Json:
    return kept(use=use, system=r5_codes.NUMBER_SYSTEMS.get(scheme or ""), value=value)


def parties(record: Record, language: Locale) -> list[Json]:
    """Return who answers for the trial, pays for it, answers questions and reviewed it."""
    return list(_parties(record, language))


def _parties(record: Record, language: Locale) -> Iterator[Json]:
    if record.sponsor:
        yield from _party("lead-sponsor", record.sponsor, language)
    for party in record.secondary_sponsors:
        yield from _party("collaborator", party, language)
    for party in record.funding:
        yield from _party("funding-source", party, language)
    if record.public_contact:
        yield from _contact(record.public_contact, language)
    for committee in record.ethics:
        if name := worded("name", committee.name, language):
            yield name | _role("irb")


def _party(role: str, party: Party, language: Locale) -> Iterator[Json]:
    kind = concept(party.kind.text, language)
    classifier = {"classifier": [kind]} if kind else {}
    if name := worded("name", party.name, language):
        yield name | _role(role) | classifier
    # Where the source names a person, only the place where they work is said, and not as if the place had the role.
    elif party.affiliation:
        yield _role(role) | classifier | {"party": worded("display", party.affiliation, language)}


def _contact(contact: Contact, language: Locale) -> Iterator[Json]:
    if name := worded("name", contact.organisation or contact.department, language):
        yield name | _role("general-contact")


def _role(role: str) -> Json:
    return {"role": {"coding": coding(r5_codes.ROLE_SYSTEM, (role, role))}}
