"""The counting rule as data, which rule the operator chose, the decisions taken by hand, and the targets."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
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
    """A version of a counting rule. `kinds` are the kinds of overseas company that count."""

    __tablename__ = "counting_rule"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_to_after_from"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[CountedEvent] = mapped_column(choice(CountedEvent))
    kinds: Mapped[list[Any]]
    base_in_japan_excludes: Mapped[bool]
    name_en: Mapped[str]
    name_ja: Mapped[str]
    text_en: Mapped[str]
    text_ja: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    position: Mapped[int]


class CountingChoice(Base):
    """The operator counts by this rule from now on; the newest row holds, older ones stay for past dates."""

    __tablename__ = "counting_choice"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class CountingDecision(Base):
    """A case included or excluded by hand, or left to the rule again; the newest row holds, older ones stay."""

    __tablename__ = "counting_decision"

    id: Mapped[Key]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    decision: Mapped[Decision | None] = mapped_column(choice(Decision))
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class Target(Base):
    """A national target with the words it was set in; `counted_here` is the one this window counts toward."""

    __tablename__ = "target"

    code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    value: Mapped[int]
    a_year: Mapped[bool]
    counted_here: Mapped[bool]
    name_en: Mapped[str]
    name_ja: Mapped[str]
    quote_ja: Mapped[str]
    source_en: Mapped[str]
    source_ja: Mapped[str]
    as_of: Mapped[date]
    position: Mapped[int]
