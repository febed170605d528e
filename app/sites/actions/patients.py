"""A coordinator states how many eligible patients a year there are for a condition; nobody reckons it from anything."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, Said, _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.errors import PatientsMovedOn
from app.sites.models import EligiblePatients, Institution
from app.sites.rules.patients import PatientStatement, read_patients
from app.terms.models import Concept, Vocabulary
from app.terms.queries import by_codes, exact


async def set_patients(
    session: AsyncSession, code: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> EligiblePatients:
    """Record what the coordinator's institution, or a disease registry, counts for one condition.

    `typed` holds what `rules.patients.read_patients` reads, condition as a code or as words that name one, "yes" in
    public where the row is for everybody, and in `seen` the id of the row that the page showed, empty for none. An
    empty number withdraws what stood; it is kept as superseded. Raises NoSuchInstitution for an institution that `by`
    does not speak for, Unacceptable with a sentence for each field that cannot be taken, PatientsMovedOn where another
    row stands by now.
    """
    institution = await queries.own_institution(session, code, reader=by)
    said, errors = read_patients(typed, today=in_japan(now))
    condition = await condition_named(session, typed.get("condition", ""))
    wrong: dict[str, Message | Said] = {**errors}
    if condition is None:
        wrong = {"condition": _("Choose a condition from the vocabulary."), **wrong}
    if wrong or said is None or condition is None:
        raise Unacceptable(wrong)
    before = await _standing_row(session, institution, condition.code, said)
    # A withdrawn row stands on no page, so that nobody can have seen it.
    shown = before if before is not None and before.a_year is not None else None
    if typed.get("seen", "") != (str(shown.id) if shown else ""):
        raise PatientsMovedOn
    if shown is None and said.a_year is None:
        raise Unacceptable({"a_year": _("Enter the number of patients.")})
    if before is not None:
        before.superseded_at = now
        await session.flush()
    row = _row(institution.id, condition.code, said, typed.get("public") == "yes", by=by, now=now)
    session.add(row)
    await session.flush()
    audit.record(session, "patients.set", subject=institution.id, by=by, now=now, patients=str(row.id))
    return row


async def condition_named(session: AsyncSession, text: str) -> Concept | None:
    """Return the one condition that a code or a word names, None where it names none or several."""
    plain = text.strip()
    if not plain or not plain.isprintable():
        return None
    found = (await by_codes(session, [plain])).get(plain)
    if found is not None:
        return found if found.vocabulary is Vocabulary.CONDITION else None
    named = await exact(session, plain, vocabularies=[Vocabulary.CONDITION])
    return named[0] if len(named) == 1 else None


async def _standing_row(
    session: AsyncSession, institution: Institution, condition: str, said: PatientStatement
) -> EligiblePatients | None:
    """Return the current row; the institution is locked first, so that two coordinators take turns."""
    await queries.lock_institution(session, institution.id)
    current = select(EligiblePatients).where(
        EligiblePatients.institution_id == institution.id,
        EligiblePatients.condition_code == condition,
        EligiblePatients.source_kind == said.source_kind,
        EligiblePatients.superseded_at.is_(None),
    )
    return await session.scalar(current)


def _row(
    institution_id: UUID, condition: str, said: PatientStatement, public: bool, *, by: Actor, now: datetime
) -> EligiblePatients:
    return EligiblePatients(
        institution_id=institution_id,
        condition_code=condition,
        a_year=said.a_year,
        source_kind=said.source_kind,
        source_words=said.source_words,
        source_url=said.page,
        note_en=said.note if by.language == "en" else None,
        note_ja=said.note if by.language == "ja" else None,
        public=public,
        as_of=said.as_of,
        recorded_at=now,
        recorded_by_id=by.person_id,
    )
