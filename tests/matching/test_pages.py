"""Who sees a picture or a run, and what stands on the page."""

from uuid import uuid4

import pytest

from app.enquiries.ctgov.study import Study
from app.enquiries.models import EnquiryValueN, ReadingState, RegistryReading, ValueSource
from app.ground.i18n import LOCALES
from app.ground.templates import environment
from app.identity.rules import hashed
from app.matching import actions
from app.settings import Settings
from app.sites.rules import CapacityState, FactState
from tests import make
from tests.conftest import NOW, a_browser
from tests.consultations import make as desk
from tests.pages.pseudo import speak_in_brackets
from tests.pages.visible import untranslated
from tests.sites import make as sites

VALUES = {
    "N": {"phase": "phase.1", "first_in_human": "yes", "condition": "cond.solid_tumour", "needs": ["ct.cpc"]},
    "A": {"product_code": "SECRET-101"},
    "W": {},
}


@pytest.fixture
async def hospitals(session):
    """One that meets everything, one of which the facility is unknown, one that says it has none."""
    found = {}
    for name, prefecture in (
        ("Meeting Hospital", "pref.13"),
        ("Perhaps Hospital", "pref.01"),
        ("Denying Hospital", "pref.27"),
    ):
        found[name] = await sites.an_institution(
            session, name_en=name, name_ja=f"{name}病院", prefecture_code=prefecture
        )
        await sites.a_fact(session, found[name], note_en=f"Ward of {name}", note_ja="第Ⅰ相病棟")
    meeting, _perhaps, denying = found.values()
    await sites.a_fact(session, meeting, capability_code="ct.cpc")
    await sites.some_room(session, meeting, state=CapacityState.CLOSED, trials_can_start=0, note_en="Full until May")
    coordinator = await make.a_coordinator(session, denying)
    await sites.a_fact(session, denying, capability_code="ct.cpc", state=FactState.NO, confirmed_by=coordinator)
    return found


@pytest.fixture
async def sponsor(session):
    return await make.a_sponsor(session)


@pytest.fixture
async def draft(session, sponsor):
    return await desk.an_enquiry(session, sponsor, submitted_at=None, values=VALUES)


def study(**given):
    given = {"phases": ["PHASE1"], "conditions": ["Non-small Cell Lung Cancer"], "healthy_volunteers": False, **given}
    silent = dict.fromkeys(("title", "official_title", "minimum_age", "maximum_age", "sex", "enrolment", "sponsor"))
    return Study(source="ClinicalTrials.gov", number="NCT00000102", intervention_types=["DRUG"], **silent, **given)


@pytest.fixture
async def reading(session):
    row = RegistryReading(
        id=uuid4(), number="NCT00000102", state=ReadingState.READ, study=study().kept(), asked_at=NOW, done_at=NOW,
        visitor_hash=hashed("a visitor's cookie"),
    )  # fmt: skip
    return await make.saved(session, row)


@pytest.fixture
async def visitor(application):
    async with a_browser(application) as browser:
        browser.cookies.set("madoguchi_visitor", "a visitor's cookie")
        yield browser


def before(text, *marks):
    """Say whether the marks stand in a text in this order."""
    places = [text.index(mark) for mark in marks]
    return places == sorted(places)


async def test_a_sponsor_sees_who_meets_who_may_and_who_does_not(browser_of, sponsor, draft, hospitals):
    page = await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")

    text = page.text
    assert page.status_code == 200
    assert before(
        text, "Meet everything required", "Meeting Hospital", "May fit", "Perhaps Hospital", "Denying Hospital"
    )
    assert "Unconfirmed unless marked." in text
    assert "Ward of Meeting Hospital" in text
    assert "hospital.example" in text
    assert 'data-v="meets"' in text
    assert 'data-v="unknown"' in text


async def test_neither_room_nor_points_nor_the_sponsors_secrets_are_in_a_picture(browser_of, sponsor, draft, hospitals):
    text = (await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")).text

    assert "Full until May" not in text
    assert "Room for new trials" not in text
    assert "Score" not in text
    assert "SECRET" not in text


async def test_a_picture_reads_in_japanese_in_the_agreed_terms(session, browser_of, hospitals):
    sponsor = await make.a_sponsor(session, language="ja")
    draft = await desk.an_enquiry(session, sponsor, submitted_at=None, values=VALUES)

    text = (await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")).text

    assert "条件を満たす" in text
    assert "情報なし" in text
    assert "第Ⅰ相病棟" in text
    assert "細胞加工施設" in text


async def test_a_picture_counts_what_still_waits_to_be_confirmed(session, browser_of, sponsor, draft):
    value = EnquiryValueN(
        enquiry_id=draft.id, organisation_id=draft.organisation_id, field="modality", value="modality.radiopharmaceutical",
        source=ValueSource.REGISTRY, updated_at=NOW,
    )  # fmt: skip
    await make.saved(session, value)

    text = (await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")).text

    assert "Radiopharmaceutical trials (required)" in text


async def test_many_required_criteria_stand_in_one_column_each_by_its_name(session, browser_of, sponsor, hospitals):
    values = {"N": VALUES["N"] | {"needs": ["ct.cpc", "ct.apheresis", "en.contracts"]}}
    draft = await desk.an_enquiry(session, sponsor, submitted_at=None, values=values)

    text = (await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")).text

    assert "(required)" not in text
    row = text[text.index("Meeting Hospital") :]
    assert before(row, "First-in-human unit", "Cell processing facility", "Apheresis", "Contracts in English")


async def test_a_picture_says_what_would_change_it(browser_of, sponsor, draft, hospitals):
    text = (await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture")).text

    assert "What would change it" in text
    assert "if this were not required: Cell processing facility" in text


async def test_strangers_coordinators_and_officers_are_told_that_a_draft_does_not_exist(
    session, browser_of, draft, hospitals
):
    people = [
        await make.a_sponsor(session),
        await make.a_coordinator(session, hospitals["Meeting Hospital"]),
        await make.an_officer(session),
        await make.an_observer(session),
    ]
    for person in people:
        assert (await (await browser_of(person)).get(f"/enquiries/{draft.id}/picture")).status_code == 404


async def test_a_visitor_is_asked_to_sign_in_before_the_picture_of_a_draft(client, draft):
    answer = await client.get(f"/enquiries/{draft.id}/picture")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_visitor_sees_the_picture_of_the_record_that_they_read(visitor, reading, hospitals):
    page = await visitor.get(f"/readings/{reading.id}/picture")

    assert page.status_code == 200
    assert "Nothing is required of a hospital yet." in page.text
    assert "Non-small cell lung cancer" in page.text
    assert "Say what the record does not" in page.text


async def test_a_visitor_may_add_what_the_record_does_not_say(visitor, reading, hospitals):
    added = {"first_in_human": "yes", "modality": "modality.car_t", "region": "region.kanto"}
    text = (await visitor.get(f"/readings/{reading.id}/picture", params=added)).text

    assert before(text, "Meet everything required", "Meeting Hospital")
    assert "First-in-human unit (required)" in text
    assert "Cell processing facility (required)" in text
    assert before(text, "do not meet something required", "Perhaps Hospital")
    assert '<option value="modality.car_t" selected' in text


async def test_words_that_no_vocabulary_knows_ask_for_nothing(visitor, reading):
    odd = {"first_in_human": "<b>", "modality": "'; DROP", "region": "nowhere"}
    page = await visitor.get(f"/readings/{reading.id}/picture", params=odd)

    assert page.status_code == 200
    assert "Nothing is required of a hospital yet." in page.text


@pytest.mark.parametrize("state", [ReadingState.WAITING, ReadingState.FAILED])
async def test_a_record_that_was_not_read_leads_back_to_how_far_it_is(session, visitor, reading, state):
    reading.state, reading.study = state, None
    reading.failure = "unavailable" if state is ReadingState.FAILED else None
    await session.commit()

    answer = await visitor.get(f"/readings/{reading.id}/picture")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/readings/{reading.id}")


async def test_nobody_else_sees_the_picture_of_a_visitors_record(session, client, browser_of, reading):
    assert (await client.get(f"/readings/{reading.id}/picture")).status_code == 404
    assert (
        await (await browser_of(await make.a_sponsor(session))).get(f"/readings/{reading.id}/picture")
    ).status_code == 404


async def test_an_operator_may_switch_the_picture_off(
    application, settings, browser_of, sponsor, draft, visitor, reading, hospitals
):
    application.state.settings = Settings(**(settings.model_dump() | {"preliminary_picture": "off"}), _env_file=None)
    for page in (
        await (await browser_of(sponsor)).get(f"/enquiries/{draft.id}/picture"),
        await visitor.get(f"/readings/{reading.id}/picture"),
    ):
        assert page.status_code == 200
        assert "This window shows no preliminary picture." in page.text
        assert "Meeting Hospital" not in page.text


async def test_a_long_picture_is_read_a_page_at_a_time(session, browser_of, sponsor, draft):
    for _ in range(60):
        hospital = await sites.an_institution(session, prefecture_code="pref.01")
        await sites.a_fact(session, hospital)
    browser = await browser_of(sponsor)

    first, second = [(await browser.get(f"/enquiries/{draft.id}/picture", params={"page": n})).text for n in (1, 2)]

    assert first.count('scope="row"') == 50
    assert 10 <= second.count('scope="row"') < 50
    assert "?page=2" in first


async def test_what_was_added_stays_on_the_next_page(session, visitor, reading):
    for _ in range(60):
        await sites.a_fact(session, await sites.an_institution(session))

    text = (await visitor.get(f"/readings/{reading.id}/picture", params={"first_in_human": "yes"})).text

    assert "first_in_human=yes" in text
    assert "page=2" in text


async def test_a_picture_takes_as_many_queries_for_two_hundred_sites_as_for_twenty(
    session, connection, browser_of, sponsor, draft
):
    browser = await browser_of(sponsor)
    counts = []
    for more in (0, 40):
        for _ in range(more):
            await sites.a_fact(session, await sites.an_institution(session))
        async with sites.counted_queries(connection) as seen:
            await browser.get(f"/enquiries/{draft.id}/picture")
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 16


@pytest.fixture
async def case(session):
    await desk.a_case(session)  # noise
    return await desk.a_case(session, values=VALUES)


async def test_an_officer_matches_and_reads_points_and_parts(session, browser_of, case, hospitals):
    browser = await browser_of(await make.an_officer(session, language="en"))
    path = f"/consultations/{case.number}/match"

    empty = await browser.get(path)
    ran = await browser.post(path)
    page = await browser.get(path)

    assert "has not been matched yet" in empty.text
    assert (ran.status_code, ran.headers["location"]) == (303, path)
    text = page.text
    assert "Parts of the score" in text
    assert "Closed to new trials for now" in text
    assert "Yes, by a public source" in text
    assert before(text, "Perhaps Hospital", "Meeting Hospital", "Denying Hospital")


async def test_an_officer_reads_a_run_in_japanese(session, browser_of, case, hospitals):
    browser = await browser_of(await make.an_officer(session))
    await browser.post(f"/consultations/{case.number}/match")

    text = (await browser.get(f"/consultations/{case.number}/match")).text

    assert "確認のうえ打診" in text
    assert "合致度の内訳" in text
    assert "受入れ停止中" in text


async def test_nobody_but_officers_reads_or_makes_a_run(session, client, browser_of, case, hospitals):
    officer = await make.acting(session, await make.an_officer(session))
    await actions.run_match(session, case.enquiry_id, by=officer, now=NOW)
    path = f"/consultations/{case.number}/match"
    for person in (
        await make.a_sponsor(session),
        await make.a_coordinator(session, hospitals["Meeting Hospital"]),
        await make.an_observer(session),
        await make.an_administrator(session),
    ):
        browser = await browser_of(person)
        assert (await browser.get(path)).status_code == 404
        assert (await browser.post(path)).status_code == 404
    assert (await client.get(path)).status_code == 303


@pytest.fixture
def brackets(monkeypatch):
    """From the call on, every translation stands in brackets, until the test ends."""
    yield lambda: speak_in_brackets(monkeypatch)
    environment.cache_clear()


@pytest.mark.parametrize("language", LOCALES)
async def test_every_word_is_translated_or_marked_as_data(
    language, brackets, session, browser_of, visitor, reading, hospitals
):
    sponsor = await make.a_sponsor(session, language=language)
    draft = await desk.an_enquiry(session, sponsor, submitted_at=None, values=VALUES)
    case = await desk.a_case(session, values=VALUES)
    officer = await browser_of(await make.an_officer(session, language=language))
    await officer.post(f"/consultations/{case.number}/match")
    visitor.cookies.set("language", language)
    drafting = await browser_of(sponsor)
    brackets()

    pages = [
        await drafting.get(f"/enquiries/{draft.id}/picture"),
        await visitor.get(
            f"/readings/{reading.id}/picture", params={"first_in_human": "yes", "region": "region.kanto"}
        ),
        await officer.get(f"/consultations/{case.number}/match"),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [untranslated(page.text) for page in pages] == [[], [], []]
