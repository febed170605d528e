"""What is known of an institution, what is doubted and what is asked: added and superseded, never overwritten."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.sites.models.institutions import Institution
from app.sites.rules import OWN_WORD, Dated, FactState, SourceKind
from app.terms.models import Concept

CURRENT = text("superseded_at IS NULL")


class Fact(Base):
    """What one source says of one capability of one institution, as of a day.

    `source_url` is the page that says it; `further_sources` are pages that say it too, or among which the
    curator did not keep apart which said it; `source_words` name a source without an address. `hub_id` is the hub
    that said it of its partner, be it in its own word or by naming the page.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_current", "institution_id", "capability_code", postgresql_where=CURRENT),
        Index("ix_fact_institution_id_recorded_at", "institution_id", "recorded_at"),
        Index(
            "uq_fact_own_word",
            "institution_id",
            "capability_code",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND source_kind IN ('site', 'demonstration')"),
        ),
        CheckConstraint("superseded_at >= recorded_at", name="superseded_after_it_was_recorded"),
        Index(
            "uq_fact_hub_current",
            "institution_id",
            "capability_code",
            "hub_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND hub_id IS NOT NULL"),
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_when_and_by_whom"),
        CheckConstraint(
            "source_kind <> 'public_page' OR coalesce(source_url, source_words) IS NOT NULL",
            name="a_page_has_an_address",
        ),
        CheckConstraint("source_kind <> 'hub' OR hub_id IS NOT NULL", name="the_word_of_a_hub_names_it"),
        CheckConstraint("hub_id IS NULL OR confirmed_at IS NULL", name="nobody_confirms_for_another"),
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
    further_sources: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    source_words: Mapped[str | None]
    as_of: Mapped[date]
    dated: Mapped[Dated] = mapped_column(choice(Dated), default=Dated.DAY)
    confidence: Mapped[str]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
    hub_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    hub: Mapped[Institution | None] = relationship(lazy="raise", foreign_keys=[hub_id])

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody at the institution vouches for it."""
        return self.confirmed_at is not None

    @property
    def is_own(self) -> bool:
        """Whether it is the institution's own word, which only a later own word supersedes."""
        return self.source_kind in OWN_WORD

    @property
    def speaks(self) -> bool:
        """Whether it says anything: that nothing was found is silence, a remark on what was found is not."""
        return self.state is not FactState.UNKNOWN or bool(self.note_en or self.note_ja or self.value)


class FactCheck(Base):
    """An officer has held a fact against its source; rows are only added."""

    __tablename__ = "fact_check"

    id: Mapped[Key]
    fact_id: Mapped[UUID] = mapped_column(ForeignKey("fact.id"), index=True)
    agrees: Mapped[bool]
    note: Mapped[str | None]
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class FreshnessPeriod(Base):
    """After how many months facts on a capability are stale here, instead of what the vocabulary says; None: never."""

    __tablename__ = "freshness_period"
    __table_args__ = (
        Index("uq_freshness_period_current", "capability_code", unique=True, postgresql_where=CURRENT),
        CheckConstraint("months BETWEEN 1 AND 120", name="months"),
    )

    id: Mapped[Key]
    capability_code: Mapped[str] = mapped_column(ForeignKey("concept.code"))
    months: Mapped[int | None]
    set_at: Mapped[datetime]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
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
    """What the institution is asked to confirm: by the curators of the seed, or by an officer on one fact."""

    __tablename__ = "site_question"
    __table_args__ = (
        Index(
            "uq_site_question_of_the_seed",
            "institution_id",
            "topic",
            "text_en",
            unique=True,
            postgresql_where=text("asked_by_id IS NULL"),
        ),
        CheckConstraint("coalesce(text_en, text_ja) IS NOT NULL", name="asks_in_some_language"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_when_and_by_whom"),
        CheckConstraint("answer IS NULL OR answered_at IS NOT NULL", name="an_answer_has_its_moment"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    topic: Mapped[str]
    capability_code: Mapped[str | None] = mapped_column(ForeignKey("concept.code"))
    fact_id: Mapped[UUID | None] = mapped_column(ForeignKey("fact.id"))
    text_en: Mapped[str | None]
    text_ja: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    capability: Mapped[Concept | None] = relationship(lazy="raise")
