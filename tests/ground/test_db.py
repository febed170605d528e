"""What the database refuses is told without the words that somebody typed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.ground.db import SERVICE_ROLE, engine_for
from app.settings import Settings


async def test_an_error_of_the_database_names_no_typed_word(settings: Settings) -> None:
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    try:
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(text("SELECT CAST(:word AS text) FROM no_such_table"), {"word": "CANARY-77"})
    finally:
        await engine.dispose()
    assert "no_such_table" in str(refused.value), "the operator learns what went wrong"
    assert "CANARY-77" not in str(refused.value)
