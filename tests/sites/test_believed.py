"""PostgreSQL and Python believe the same fact, whatever sources, dates and confirmations disagree."""

from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Fact
from app.sites.queries.believed import believed
from app.sites.queries.freshness import freshness
from app.sites.rules import FactState, SourceKind, counting
from tests import make as people
from tests.conftest import NOW
from tests.sites import make

CODES = ("fih.unit", "fih.beds", "mod.pediatric", "status.tokutei_kino")


async def test_of_any_mixture_of_facts_both_believe_the_same(session: AsyncSession) -> None:
    dice = Random(20261120)
    for _ in range(12):
        place = await make.an_institution(session)
        somebody = await people.a_coordinator(session, place)
        for code in CODES:
            days = dice.sample(range(0, 1200, 40), 4)
            await make.a_fact(
                session, place, capability_code=code, state=dice.choice(list(FactState)), source_kind=SourceKind.SITE,
                as_of=NOW.date() - timedelta(days=days[0]), confirmed_by_id=somebody.id,
                confirmed_at=NOW - timedelta(days=dice.choice(days)),
            )  # fmt: skip
            for day in days[1:]:
                state, as_of = dice.choice(list(FactState)), NOW.date() - timedelta(days=day)
                note = dice.choice([None, "A remark."])
                await make.a_fact(session, place, capability_code=code, state=state, as_of=as_of, note_en=note)
        await make.a_fact(session, place, superseded_at=NOW, as_of=NOW.date())

    fresh = await freshness(session, now=NOW)
    stands = Fact.superseded_at.is_(None)
    said = {}
    for fact in await session.scalars(select(Fact).where(stands, Fact.capability_code.in_(CODES))):
        said.setdefault((fact.institution_id, fact.capability_code), []).append(fact)
    wanted = {}
    for key, facts in said.items():
        fact = counting(facts, fresh.is_stale)
        assert fact is not None
        wanted[key] = (fact.state, fact.value, fresh.is_stale(fact), fact.is_confirmed)
    counts = believed(fresh, CODES, stands).c
    columns = (
        counts.institution_id,
        counts.capability_code,
        counts.state,
        counts.value,
        counts.stale,
        counts.confirmed,
    )
    rows = await session.execute(select(*columns))
    assert {(row[0], row[1]): tuple(row[2:]) for row in rows} == wanted
    assert len({verdict[2:] for verdict in wanted.values()}) == 4, "stale or fresh, confirmed or not: all occur"
