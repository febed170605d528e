"""The counting rule as data, the decisions taken by hand, and the targets."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key, choice


class CountedEvent(StrEnum):
    """Which event of a consultation counts."""

    ACCEPTED = "accepted"
    MET = "met"


class Decision(StrEnum):
    """What staff decided for one case, with a reason."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


class CountingRule(Base):
    """A version of the counting rule; exactly one is chosen."""

    __tablename__ = "counting_rule"
    __table_args__ = (
        Index("uq_counting_rule_chosen", "chosen", unique=True, postgresql_where=text("chosen")),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_to_after_from"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[CountedEvent] = mapped_column(choice(CountedEvent))
    base_in_japan_excludes: Mapped[bool]
    name_en: Mapped[str]
    name_ja: Mapped[str]
    text_en: Mapped[str]
    text_ja: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    chosen: Mapped[bool]


class CountingDecision(Base):
    """A case included or excluded by hand; the newest row for a case holds, older ones stay."""

    __tablename__ = "counting_decision"

    id: Mapped[Key]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    decision: Mapped[Decision | None] = mapped_column(choice(Decision))
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class Target(Base):
    """A national target with the words it was set in."""

    __tablename__ = "target"

    code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    value: Mapped[int]
    name_en: Mapped[str]
    name_ja: Mapped[str]
    quote_ja: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[date]
    position: Mapped[int]
