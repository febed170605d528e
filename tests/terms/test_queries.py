"""A typed word finds its concepts, the nearest first, in few queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.paging import Paging
from app.terms import queries
from app.terms.errors import NoSuchTerm
from app.terms.models import Concept, ConceptLabel, LabelKind, Vocabulary
from app.terms.seeding import load_official
from tests.conftest import NOW

SEED_DATA = Path(__file__).parents[2] / "seed_data"
CONDITIONS = [Vocabulary.CONDITION]


async def found(session: AsyncSession, text: str, *vocabularies: Vocabulary, limit: int = 10) -> list[str]:
    hits = await queries.search(session, text, vocabularies=vocabularies or CONDITIONS, limit=limit)
    return [hit.concept.code for hit in hits]


@contextmanager
def counted(connection: AsyncConnection) -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile, savepoints left out."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "SAVEPOINT" not in statement:
            sent.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection.sync_connection, "before_cursor_execute", note)


@pytest.mark.parametrize("typed", ["肺癌", "肺がん", "肺ガン", "lung cancer", "Lung  Cancer", "ｌｕｎｇ cancer"])
async def test_lung_cancer_is_found_however_it_is_written(session: AsyncSession, typed: str) -> None:
    codes = await found(session, typed)
    assert codes[0] == "cond.lung_cancer"
    assert "cond.lung_cancer_nsclc" in codes


async def test_an_abbreviation_finds_its_condition_first(session: AsyncSession) -> None:
    assert (await found(session, "NSCLC"))[0] == "cond.lung_cancer_nsclc"
    assert (await found(session, "dlbcl"))[0] == "cond.dlbcl"
    assert (await found(session, "SLE"))[0] == "cond.sle"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ぱーきんそん", "cond.parkinson"),
        ("じゅうしょうきんむりょくしょう", "cond.myasthenia_gravis"),
        ("Sjogren", "cond.sjogren"),
        ("1型糖尿病", "cond.t1d"),
        ("diabetes type 2", "cond.t2d"),
        ("健常人", "cond.healthy"),
        ("covid19", "cond.covid19"),
    ],
)
async def test_readings_accents_order_of_words_and_spaces_do_not_matter(
    session: AsyncSession, typed: str, code: str
) -> None:
    assert code in await found(session, typed)


@pytest.mark.parametrize(
    "typed", ["", "   ", "・、。", "%", "_", "\\", "'; DROP TABLE concept; --", "肺癌" * 500, "🫁"]
)
async def test_signs_and_nonsense_find_nothing_and_break_nothing(session: AsyncSession, typed: str) -> None:
    assert await found(session, typed) == []


async def test_a_search_stays_in_its_vocabularies(session: AsyncSession) -> None:
    assert await found(session, "東京", Vocabulary.PREFECTURE) == ["pref.13"]
    assert await found(session, "東京") == []
    assert await found(session, "第2相", Vocabulary.PHASE) == ["phase.2"]
    assert await found(session, "CAR-T", Vocabulary.MODALITY) == ["modality.car_t"]
    assert (await found(session, "アフェレーシス", Vocabulary.CAPABILITY)) == ["ct.apheresis"]
    assert await found(session, "Korea, Republic of", Vocabulary.COUNTRY, limit=1) == ["country.KR"]


async def test_a_search_sends_two_queries_whatever_it_finds(session: AsyncSession, connection: AsyncConnection) -> None:
    with counted(connection) as sent:
        assert len(await found(session, "a", limit=20)) == 20
    assert len(sent) == 2


async def test_exact_takes_only_the_very_word(session: AsyncSession) -> None:
    async def the(text: str) -> list[str]:
        return [concept.code for concept in await queries.exact(session, text, vocabularies=CONDITIONS)]

    assert await the("肺ガン") == ["cond.lung_cancer"]
    assert await the("AS") == ["cond.aortic_stenosis", "cond.angelman", "cond.alport", "cond.axspa"]
    assert await the("lung") == []
    assert await the(" ・ ") == []


async def test_a_code_that_no_vocabulary_has_is_refused(session: AsyncSession) -> None:
    assert (await queries.concept(session, "area.oncology")).name_ja == "腫瘍・がん領域"
    with pytest.raises(NoSuchTerm):
        await queries.concept(session, "area.astrology")


async def test_the_way_up_and_down_is_one_query_each(session: AsyncSession, connection: AsyncConnection) -> None:
    codes = ["cond.lung_cancer_nsclc_egfr", "cond.asthma", "cond.unheard_of"]
    with counted(connection) as sent:
        above = await queries.ancestors(session, codes)
        below = await queries.descendants(session, ["cond.nhl"])
    assert len(sent) == 2
    assert above == {
        "cond.lung_cancer_nsclc_egfr": ["cond.lung_cancer_nsclc", "cond.lung_cancer", "cond.cancer"],
        "cond.asthma": [],
        "cond.unheard_of": [],
    }
    assert "cond.dlbcl" in below["cond.nhl"]
    assert "cond.hodgkin" not in below["cond.nhl"]


async def test_children_are_one_step_below_in_order(session: AsyncSession) -> None:
    codes = [child.code for child in await queries.children(session, "region.shikoku")]
    assert codes == ["pref.36", "pref.37", "pref.38", "pref.39"]


async def test_a_mesh_heading_leads_to_the_condition_that_says_the_same(session: AsyncSession) -> None:
    nsclc = await queries.concept(session, "cond.lung_cancer_nsclc")
    asthma = await queries.concept(session, "cond.asthma")
    ids = [nsclc.codes["mesh"]["code"], asthma.codes["mesh"]["code"], "D999999"]
    found = await queries.by_mesh(session, ids, Vocabulary.CONDITION)
    assert [concept.code for concept in found] == [nsclc.code, asthma.code], "a mutation is narrower than the heading"


async def test_a_page_of_a_vocabulary_knows_how_many_there_are(session: AsyncSession) -> None:
    page = await queries.page_of(session, Vocabulary.PREFECTURE, Paging(2, 20))
    assert (page.total, page.pages, page.first, page.last) == (47, 3, 21, 40)
    assert page.rows[0].code == "pref.21"


async def test_the_words_of_a_concept_come_name_first(session: AsyncSession) -> None:
    labels = (await queries.labels_of(session, ["cond.copd", "cond.asthma"]))["cond.copd"]
    english = [label for label in labels if label.language == "en"]
    assert [label.label for label in english[:2]] == ["Chronic obstructive pulmonary disease", "COPD"]
    assert english[1].kind is LabelKind.ABBREVIATION


async def test_sizes_tell_what_nobody_has_reviewed(session: AsyncSession) -> None:
    sizes = {size.vocabulary: size for size in await queries.sizes(session)}
    assert sizes[Vocabulary.CONDITION].count > sizes[Vocabulary.CONDITION].unreviewed > 0
    assert sizes[Vocabulary.PREFECTURE].count == 47


async def test_loading_again_changes_nothing_and_repairs_what_drifted(session: AsyncSession) -> None:
    async def state() -> list[tuple[object, ...]]:
        columns = (ConceptLabel.concept_code, ConceptLabel.language, ConceptLabel.label, ConceptLabel.folded)
        rows = await session.execute(select(*columns).order_by(*columns))
        return [tuple(row) for row in rows]

    before, count = await state(), await session.scalar(select(func.count()).select_from(Concept))
    word = {"language": "en", "kind": LabelKind.SYNONYM, "label": "Withdrawn word", "folded": "withdrawn word"}
    session.add(ConceptLabel(concept_code="cond.asthma", **word))
    (await queries.concept(session, "cond.copd")).name_en = "Drifted"
    await session.flush()
    said = await load_official(session, SEED_DATA, now=NOW)
    session.expire_all()
    assert await state() == before
    assert await session.scalar(select(func.count()).select_from(Concept)) == count
    assert (await queries.concept(session, "cond.copd")).name_en == "Chronic obstructive pulmonary disease"
    assert str(count) in said.in_("en")
