"""Every run of a match is kept with what went in and what came out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key


class MatchRun(Base):
    """One run: the request and facts as they stood, the rule version, the result and its digest."""

    __tablename__ = "match_run"
    __table_args__ = (Index("ix_match_run_enquiry_id_at", "enquiry_id", "at"),)

    id: Mapped[Key]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    rule_version: Mapped[int]
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    digest: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
