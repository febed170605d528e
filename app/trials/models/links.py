"""What facility texts of records stand for: each text once, what the rule and the window say of it, where it stands.

A place of a record leads to its text and a text to its institution, so that a decision changes one row however many
trials have the text. Masked and vague texts, and places abroad, have no row.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, choice
from app.ground.i18n import Said, say
from app.identity.models import Person
from app.sites.models import Institution
from app.trials.rules import linking
from app.trials.rules.deciding import Standing, Verdict
from app.trials.rules.linking import Why


class Facility(Base):
    """One facility text with its place, as `remembered_as` tells texts apart, and the institution that it stands for.

    Its id follows from what `remembered_as` gives (`names.facility_id`). The texts stand as first seen, "" where the
    record gives none. `proposed_id`, `score`, `why` and `details` are the
    rule's answer; `decision` is the number of the newest decision, 0 where nobody decided. `institution_id` is the link
    that holds. A text of a demonstration record (`demo`) is apart from the same text in a public one.
    """

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint("decision >= 0", name="decision"),
        Index("ix_facility_institution_id", "institution_id", postgresql_where=text("institution_id IS NOT NULL")),
        Index("ix_facility_standing_first_seen_at", "standing", "first_seen_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    demo: Mapped[bool]
    text_en: Mapped[str]
    text_ja: Mapped[str]
    city: Mapped[str]
    prefecture: Mapped[str]
    postal_code: Mapped[str]
    first_seen_at: Mapped[datetime]
    proposed_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    score: Mapped[float]
    why: Mapped[Why] = mapped_column(choice(Why))
    details: Mapped[dict[str, Any]]
    decision: Mapped[int]
    standing: Mapped[Standing] = mapped_column(choice(Standing))
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution | None] = relationship(lazy="raise", foreign_keys=[institution_id])
    proposed: Mapped[Institution | None] = relationship(lazy="raise", foreign_keys=[proposed_id])

    @property
    def as_read(self) -> linking.Facility:
        """The text as the rule reads it."""
        return linking.Facility(self.text_en, self.text_ja, self.city, self.prefecture, self.postal_code)

    @property
    def reason(self) -> Said:
        """Why the rule answers as it does, as a sentence in the reader's language."""
        return say(linking.SENTENCES[self.why], **self.details)


class FacilityDecision(Base):
    """What an officer decided of a text, numbered from 1 for each text; the newest counts, and no row is ever changed."""

    __tablename__ = "facility_decision"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(verdict = 'institution') = (institution_id IS NOT NULL)", name="names_its_institution"),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[Person] = relationship(lazy="raise")
    institution: Mapped[Institution | None] = relationship(lazy="raise")


class SiteLink(Base):
    """Which text a place of a record's newest version has; worked anew whenever the record changes."""

    __tablename__ = "site_link"
    __table_args__ = (Index("ix_site_link_facility_id_record_id", "facility_id", "record_id"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("trial_record.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
