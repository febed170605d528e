"""Room for new trials, as the institution itself states it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.sites.models.facts import CURRENT
from app.sites.rules import CapacityState, SourceOfPatients
from app.terms.models import Concept


class Capacity(Base):
    """What an institution itself says it has room for, per therapeutic area and phase."""

    __tablename__ = "capacity"
    __table_args__ = (
        Index(
            "uq_capacity_current", "institution_id", "area_code", "phase_code", unique=True, postgresql_where=CURRENT
        ),
        CheckConstraint("superseded_at >= recorded_at", name="superseded_after_it_was_recorded"),
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
    public: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
    area: Mapped[Concept] = relationship(lazy="raise", foreign_keys=[area_code])
    phase: Mapped[Concept] = relationship(lazy="raise", foreign_keys=[phase_code])


class EligiblePatients(Base):
    """How many eligible patients a year an institution or a disease registry states for a condition; never inferred."""

    __tablename__ = "eligible_patients"
    __table_args__ = (
        Index(
            "uq_eligible_patients_current",
            "institution_id",
            "condition_code",
            "source_kind",
            unique=True,
            postgresql_where=CURRENT,
        ),
        CheckConstraint("a_year BETWEEN 0 AND 1000000", name="a_year"),
        CheckConstraint("source_kind = 'site' OR source_words IS NOT NULL", name="a_registry_is_named"),
        CheckConstraint("superseded_at >= recorded_at", name="superseded_after_it_was_recorded"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    condition_code: Mapped[str] = mapped_column(ForeignKey("concept.code"))
    a_year: Mapped[int | None]
    source_kind: Mapped[SourceOfPatients] = mapped_column(choice(SourceOfPatients))
    source_words: Mapped[str | None]
    source_url: Mapped[str | None]
    note_en: Mapped[str | None]
    note_ja: Mapped[str | None]
    public: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
    condition: Mapped[Concept] = relationship(lazy="raise")
