"""The two database roles: the service owns nothing, passes no row-level security and cannot rewrite the past."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.privilege import LoginTooMighty, refuse_a_mighty_login
from app.main import create_app, with_database
from app.settings import Settings
from tests.databases import Server


async def test_the_service_is_let_in_and_the_owner_is_refused(server: Server, database: str) -> None:
    await refuse_a_mighty_login(server.url(database, "service"))
    with pytest.raises(LoginTooMighty):
        await refuse_a_mighty_login(server.url(database, "owner"))


async def test_production_does_not_start_with_the_owners_login(
    settings: Settings, server: Server, database: str
) -> None:
    unsafe = settings.model_copy(update={"environment": "production", "database_url": server.url(database, "owner")})
    with pytest.raises(LoginTooMighty):
        async with with_database(create_app(unsafe)):
            pass
    safe = settings.model_copy(update={"environment": "production"})
    async with with_database(app := create_app(safe)):
        assert app.state.sessions


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET what = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DELETE FROM consultation_event",
        "UPDATE terms_acceptance SET version = 2",
        "ALTER TABLE enquiry_value_a DISABLE ROW LEVEL SECURITY",
        "DROP TABLE person",
        "CREATE TABLE mine (id int)",
    ],
)
async def test_the_service_cannot_rewrite_the_past_or_unlock_the_tiers(session: AsyncSession, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        await session.execute(text(statement))
