"""Who works with whom: a hub and its partners in decentralised trials, a network and its members; kept as history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.sites.models.facts import CURRENT
from app.sites.models.institutions import Institution
from app.sites.rules import SourceKind


class Partnership(Base):
    """A hub says that another institution takes part in its trials.

    `source_url` is a public page that says so; without one it is the hub's own word. A partnership that ended is a
    current row with `ended_on`; what stood before is superseded.
    """

    __tablename__ = "partnership"
    __table_args__ = (
        Index("uq_partnership_current", "hub_id", "partner_id", unique=True, postgresql_where=CURRENT),
        Index("ix_partnership_partner_id_current", "partner_id", postgresql_where=CURRENT),
        CheckConstraint("superseded_at >= recorded_at", name="superseded_after_it_was_recorded"),
        CheckConstraint("hub_id <> partner_id", name="two_institutions"),
        CheckConstraint("ended_on IS NULL OR since IS NULL OR ended_on >= since", name="ends_after_it_began"),
    )

    id: Mapped[Key]
    hub_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    since: Mapped[date | None]
    ended_on: Mapped[date | None]
    source_url: Mapped[str | None]
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    superseded_at: Mapped[datetime | None]
    hub: Mapped[Institution] = relationship(lazy="raise", foreign_keys=[hub_id])
    partner: Mapped[Institution] = relationship(lazy="raise", foreign_keys=[partner_id])


class NetworkMembership(Base):
    """A source says that an institution belongs to a network of institutions."""

    __tablename__ = "network_membership"
    __table_args__ = (
        Index("uq_network_membership_current", "network_id", "institution_id", unique=True, postgresql_where=CURRENT),
        Index("ix_network_membership_institution_id_current", "institution_id", postgresql_where=CURRENT),
        CheckConstraint("superseded_at >= recorded_at", name="superseded_after_it_was_recorded"),
        CheckConstraint("network_id <> institution_id", name="two_institutions"),
        CheckConstraint("source_kind <> 'public_page' OR source_url IS NOT NULL", name="a_page_has_an_address"),
    )

    id: Mapped[Key]
    network_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    source_kind: Mapped[SourceKind] = mapped_column(choice(SourceKind))
    source_url: Mapped[str | None]
    as_of: Mapped[date]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    network: Mapped[Institution] = relationship(lazy="raise", foreign_keys=[network_id])
    institution: Mapped[Institution] = relationship(lazy="raise", foreign_keys=[institution_id])


class PartnerImport(Base):
    """A file of partners that somebody sent in: kept with its lines until it is applied or forgotten.

    Without `hub_id` an officer sent it, and its lines name their hubs. `content` is None once it is applied or old.
    """

    __tablename__ = "partner_import"
    __table_args__ = (
        CheckConstraint("(applied_at IS NULL) = (applied_by_id IS NULL)", name="applied_when_and_by_whom"),
    )

    id: Mapped[Key]
    hub_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    filename: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    content: Mapped[dict[str, Any] | None]
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    added: Mapped[int | None]
    changed: Mapped[int | None]
    refused: Mapped[int | None]
