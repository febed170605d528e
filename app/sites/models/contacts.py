"""Whom to write to at an institution, by purpose: for the institution itself and staff, never public."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key, choice
from app.sites.models.facts import CURRENT
from app.sites.rules.contacts import ContactPurpose


class Contact(Base):
    """A person or office for one purpose, as of a day; rows are added and superseded.

    `first_id` is the row with which the contact began; `to_renew` where whoever it names may have left; `removed`
    once the institution takes it from its list.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("uq_contact_current", "first_id", unique=True, postgresql_where=CURRENT),
        CheckConstraint("coalesce(mail, phone) IS NOT NULL", name="can_be_reached"),
    )

    id: Mapped[Key]
    first_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    purpose: Mapped[ContactPurpose] = mapped_column(choice(ContactPurpose))
    name: Mapped[str]
    mail: Mapped[str | None]
    phone: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    note: Mapped[str | None]
    to_renew: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[bool] = mapped_column(default=False)
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
