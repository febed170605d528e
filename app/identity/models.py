"""People, organisations, memberships and the ways in; a token is never stored, only its hash."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key, choice
from app.identity.rules import Role


class OrganisationKind(StrEnum):
    """What an organisation is to the window."""

    SPONSOR = "sponsor"
    INSTITUTION = "institution"
    OPERATOR = "operator"


class LinkPurpose(StrEnum):
    """What a mailed link does when its button is used."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    INVITATION = "invitation"


class Organisation(Base):
    """A company that enquires, an institution, or the operator."""

    __tablename__ = "organisation"

    id: Mapped[Key]
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind))
    name_en: Mapped[str]
    name_ja: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Person(Base):
    """Somebody with a mail address that they have proved to read."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("language IN ('en', 'ja')", name="language"),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise", foreign_keys="Membership.person_id")


class Membership(Base):
    """A person's role in an organisation, from a day on, until it is ended."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class SignInLink(Base):
    """A mailed link: single use, short-lived. What a sign-up typed waits here until the address is proved."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        CheckConstraint("purpose <> 'sign_up' OR organisation_name IS NOT NULL", name="sign_up_names_a_company"),
        CheckConstraint(
            "purpose <> 'invitation' OR (organisation_id IS NOT NULL AND role IS NOT NULL AND invited_by_id IS NOT NULL)",
            name="invitation_says_to_what_and_by_whom",
        ),
        CheckConstraint("language IN ('en', 'ja')", name="language"),
        UniqueConstraint("token_hash"),
    )

    id: Mapped[Key]
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    email: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    token_hash: Mapped[str]
    person_name: Mapped[str | None]
    organisation_name: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role | None] = mapped_column(choice(Role))
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    next_path: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class SignedSession(Base):
    """A browser that is signed in, until it expires or is revoked."""

    __tablename__ = "signed_session"

    id: Mapped[Key]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Attempt(Base):
    """One attempt at something limited; committed even where the request is refused."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_kind_who_hash_at", "kind", "who_hash", "at"),)

    id: Mapped[Key]
    kind: Mapped[str]
    who_hash: Mapped[str]
    at: Mapped[datetime]
