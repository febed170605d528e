"""The service's login must not be able to step around row-level security: production does not start otherwise."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGHTY = text(
    """
    SELECT rolsuper OR rolbypassrls
        OR EXISTS (SELECT FROM pg_class WHERE relname = 'person' AND pg_has_role(session_user, relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = session_user
    """
)


class LoginTooMighty(RuntimeError):
    """DATABASE_URL names a login that owns the tables or passes row-level security."""


async def refuse_a_mighty_login(engine: AsyncEngine) -> None:
    """Ask PostgreSQL what the login behind this engine may do. Raises LoginTooMighty."""
    async with engine.connect() as connection:
        if await connection.scalar(MIGHTY):
            raise LoginTooMighty(
                "DATABASE_URL must name a login that is neither superuser nor owner of the tables; "
                "give the owner's in OWNER_DATABASE_URL"
            )
