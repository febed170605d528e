"""One trial, the records of it, every version of each, its numbers and its sites.

`record_version` holds what a source said, word for word, and is never changed. What stands in `trial_record`,
`record_number` and `record_site` is read out of the newest version, so that lists need not open the documents.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, case, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.trials.models.sources import Source

LEADS = text("leads")


class Trial(Base):
    """One trial, in however many registries; `joined_into_id` is the trial that took over all its records."""

    __tablename__ = "trial"

    id: Mapped[Key]
    created_at: Mapped[datetime]
    joined_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("trial.id"))
    records: Mapped[list["TrialRecord"]] = relationship(
        lazy="raise", viewonly=True, order_by="TrialRecord.leads.desc(), TrialRecord.number, TrialRecord.source"
    )


class TrialRecord(Base):
    """What one source says of a trial now: the columns that lists and filters ask for, and which version they are from.

    Days are the source's own, the first day of the month or year where it says no more. `last_seen_at` is exact to a
    day. `apart` is set by a person who parted the record from a trial: it is then never joined by itself again.
    One record of each trial `leads`: its titles stand in lists.
    """

    __tablename__ = "trial_record"
    __table_args__ = (
        UniqueConstraint("source", "number"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("last_seen_at >= first_seen_at", name="seen_again_after_it_was_first_seen"),
        Index("ix_trial_record_trial_id", "trial_id"),
        Index("ix_trial_record_newest", "registered_on", "id", postgresql_where=LEADS),
        Index("uq_trial_record_leads", "trial_id", unique=True, postgresql_where=LEADS),
    )

    id: Mapped[Key]
    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial.id"))
    source: Mapped[Source] = mapped_column(choice(Source))
    number: Mapped[str]
    scheme: Mapped[str]
    address: Mapped[str | None]
    digest: Mapped[str]
    version: Mapped[int]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    updated_on: Mapped[date | None]
    registered_on: Mapped[date | None]
    started_on: Mapped[date | None]
    title_en: Mapped[str | None]
    title_ja: Mapped[str | None]
    sponsor_en: Mapped[str | None]
    sponsor_ja: Mapped[str | None]
    status: Mapped[str | None]
    study_type: Mapped[str | None]
    phases: Mapped[list[str]] = mapped_column(ARRAY(String))
    modalities: Mapped[list[str]] = mapped_column(ARRAY(String))
    first_in_human: Mapped[bool]
    decentralised: Mapped[bool]
    international: Mapped[bool | None]
    leads: Mapped[bool]
    apart: Mapped[bool]
    demo: Mapped[bool]


class RecordVersion(Base):
    """What a source said at a moment, whole, as the record model writes it; rows are added and never touched again.

    JSON and not JSONB: the text stays as it was written, and taking it apart would double the time of a load.
    """

    __tablename__ = "record_version"
    # Versions are only added, so that a few numbers for every hundred pages tell when they were read.
    __table_args__ = (Index("ix_record_version_read_at", "read_at", postgresql_using="brin"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("trial_record.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    read_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class RecordNumber(Base):
    """A number that a record bears or names, in its one spelling; equal numbers make records one trial."""

    __tablename__ = "record_number"
    __table_args__ = (Index("ix_record_number_value", "value"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("trial_record.id"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    scheme: Mapped[str]


class RecordSite(Base):
    """One place of a trial as its record's newest version has it; facility texts stand exactly as published."""

    __tablename__ = "record_site"
    __table_args__ = (Index("ix_record_site_prefecture_code_record_id", "prefecture_code", "record_id"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("trial_record.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    facility_en: Mapped[str | None]
    facility_ja: Mapped[str | None]
    city: Mapped[str | None]
    prefecture_code: Mapped[str | None]
    country_code: Mapped[str | None]
    status: Mapped[str | None]
    disclosed: Mapped[bool]
    undisclosed_because: Mapped[str | None]


# The order in which the records of a trial speak.
RANK = case({source.value: source.rank for source in Source}, value=TrialRecord.source)
