"""What a coordinator says of the committees of their institution."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.errors import EntryMovedOn, NoSuchCommittee
from app.sites.models import Committee, CommitteeMeeting, Contact
from app.sites.queries import lock_institution
from app.sites.rules.committees import CommitteeStatement, read_committee

Row = TypeVar("Row", Committee, CommitteeMeeting, Contact)


async def state_committee(
    session: AsyncSession, code: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> Committee:
    """Add a committee of the coordinator's institution, or say anew what one is and takes.

    `typed` holds the fields of rules.read_committee; `committee`, the first id of the one that is changed or ""
    for a new one; and `seen`, the id of the row that the page showed. What stood before is kept as superseded.
    Raises NoSuchInstitution, NoSuchCommittee, Unacceptable field by field, EntryMovedOn where another row stands.
    """
    institution = await queries.own_institution(session, code, reader=by)
    said, errors = read_committee(typed, today=in_japan(now))
    if errors or said is None:
        raise Unacceptable(errors)
    await lock_institution(session, institution.id)
    standing = await _standing(session, institution.id)
    before = _before(standing, typed.get("committee", ""), typed.get("seen", ""))
    if any(_same(said, other) for other in standing if not (other is before or other.closed)):
        raise Unacceptable({"name_ja" if said.name_ja else "name_en": _("This committee is on the list already.")})
    if before is not None:
        before.superseded_at = now
        await session.flush()
    row = _row(said, institution.id, before, by=by, now=now)
    session.add(row)
    await session.flush()
    audit.record(session, "committee.stated", subject=institution.id, by=by, now=now, committee=str(row.first_id))
    return row


async def close_committee(
    session: AsyncSession, code: str, committee_id: UUID, seen: str, *, by: Actor, now: datetime
) -> None:
    """Take a committee that no longer sits from the list and cancel its meetings to come; its history stays.

    Raises NoSuchInstitution, NoSuchCommittee, EntryMovedOn.
    """
    institution = await queries.own_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    before = _before(await _standing(session, institution.id), str(committee_id), seen)
    if before is None:
        raise NoSuchCommittee
    before.superseded_at = now
    coming = select(CommitteeMeeting).where(CommitteeMeeting.committee_id == committee_id)
    coming = coming.where(CommitteeMeeting.superseded_at.is_(None), CommitteeMeeting.cancelled.is_(False))
    meetings = list(await session.scalars(coming.where(CommitteeMeeting.day >= in_japan(now))))
    for meeting in meetings:
        meeting.superseded_at = now
    await session.flush()
    session.add(repeated(before, by=by, now=now, closed=True))
    session.add_all([repeated(row, by=by, now=now, cancelled=True, version=row.version + 1) for row in meetings])
    await session.flush()
    audit.record(session, "committee.closed", subject=institution.id, by=by, now=now, committee=str(committee_id))


def repeated(row: Row, *, by: Actor, now: datetime, **changed: object) -> Row:
    """Return a new row that says what another said but for what changed, as of the day of `now`."""
    kept = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    said = {"as_of": in_japan(now), "recorded_at": now, "recorded_by_id": by.person_id, "superseded_at": None}
    return type(row)(**{**kept, **said, **changed, "id": uuid4()})


async def _standing(session: AsyncSession, institution_id: UUID) -> list[Committee]:
    current = select(Committee).where(Committee.institution_id == institution_id, Committee.superseded_at.is_(None))
    return list(await session.scalars(current))


def _before(standing: list[Committee], committee: str, seen: str) -> Committee | None:
    """Return the row to be replaced, None for a new committee. Raises NoSuchCommittee, EntryMovedOn."""
    if not committee:
        return None
    before = next((row for row in standing if str(row.first_id) == committee), None)
    if before is None:
        raise NoSuchCommittee
    if str(before.id) != seen or before.closed:
        raise EntryMovedOn
    return before


def _same(said: CommitteeStatement, other: Committee) -> bool:
    """Say whether two statements name one committee: the same kind, and the same name in a language."""
    names = {said.name_ja, said.name_en} & {other.name_ja, other.name_en} - {None}
    return said.kind is other.kind and bool(names)


def _row(
    said: CommitteeStatement, institution_id: UUID, before: Committee | None, *, by: Actor, now: datetime
) -> Committee:
    row_id = uuid4()
    return Committee(
        id=row_id,
        first_id=before.first_id if before else row_id,
        institution_id=institution_id,
        kind=said.kind,
        name_en=said.name_en,
        name_ja=said.name_ja,
        english_documents=said.english_documents,
        entrusted_review=said.entrusted_review,
        note_en=said.note if by.language == "en" else None,
        note_ja=said.note if by.language == "ja" else None,
        as_of=said.as_of,
        recorded_at=now,
        recorded_by_id=by.person_id,
    )
