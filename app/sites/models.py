"""Institutions and what is known of them: facts are added and superseded, never overwritten."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.identity.models import Organisation

CURRENT = text("superseded_at IS NULL")


class InstitutionKind(StrEnum):
    """What an institution is; legal statuses are facts, not kinds."""

    CORE_HOSPITAL = "core_hospital"
    NATIONAL_CENTRE = "national_centre"
    JIHS = "jihs"
    NETWORK = "network"
    PARTNER = "partner"
    FICTIONAL = "fictional"


class FactState(StrEnum):
    """What is known of a capability; unknown is never no."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class SourceKind(StrEnum):
    """Where a fact comes from."""

    PUBLIC_PAGE = "public_page"
    SITE = "site"
    DEMONSTRATION = "demonstration"


class CapacityState(StrEnum):
    """Whether new trials can start."""

    OPEN = "open"
    LIMITED = "limited"
    CLOSED = "closed"


class Institution(Base):
    """A hospital or network; the organisation of the same id carries its names."""

    __tablename__ = "institution"
    __table_args__ = (CheckConstraint("(kind = 'fictional') = demo", name="only_the_fictional_are_demonstration"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[InstitutionKind] = mapped_column(choice(InstitutionKind))
    prefecture_code: Mapped[str | None] = mapped_column(ForeignKey("concept.code"), index=True)
    city_en: Mapped[str | None]
    city_ja: Mapped[str | None]
    website: Mapped[str | None]
    source_url: Mapped[str | None]
    as_of: Mapped[date]
    demo: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class NetworkMembership(Base):
    """An institution belongs to a network of institutions."""

    __tablename__ = "network_membership"

    network_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), primary_key=True, index=True)


class Fact(Base):
    """What one source says of one capability of one institution, as of a day."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_current", "institution_id", "capability_code", postgresql_where=CURRENT),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_when_and_by_whom"),
        CheckConstraint("source_kind <> 'public_page' OR source_url IS NOT NULL", name="a_page_has_an_address"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    capability_code: Mapped[str] = mapped_column(ForeignKey("concept.code"), index=True)
    state: Mapped[FactState] = mapped_column(choice(FactState))
    value: Mapped[str | None]
    unit: Mapped[str | None]
    note_en: Mapped[str | None]
    note_ja: Mapped[str | None]
    source_kind: Mapped[SourceKind] = mapped_column(choice(SourceKind))
    source_url: Mapped[str | None]
    as_of: Mapped[date]
    confidence: Mapped[str]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]


class CuratorNote(Base):
    """A curator's doubt or remark; staff only."""

    __tablename__ = "curator_note"
    __table_args__ = (UniqueConstraint("institution_id", "field"),)

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    field: Mapped[str]
    note: Mapped[str]


class SiteQuestion(Base):
    """What nobody has confirmed yet and the coordinator is asked; for that institution and staff."""

    __tablename__ = "site_question"
    __table_args__ = (UniqueConstraint("institution_id", "capability_code", "text_en"),)

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    capability_code: Mapped[str] = mapped_column(ForeignKey("concept.code"))
    text_en: Mapped[str]
    text_ja: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Capacity(Base):
    """What an institution itself says it has room for, per therapeutic area and phase."""

    __tablename__ = "capacity"
    __table_args__ = (
        Index(
            "uq_capacity_current", "institution_id", "area_code", "phase_code", unique=True, postgresql_where=CURRENT
        ),
        CheckConstraint("trials_can_start IS NULL OR trials_can_start BETWEEN 0 AND 999", name="trials_can_start"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("concept.code"))
    phase_code: Mapped[str] = mapped_column(ForeignKey("concept.code"))
    state: Mapped[CapacityState] = mapped_column(choice(CapacityState))
    trials_can_start: Mapped[int | None]
    from_day: Mapped[date | None]
    note_en: Mapped[str | None]
    note_ja: Mapped[str | None]
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
