"""Whether this process can serve: for balancers."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from app.asking.transaction import Transaction

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The one word that a balancer looks for."""

    status: str


@router.get("/health", response_model=Health)
async def health(session: Transaction) -> Health:
    """Answer after asking the database; an answer that fails is a 500 problem."""
    await session.execute(text("SELECT 1"))
    return Health(status="ok")
