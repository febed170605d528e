"""Which trials wait to be followed up: a row for every time that a change touched one."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base


class TrialTouched(Base):
    """A trial that a change touched; no key to `trial`, so that a bulk load is not slowed down."""

    __tablename__ = "trial_touched"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    trial_id: Mapped[UUID]
