"""What is known of an institution, what is doubted and what is asked: added and superseded, never overwritten."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.sites.rules import Dated, FactState, SourceKind
from app.terms.models import Concept

CURRENT = text("superseded_at IS NULL")


class Fact(Base):
    """What one source says of one capability of one institution, as of a day.

    `source_url` is the page that says it; `further_sources` are pages that say it too, or among which the
    curator did not keep apart which said it; `source_words` name a source without an address.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_current", "institution_id", "capability_code", postgresql_where=CURRENT),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_when_and_by_whom"),
        CheckConstraint(
            "source_kind <> 'public_page' OR coalesce(source_url, source_words) IS NOT NULL",
            name="a_page_has_an_address",
        ),
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

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody at the institution vouches for it."""
        return self.confirmed_at is not None


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
    __table_args__ = (UniqueConstraint("institution_id", "topic", "text_en"),)

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    topic: Mapped[str]
    capability_code: Mapped[str | None] = mapped_column(ForeignKey("concept.code"))
    text_en: Mapped[str]
    text_ja: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    capability: Mapped[Concept | None] = relationship(lazy="raise")
