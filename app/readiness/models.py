"""The regulatory steps, each with its sources and with what of it nobody has confirmed."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, choice
from app.ground.i18n import Message, _


class Clock(StrEnum):
    """What kind of thing a duration is."""

    NONE = "none"
    STATUTORY = "statutory"
    ADMINISTRATIVE_GUIDELINE = "administrative_guideline"
    CONSULTATION_SCHEDULE = "consultation_schedule"
    SITE_PRACTICE = "site_practice"
    ESTIMATE = "estimate"

    @property
    def label(self) -> Message:
        """The kind in words."""
        return CLOCKS[self]


CLOCKS = {
    Clock.NONE: _("No fixed period"),
    Clock.STATUTORY: _("Set by law"),
    Clock.ADMINISTRATIVE_GUIDELINE: _("Guideline of an authority"),
    Clock.CONSULTATION_SCHEDULE: _("Calendar of the consultation"),
    Clock.SITE_PRACTICE: _("Practice at hospitals"),
    Clock.ESTIMATE: _("Estimate"),
}


class Product(StrEnum):
    """Which kind of product a step is about."""

    DRUG = "drug"
    DEVICE = "device"
    REGENERATIVE = "regenerative"
    GENE_THERAPY = "gene_therapy"
    SAMD = "samd"
    RADIOPHARMA = "radiopharma"

    @property
    def label(self) -> Message:
        """The kind in words."""
        return PRODUCTS[self]


PRODUCTS = {
    Product.DRUG: _("Drugs"),
    Product.DEVICE: _("Medical devices"),
    Product.REGENERATIVE: _("Regenerative products"),
    Product.GENE_THERAPY: _("Gene therapy"),
    Product.SAMD: _("Software as a medical device"),
    Product.RADIOPHARMA: _("Radiopharmaceuticals"),
}


class RegulatoryStep(Base):
    """One step. `days_min` and `days_max` are calendar days; `open_*` names what of it is not confirmed."""

    __tablename__ = "regulatory_step"
    __table_args__ = (CheckConstraint("days_max IS NULL OR days_min IS NULL OR days_max >= days_min", name="days"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    stage: Mapped[int]
    title_en: Mapped[str]
    title_ja: Mapped[str]
    applies_to: Mapped[list[Any]]
    when_en: Mapped[str]
    when_ja: Mapped[str]
    who_en: Mapped[str]
    who_ja: Mapped[str]
    counterpart_en: Mapped[str]
    counterpart_ja: Mapped[str]
    legal_basis_ja: Mapped[str]
    days_min: Mapped[int | None]
    days_max: Mapped[int | None]
    clock: Mapped[Clock] = mapped_column(choice(Clock))
    note_en: Mapped[str]
    note_ja: Mapped[str]
    documents_en: Mapped[str]
    documents_ja: Mapped[str]
    language_en: Mapped[str]
    language_ja: Mapped[str]
    after: Mapped[list[Any]]
    sources: Mapped[list[Any]]
    confirmed: Mapped[bool]
    open_en: Mapped[str]
    open_ja: Mapped[str]
    as_of: Mapped[date]
