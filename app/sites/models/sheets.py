"""Files that coordinators sent in, kept only as long as somebody decides on them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ground.db import Base, Key
from app.identity.models import Person


class SheetImport(Base):
    """One uploaded file: who sent it, the lines that were read from it, and what came of it.

    `content` (see `rules.sheets.stored`) is emptied once it was applied or is too old; the counts stay: lines whose
    changes were written, of facts and of capacity, and lines that were left out.
    """

    __tablename__ = "sheet_import"
    __table_args__ = (
        Index("ix_sheet_import_institution_id_uploaded_at", "institution_id", "uploaded_at"),
        CheckConstraint("(applied_at IS NULL) = (applied_by_id IS NULL)", name="applied_when_and_by_whom"),
        CheckConstraint("applied_at IS NULL OR content IS NULL", name="applied_once"),
    )

    id: Mapped[Key]
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    filename: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    facts_changed: Mapped[int] = mapped_column(default=0)
    rooms_changed: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[uploaded_by_id])
    applied_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[applied_by_id])
