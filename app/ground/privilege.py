"""The service's login must not be able to step around row-level security: production does not start otherwise."""

from sqlalchemy import text

from app.ground.db import engine_for
from app.ground.errors import Refused
from app.ground.i18n import _

MIGHTY = text(
    """
    SELECT rolsuper OR rolbypassrls
        OR EXISTS (SELECT FROM pg_class WHERE relname = 'person' AND pg_has_role(session_user, relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = session_user
    """
)


class LoginTooMighty(Refused):
    """DATABASE_URL names a login that owns the tables or passes row-level security."""

    code = "login_too_mighty"
    message = _(
        "DATABASE_URL must name a login that is neither superuser nor owner of the tables; "
        "give the owner's in OWNER_DATABASE_URL."
    )

    def __str__(self) -> str:
        return self.in_("en")


async def refuse_a_mighty_login(url: str) -> None:
    """Ask PostgreSQL what the login of this address may do, before it steps down to any role. Raises LoginTooMighty."""
    engine = engine_for(url)
    try:
        async with engine.connect() as connection:
            mighty = await connection.scalar(MIGHTY)
    finally:
        await engine.dispose()
    if mighty:
        raise LoginTooMighty
