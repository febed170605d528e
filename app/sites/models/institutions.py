"""Institutions: the organisation of the same id carries the names."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, choice
from app.identity.models import Organisation
from app.sites.rules import InstitutionKind
from app.terms.models import Concept


class Institution(Base):
    """A hospital, a network or a hub's partner; the organisation of the same id carries its names.

    `demo` marks whatever is fictional: every page says so beside its name.
    """

    __tablename__ = "institution"
    __table_args__ = (CheckConstraint("kind <> 'fictional' OR demo", name="the_fictional_are_demonstration"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[InstitutionKind] = mapped_column(choice(InstitutionKind))
    prefecture_code: Mapped[str | None] = mapped_column(ForeignKey("concept.code"), index=True)
    city_en: Mapped[str | None]
    city_ja: Mapped[str | None]
    website: Mapped[str | None]
    as_of: Mapped[date]
    demo: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    prefecture: Mapped[Concept | None] = relationship(lazy="raise")

    @property
    def name_en(self) -> str:
        """The English name; the organisation must have been loaded with it."""
        return self.organisation.name_en

    @property
    def name_ja(self) -> str | None:
        """The Japanese name; the organisation must have been loaded with it."""
        return self.organisation.name_ja
