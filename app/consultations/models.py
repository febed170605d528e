"""The case desk's tables: one consultation per submitted enquiry, and a log of events that only grows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.consultations.rules.meeting import Mode
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import CaseState
from app.enquiries.models import Enquiry
from app.ground.db import Base, Key, choice
from app.identity.models import Organisation, Person
from app.matching.models import MatchRun
from app.matching.rules import Band
from app.sites.models import Institution

__all__ = [
    "Answer",
    "AskedSite",
    "Band",
    "CaseState",
    "Consultation",
    "ConsultationEvent",
    "ConsultationNumber",
    "IntakeMeeting",
    "Outcome",
    "ReferralService",
    "ReleasedList",
    "ReleasedSite",
]


class Consultation(Base):
    """A numbered case; `stage` is the stage of the path that it stands at (0 to 11)."""

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("stage BETWEEN 0 AND 11", name="stage_of_the_path"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_when_and_by_whom"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_when_and_by_whom"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="ended_cases_have_a_moment"),
        CheckConstraint("(state = 'referred') = (referred_to_code IS NOT NULL)", name="referred_says_where"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_says_into_what"),
        CheckConstraint("met_at IS NULL OR accepted_at IS NOT NULL", name="met_only_when_accepted"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey(Enquiry.id), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    stage: Mapped[int]
    state: Mapped[CaseState] = mapped_column(choice(CaseState), default=CaseState.OPEN, index=True)
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    met_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    referred_to_code: Mapped[str | None] = mapped_column(ForeignKey("referral_service.code"))
    reason: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    demo: Mapped[bool] = mapped_column(default=False)


class ConsultationNumber(Base):
    """The last number given in a fiscal year; the row is locked while the next is taken."""

    __tablename__ = "consultation_number"

    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class ConsultationEvent(Base):
    """Something that happened in a case; clocks are computed from these rows, which are only added."""

    __tablename__ = "consultation_event"
    __table_args__ = (Index("ix_consultation_event_consultation_id_at", "consultation_id", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    details: Mapped[dict[str, Any]]


class IntakeMeeting(Base):
    """An intake meeting that was held, with its minutes in both languages."""

    __tablename__ = "intake_meeting"
    __table_args__ = (UniqueConstraint("consultation_id", "held_at"),)

    id: Mapped[Key]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    held_at: Mapped[datetime]
    mode: Mapped[Mode] = mapped_column(choice(Mode))
    participants: Mapped[str]
    minutes_en: Mapped[str]
    minutes_ja: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))


class ReleasedList(Base):
    """A list of candidate institutions that a person released to the sponsor."""

    __tablename__ = "released_list"

    id: Mapped[Key]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    match_run_id: Mapped[UUID] = mapped_column(ForeignKey(MatchRun.id))
    released_at: Mapped[datetime]
    released_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))


class ReleasedSite(Base):
    """One institution of a released list, in its band with its reasons."""

    __tablename__ = "released_site"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("released_list.id"), primary_key=True)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey(Institution.id), primary_key=True)
    band: Mapped[Band] = mapped_column(choice(Band))
    reasons: Mapped[list[Any]]


class AskedSite(Base):
    """An institution that was asked for its interest, what it answered and what became of it."""

    __tablename__ = "asked_site"
    __table_args__ = (
        UniqueConstraint("consultation_id", "institution_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name="outcome_when"),
        CheckConstraint("outcome <> 'on_hold' OR reply_by IS NOT NULL", name="on_hold_has_a_reply_by_date"),
    )

    id: Mapped[Key]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey(Institution.id), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    answer: Mapped[Answer | None] = mapped_column(choice(Answer))
    answer_note: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    outcome_reason_en: Mapped[str | None]
    outcome_reason_ja: Mapped[str | None]
    reply_by: Mapped[date | None]
    outcome_at: Mapped[datetime | None]
    outcome_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))


class ReferralService(Base):
    """A service elsewhere that the window refers to."""

    __tablename__ = "referral_service"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_ja: Mapped[str]
    scope_en: Mapped[str]
    scope_ja: Mapped[str]
    url: Mapped[str | None]
    source: Mapped[str]
    as_of: Mapped[date]
    position: Mapped[int]
