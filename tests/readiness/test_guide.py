"""The guide shows every step with its sources, and marks what nobody has confirmed."""

import csv
import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.readiness import queries
from app.readiness.models import Product, RegulatoryStep
from app.readiness.seeding import load_official
from app.web.guide import STAGES
from tests.conftest import NOW

SEED_DATA = Path(__file__).parents[2] / "seed_data"
BOTH = ("title", "when", "who", "counterpart", "note", "documents", "language")


async def test_every_step_is_there_in_both_languages_with_a_source(session: AsyncSession) -> None:
    steps = await queries.steps(session)
    assert len(steps) == 37
    assert {step.stage for step in steps} <= set(STAGES)
    for step in steps:
        assert all(getattr(step, f"{name}_{language}") for name in BOTH for language in ("en", "ja")), step.code
        assert step.sources, step.code
        assert set(step.applies_to) <= set(Product), step.code
        assert step.confirmed or step.open_en, "what is unconfirmed says what is"
        assert bool(step.open_en) == bool(step.open_ja), step.code


async def test_a_step_comes_after_steps_that_exist_and_the_way_has_no_circle(session: AsyncSession) -> None:
    after = {step.code: set(step.after) for step in await queries.steps(session)}
    gone: set[str] = set()
    while after.keys() - gone:
        free = {code for code in after.keys() - gone if after[code] <= gone}
        assert free, after.keys() - gone
        gone |= free


def test_nothing_of_the_curators_doubts_reaches_the_page() -> None:
    with (SEED_DATA / "readiness" / "regulatory_steps.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert "memory" not in " ".join(row.values()).lower(), row["code"]


async def test_loading_again_repairs_what_drifted_and_drops_what_left(session: AsyncSession) -> None:
    step = (await queries.steps(session))[0]
    step.title_en = "Drifted"
    columns = {c.name: getattr(step, c.name) for c in RegulatoryStep.__table__.columns}
    session.add(RegulatoryStep(**columns | {"code": "REG-99", "position": 99}))
    await session.flush()
    said = await load_official(session, SEED_DATA, now=NOW)
    session.expire_all()
    steps = await queries.steps(session)
    assert (len(steps), steps[0].title_en.startswith("Decide pathway")) == (37, True)
    assert said.in_("ja") == "37件の手続を読み込みました。"


async def test_the_page_says_how_long_and_what_is_not_confirmed(client: httpx.AsyncClient) -> None:
    page = " ".join((await client.get("/guide")).text.split())
    assert "30 to 31 days" in page
    assert "at most 180 days" in page
    assert "Not confirmed:" in page
    assert "not regulatory advice" in page
    assert 'href="#REG-02"' in page
    stages = re.findall(r'id="stage-(\d+)"', page)
    assert stages == [str(number) for number in STAGES], "each stage stands once, in order"


async def test_a_kind_of_product_leaves_only_its_steps(client: httpx.AsyncClient) -> None:
    answer = await client.get("/guide", params={"product": "gene_therapy"}, headers={"Accept-Language": "ja"})
    assert 'id="REG-09"' in answer.text
    assert 'id="REG-15"' not in answer.text
    assert 'href="/guide#REG-05"' in answer.text, "a step of another kind is on the whole page"
    assert "遺伝子治療" in answer.text


@pytest.mark.parametrize("product", ["planets", "DRUG", "%00", "drug "])
async def test_a_kind_of_product_that_is_none_is_not_found(client: httpx.AsyncClient, product: str) -> None:
    assert (await client.get(f"/guide?product={product}")).status_code == 404
