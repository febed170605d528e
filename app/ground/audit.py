"""Who changed what and when: rows that only grow, written in the transaction of the change."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base


class By(Protocol):
    """Whoever acts: a person, or the service itself (no person id)."""

    @property
    def person_id(self) -> UUID | None:
        """The person, or None for the service."""


class AuditEvent(Base):
    """One change; the service's database role can add rows and read them, nothing else."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject_id_at", "subject_id", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str]
    subject_id: Mapped[UUID]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    details: Mapped[dict[str, Any]]


def record(session: AsyncSession, what: str, *, subject: UUID, by: By, now: datetime, **details: object) -> None:
    """Add the audit row of a change.

    `what` is `thing.verb` in the past ("consultation.accepted"). `details` never hold a confidential
    word: codes, counts and ids only.
    """
    session.add(AuditEvent(what=what, subject_id=subject, by_id=by.person_id, at=now, details=details))
