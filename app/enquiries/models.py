"""A sponsor's request: its values stand in one table per tier, so that row-level security guards a tier."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.enquiries.fields import Tier
from app.ground.db import Base, Key, choice


class EnquiryStage(StrEnum):
    """How far a request has come before it becomes a consultation."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class ValueSource(StrEnum):
    """Who put a value there."""

    TYPED = "typed"
    REGISTRY = "registry"


class ReadingState(StrEnum):
    """How far the reading of a registry record has come."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class ConfidentialityTerms(Base):
    """The operator's published confidentiality terms, version by version."""

    __tablename__ = "confidentiality_terms"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_en: Mapped[str]
    text_ja: Mapped[str]
    valid_from: Mapped[date]


class TermsAcceptance(Base):
    """An organisation accepted a version of the terms; rows are only added."""

    __tablename__ = "terms_acceptance"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("confidentiality_terms.version"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RegistryReading(Base):
    """One public record, asked for by a person or a visitor, read by a job."""

    __tablename__ = "registry_reading"
    __table_args__ = (
        Index("ix_registry_reading_visitor_hash", "visitor_hash"),
        CheckConstraint("(state = 'read') = (study IS NOT NULL)", name="read_has_a_study"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_says_why"),
        CheckConstraint("asked_by_id IS NOT NULL OR visitor_hash IS NOT NULL", name="asked_by_somebody"),
    )

    id: Mapped[Key]
    number: Mapped[str]
    state: Mapped[ReadingState] = mapped_column(choice(ReadingState))
    failure: Mapped[str | None]
    # none_as_null: an absent record is SQL NULL and not a JSON null, which the checks above would take for a record.
    study: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    from_file: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    visitor_hash: Mapped[str | None]

    @property
    def is_done(self) -> bool:
        """Whether it has come to an end, well or badly."""
        return self.state in (ReadingState.READ, ReadingState.FAILED)


class RegistryPace(Base):
    """When a registry may be asked again: one row that every worker locks, so that all of them together stay polite."""

    __tablename__ = "registry_pace"

    source: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]


class Enquiry(Base):
    """One request of one organisation, from the first typed word on."""

    __tablename__ = "enquiry"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (submitted_by_id IS NULL)", name="submitted_when_and_by_whom"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_when_and_by_whom"),
        CheckConstraint("stage <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_a_moment"),
        CheckConstraint("(stage = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_a_moment"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    stage: Mapped[EnquiryStage] = mapped_column(choice(EnquiryStage), default=EnquiryStage.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    reading_id: Mapped[UUID | None] = mapped_column(ForeignKey("registry_reading.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    demo: Mapped[bool] = mapped_column(default=False)


class TierValue:
    """One field's value; the organisation stands on the row so that its security needs no other table."""

    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    # What a registry says in its own words; none_as_null: a typed value has none.
    as_read: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    source: Mapped[ValueSource] = mapped_column(choice(ValueSource))
    source_ref: Mapped[str | None]
    read_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    @declared_attr
    def organisation_id(self) -> Mapped[UUID]:
        """The organisation whose request this is."""
        return mapped_column(ForeignKey("organisation.id"), index=True)

    @declared_attr
    def confirmed_by_id(self) -> Mapped[UUID | None]:
        """Who confirmed an imported value."""
        return mapped_column(ForeignKey("person.id"))

    @declared_attr
    def updated_by_id(self) -> Mapped[UUID | None]:
        """Who typed or imported it."""
        return mapped_column(ForeignKey("person.id"))


class EnquiryValueN(TierValue, Base):
    """A non-confidential value: may be shown to a site before any NDA."""

    __tablename__ = "enquiry_value_n"


class EnquiryValueA(TierValue, Base):
    """A confidential value: opens to a site only while an NDA is in force."""

    __tablename__ = "enquiry_value_a"


class EnquiryValueW(TierValue, Base):
    """A value for the window: staff and the sponsor only."""

    __tablename__ = "enquiry_value_w"


VALUE_TABLES: dict[Tier, type[EnquiryValueN | EnquiryValueA | EnquiryValueW]] = {
    Tier.NON_CONFIDENTIAL: EnquiryValueN,
    Tier.CONFIDENTIAL: EnquiryValueA,
    Tier.WINDOW: EnquiryValueW,
}
