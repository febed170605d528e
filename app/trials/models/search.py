"""What the search asks: of each trial one row to choose and count by, one with what it is about, and the counts of choices.

All of it is worked out of the records and can be made anew at any time (`app/trials/actions/indexing.py`).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, Integer, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base

# Field and code of the choice that every trial falls under: its count is that of all trials.
ALL = ("", "")


class TrialSearch(Base):
    """A trial as it is chosen, counted and sorted, and every word that all its records say of it.

    `choices` are ids of TrialChoice; the columns before it say the same in codes. `said` is the text in its one writing;
    `body` its words. `made_with` names the vocabulary and the rules that made the row.
    """

    __tablename__ = "trial_search"
    __table_args__ = (
        Index("ix_trial_search_body", "body", postgresql_using="gin"),
        Index("ix_trial_search_choices", "choices", postgresql_using="gin"),
        Index("ix_trial_search_newest", "registered_on", "trial_id"),
    )

    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial.id"), primary_key=True)
    registered_on: Mapped[date | None]
    year: Mapped[int | None]
    status: Mapped[str | None]
    phases: Mapped[list[str]] = mapped_column(ARRAY(String))
    areas: Mapped[list[str]] = mapped_column(ARRAY(String))
    modalities: Mapped[list[str]] = mapped_column(ARRAY(String))
    prefectures: Mapped[list[str]] = mapped_column(ARRAY(String))
    institutions: Mapped[list[str]] = mapped_column(ARRAY(String))
    registries: Mapped[list[str]] = mapped_column(ARRAY(String))
    first_in_human: Mapped[bool]
    decentralised: Mapped[bool]
    choices: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    overlong: Mapped[bool]
    made_with: Mapped[str]
    body: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    said: Mapped[str] = mapped_column(deferred=True)


class TrialHead(Base):
    """What a trial is about: titles, conditions, keywords, interventions and numbers, as words with places and weights."""

    __tablename__ = "trial_head"
    __table_args__ = (Index("ix_trial_head_head", "head", postgresql_using="gin"),)

    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial.id"), primary_key=True)
    registered_on: Mapped[date | None]
    head: Mapped[str] = mapped_column(TSVECTOR)
    titled: Mapped[str]


class TrialChoice(Base):
    """One value that trials can be chosen by, a code of a field of the search, and how many trials have it now."""

    __tablename__ = "trial_choice"
    __table_args__ = (UniqueConstraint("field", "code"),)

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    field: Mapped[str]
    code: Mapped[str]
    trials: Mapped[int]
