"""How each source stands, every run of a sync, what a run refused, and the files that wait to be read."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.ground.i18n import Said
from app.identity.models import Person
from app.trials.models.sources import Source
from app.trials.rules.reasons import taken_out


class RunKind(StrEnum):
    """What a run does: everything that has changed at a source, one record by its number, or a file."""

    SYNC = "sync"
    RECORD = "record"
    FILE = "file"


class RunState(StrEnum):
    """How a run stands. A failed one goes on when it is asked for again, a stopped one when a person resumes its source."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


# These have come to an end, for now or for good.
ENDED = frozenset({RunState.DONE, RunState.FAILED, RunState.STOPPED})


class SourceState(Base):
    """How a source stands: what the next sync begins from, in the source's own terms, and whether it may run.

    `layout_item` is the part of its records that was suddenly gone; nothing runs until an administrator resumes.
    """

    __tablename__ = "source_state"
    __table_args__ = (
        CheckConstraint("(layout_changed_at IS NULL) = (layout_item IS NULL)", name="layout_when_and_what"),
        CheckConstraint("paused_at IS NOT NULL OR paused_by_id IS NULL", name="paused_by_whom"),
    )

    source: Mapped[Source] = mapped_column(choice(Source), primary_key=True)
    watermark: Mapped[str | None]
    succeeded_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    layout_changed_at: Mapped[datetime | None]
    layout_item: Mapped[str | None]


class SyncRun(Base):
    """One run: who asked, where it stands, what it has counted, and why it ended as it did.

    `cursor` is written in the transaction that writes the records before it, and `step` counts those transactions: of
    two workers at one run, the slower one finds that the run has moved on. `expected` is how many entries there will
    be, of a file how many bytes; `passed` counts in the same unit. The source of a file is known once it is read.
    """

    __tablename__ = "sync_run"
    __table_args__ = (
        CheckConstraint("source IS NOT NULL OR kind = 'file'", name="source_unless_file"),
        CheckConstraint("(kind = 'record') = (number IS NOT NULL)", name="number_of_a_record"),
        CheckConstraint("(kind = 'file') = (name IS NOT NULL)", name="name_of_a_file"),
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('done', 'failed', 'stopped'))", name="ended_when"),
        CheckConstraint("reason IS NOT NULL OR state NOT IN ('failed', 'stopped')", name="ended_why"),
        CheckConstraint("least(new, changed, same, older, refused, passed, step) >= 0", name="counts"),
        Index("ix_sync_run_source_asked_at", "source", "asked_at"),
        Index("ix_sync_run_asked_at", "asked_at"),
        Index(
            "uq_sync_run_unfinished",
            "source",
            unique=True,
            postgresql_where=text("kind = 'sync' AND state <> 'done'"),
        ),
        Index(
            "uq_sync_run_number",
            "source",
            "number",
            unique=True,
            postgresql_where=text("kind = 'record' AND state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[Key]
    source: Mapped[Source | None] = mapped_column(choice(Source))
    kind: Mapped[RunKind] = mapped_column(choice(RunKind))
    state: Mapped[RunState] = mapped_column(choice(RunState))
    number: Mapped[str | None]
    name: Mapped[str | None]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime | None]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    step: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int | None]
    passed: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    older: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    missing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    asked_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[asked_by_id])

    @property
    def read(self) -> int:
        """How many entries were looked at."""
        return self.new + self.changed + self.same + self.older + self.refused

    @property
    def has_ended(self) -> bool:
        """Whether nobody is at it any more."""
        return self.state in ENDED

    @property
    def share(self) -> float | None:
        """How far it has come, from 0 to 1; None where nobody knows how much there is."""
        if self.state is RunState.DONE:
            return 1.0
        return min(1.0, self.passed / self.expected) if self.expected else None

    @property
    def why(self) -> Said | None:
        """Why it ended as it did, as a whole sentence; None where there is nothing to say."""
        return taken_out(self.reason["said"]) if self.reason else None

    @property
    def code(self) -> str:
        """The stable code of that reason: registry_blocked, layout_changed …; "" where there is none."""
        return str(self.reason["code"]) if self.reason else ""


class SyncRefusal(Base):
    """What a run did not take: where it stood, why, and the beginning of its text without anybody's contact details."""

    __tablename__ = "sync_refusal"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("sync_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[dict[str, Any]]
    raw: Mapped[str]

    @property
    def where(self) -> Said | None:
        """Its place in the file or list; None where the whole is meant."""
        return taken_out(self.place) if self.place else None

    @property
    def why(self) -> Said:
        """Why it was refused, as a whole sentence."""
        return taken_out(self.reason)


class SyncSeen(Base):
    """A record that an unfinished sync has counted: where it begins again, nothing is counted twice."""

    __tablename__ = "sync_seen"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("sync_run.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]


class SyncChunk(Base):
    """A piece of a file that waits to be read; forgotten as soon as the file has been."""

    __tablename__ = "sync_chunk"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("sync_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
