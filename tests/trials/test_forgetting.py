"""Pages of registries are forgotten after a month, and nothing that a record says with them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.jobs.pages import forget_old_pages
from app.jobs.registry import Work
from app.settings import Settings
from app.trials.actions import incoming, load
from app.trials.jrct.forgetting import KEPT_FOR
from app.trials.models import RegistryPage
from tests.trials.make import a_record


def a_page(number: str, language: str, **changes: Any) -> RegistryPage:
    said = {"address": "https://registry.example", "title": "x", "page": "<html>", "digest": "x"}
    return RegistryPage(source="jrct", number=number, language=language, **said | changes)


async def test_old_pages_are_forgotten_but_not_the_english_words_of_a_stored_record(
    session: AsyncSession, sessions: async_sessionmaker[AsyncSession], settings: Settings
) -> None:
    work = Work(sessions, settings)
    stored, other, fresh = "jRCT9999000001", "jRCT9999000002", "jRCT9999000003"
    elsewhere = a_record(other, "ictrp")
    await load(sessions, [incoming(a_record(stored, "jrct")), incoming(elsewhere)], by=SERVICE, now=work.now)
    old, young = work.now - KEPT_FOR - timedelta(hours=1), work.now - KEPT_FOR + timedelta(hours=1)
    for number, read_at in ((stored, old), (other, old), (fresh, young)):
        session.add_all(a_page(number, language, read_at=read_at) for language in ("ja", "en"))
    await session.commit()
    await forget_old_pages(work)
    left = await session.execute(select(RegistryPage.number, RegistryPage.language))
    assert {(number, language) for number, language in left} == {(stored, "en"), (fresh, "ja"), (fresh, "en")}


async def test_pages_that_cannot_be_forgotten_now_do_not_stop_the_worker(settings: Settings) -> None:
    await forget_old_pages(Work(None, settings))  # type: ignore[arg-type]
