"""Vocabularies: one row a concept, one row a word that finds it."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key, choice
from app.ground.i18n import Message, _


class Vocabulary(StrEnum):
    """The lists of concepts that the product speaks in."""

    CONDITION = "condition"
    AREA = "area"
    MODALITY = "modality"
    PHASE = "phase"
    CAPABILITY = "capability"
    PREFECTURE = "prefecture"
    REGION = "region"
    COUNTRY = "country"

    @property
    def label(self) -> Message:
        """The name of the vocabulary."""
        return NAMES[self]


NAMES = {
    Vocabulary.CONDITION: _("Conditions"),
    Vocabulary.AREA: _("Therapeutic areas"),
    Vocabulary.MODALITY: _("Modalities"),
    Vocabulary.PHASE: _("Phases"),
    Vocabulary.CAPABILITY: _("Capabilities"),
    Vocabulary.PREFECTURE: _("Prefectures"),
    Vocabulary.REGION: _("Regions"),
    Vocabulary.COUNTRY: _("Countries"),
}


class LabelKind(StrEnum):
    """What a word is to its concept."""

    PREFERRED = "preferred"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"


class Concept(Base):
    """One coded thing with its name in both languages; codes never change their meaning."""

    __tablename__ = "concept"

    code: Mapped[str] = mapped_column(primary_key=True)
    vocabulary: Mapped[Vocabulary] = mapped_column(choice(Vocabulary), index=True)
    name_en: Mapped[str]
    name_ja: Mapped[str]
    name_ja_source: Mapped[str]
    reviewed: Mapped[bool]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("concept.code"), index=True)
    position: Mapped[int]
    codes: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]]
    source: Mapped[str]
    as_of: Mapped[date]


class ConceptLabel(Base):
    """A word or abbreviation of a concept in one language, and its folded form that is searched."""

    __tablename__ = "concept_label"
    __table_args__ = (
        UniqueConstraint("concept_code", "language", "label"),
        CheckConstraint("language IN ('en', 'ja')", name="language"),
        Index("ix_concept_label_folded", "folded", postgresql_ops={"folded": "text_pattern_ops"}),
    )

    id: Mapped[Key]
    concept_code: Mapped[str] = mapped_column(ForeignKey("concept.code", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    kind: Mapped[LabelKind] = mapped_column(choice(LabelKind))
    label: Mapped[str]
    folded: Mapped[str]
