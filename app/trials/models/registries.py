"""How politely a registry has been asked, and the pages that it gave within the last day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base


class RegistryTurn(Base):
    """Whose turn it is at a registry: one row that every worker locks, so that all of them ask one after the other.

    Whoever holds the turn may ask until `held_until`, then it counts as lost. Nobody asks before `free_at`. A registry
    that has refused us is blocked, for everybody, until a person resumes it.
    """

    __tablename__ = "registry_turn"
    __table_args__ = (
        CheckConstraint("(held_by IS NULL) = (held_until IS NULL)", name="held_by_whom_and_until"),
        CheckConstraint("(blocked_at IS NULL) = (blocked_why IS NULL)", name="blocked_when_and_why"),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    held_by: Mapped[UUID | None]
    held_until: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    blocked_why: Mapped[str | None]


class RegistryPage(Base):
    """A page that a registry gave, without the personal details of physicians: a cache, written over by the next one.

    `title` is the trial's, in the page's language. `read_at`: when the registry last said that it stands so.
    """

    __tablename__ = "registry_page"
    __table_args__ = (CheckConstraint("language IN ('ja', 'en')", name="language"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    title: Mapped[str]
    page: Mapped[str]
    digest: Mapped[str]
    tag: Mapped[str | None]
    last_modified: Mapped[str | None]
    read_at: Mapped[datetime]
