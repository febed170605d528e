"""The committees of an institution and when they meet, as it states it: rows are added and superseded.

What a committee or a meeting is known by is `first_id`, the id of the row with which it began: addresses and calendars
keep it while the rows change.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key, choice
from app.sites.models.facts import CURRENT
from app.sites.rules.committees import CommitteeKind
from app.sites.rules.facts import FactState


class Committee(Base):
    """What an institution says of one committee, as of a day; `closed` once it no longer sits."""

    __tablename__ = "committee"
    __table_args__ = (
        Index("uq_committee_current", "first_id", unique=True, postgresql_where=CURRENT),
        CheckConstraint("coalesce(name_en, name_ja) IS NOT NULL", name="has_a_name"),
    )

    id: Mapped[Key]
    first_id: Mapped[UUID] = mapped_column(ForeignKey("committee.id"))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    kind: Mapped[CommitteeKind] = mapped_column(choice(CommitteeKind))
    name_en: Mapped[str | None]
    name_ja: Mapped[str | None]
    english_documents: Mapped[FactState] = mapped_column(choice(FactState, "english_documents"))
    entrusted_review: Mapped[FactState] = mapped_column(choice(FactState, "entrusted_review"))
    note_en: Mapped[str | None]
    note_ja: Mapped[str | None]
    closed: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]


class CommitteeMeeting(Base):
    """When a committee meets and until when documents must be in, where that is stated; kept when it is cancelled.

    `committee_id` and `first_id` are the first rows of the committee and of the meeting; `version` counts its rows
    from 0, as calendars want it (RFC 5545, SEQUENCE).
    """

    __tablename__ = "committee_meeting"
    __table_args__ = (
        Index("uq_committee_meeting_current", "first_id", unique=True, postgresql_where=CURRENT),
        Index(
            "uq_committee_meeting_day",
            "committee_id",
            "day",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND NOT cancelled"),
        ),
        CheckConstraint("deadline IS NULL OR deadline <= day", name="deadline_before_the_meeting"),
    )

    id: Mapped[Key]
    first_id: Mapped[UUID] = mapped_column(ForeignKey("committee_meeting.id"))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committee.id"))
    day: Mapped[date]
    deadline: Mapped[date | None]
    cancelled: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
