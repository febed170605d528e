"""Signed-in browsers: rows that can be revoked."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import record
from app.ground.errors import NotFound
from app.identity.models import Person, SignedSession
from app.identity.rules import SERVICE, Actor, hashed


async def start_session(
    session: AsyncSession, person: Person, *, browser: str, lifetime: timedelta, now: datetime
) -> str:
    """Begin a session and return its token, which only the cookie holds."""
    token = token_urlsafe(32)
    session.add(
        SignedSession(
            person_id=person.id,
            token_hash=hashed(token),
            browser=browser[:200],
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    record(session, "session.began", subject=person.id, by=SERVICE, now=now)
    return token


async def revoke_session(session: AsyncSession, session_id: UUID, *, by: Actor, now: datetime) -> None:
    """Sign one of one's own browsers out. Raises NotFound for anybody else's."""
    mine = update(SignedSession).where(SignedSession.id == session_id, SignedSession.person_id == by.person_id)
    revoked = await session.execute(
        mine.where(SignedSession.revoked_at.is_(None)).values(revoked_at=now).returning(SignedSession.id)
    )
    if revoked.first() is None or by.person_id is None:
        raise NotFound
    record(session, "session.revoked", subject=by.person_id, by=by, now=now)


async def sign_out(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    """End the session that this request came with; harmless where there is none."""
    if by.session_id is not None:
        await revoke_session(session, by.session_id, by=by, now=now)
