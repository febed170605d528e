"""The monthly confirmation: one asking a month and institution, its mailed links and its reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key


class ConfirmationRound(Base):
    """The asking of one institution in one month; the unique month lets every worker try to open it."""

    __tablename__ = "confirmation_round"
    __table_args__ = (
        UniqueConstraint("institution_id", "month"),
        Index("ix_confirmation_round_open", "opened_at", postgresql_where=text("answered_at IS NULL")),
        CheckConstraint("EXTRACT(day FROM month) = 1", name="month_is_its_first_day"),
        CheckConstraint("expires_at > opened_at", name="expires_after_it_opened"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_when_and_by_whom"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    month: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class ConfirmationLink(Base):
    """The link that was mailed to one coordinator; only the hash of its token is kept."""

    __tablename__ = "confirmation_link"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), UniqueConstraint("token_hash"))

    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("confirmation_round.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ConfirmationReminder(Base):
    """One reminder of an asking, to everybody who holds a link of it; a day has room for one."""

    __tablename__ = "confirmation_reminder"
    __table_args__ = (
        UniqueConstraint("round_id", "day"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("recipients > 0", name="recipients"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("confirmation_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recipients: Mapped[int]
