"""The pages of a request in a browser's hands: ways in, blocks, refusals with what was typed, two editors, submission."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.ctgov.client import Patience
from app.enquiries.fields import BLOCKS
from app.enquiries.models import Enquiry, EnquiryStage, RegistryReading
from app.enquiries.rules import fingerprint
from app.identity.models import Membership, Organisation, Person
from app.identity.rules import SERVICE, Role
from tests import make
from tests.conftest import NOW
from tests.desk import JobDesk
from tests.enquiries import fictional
from tests.enquiries.make import COMPLETE, a_draft, a_reading, a_submitted, accept, values
from tests.enquiries.stand_in import StandIn, slow

Browser = httpx.AsyncClient
BrowserOf = Callable[[Person], Any]
HURRIED = Patience(tries=1, seconds=0.2, longest_wait=0.1, first_wait=0.01)
HIDDEN = re.compile(r'<input type="hidden" name="((?:seen|shown)\.\w+)" value="([^"]*)">')


@pytest.fixture
async def person(session: AsyncSession) -> Person:
    return await make.a_sponsor(session)


@pytest.fixture
async def browser(browser_of: BrowserOf, session: AsyncSession, person: Person) -> Browser:
    """The browser of somebody whose organisation has accepted the terms."""
    await accept(session, await make.acting(session, person))
    signed_in: Browser = await browser_of(person)
    return signed_in


async def draft_of(session: AsyncSession, person: Person, **typed: list[str]) -> Enquiry:
    enquiry = await a_draft(session, await make.acting(session, person), **typed)
    await session.commit()
    return enquiry


async def opened(browser: Browser, enquiry: Enquiry, block: str, query: str = "") -> dict[str, str]:
    """Return the hidden inputs of a block's form, as a browser would send them."""
    page = await browser.get(f"/enquiries/{enquiry.id}/{block}{query}")
    assert page.status_code == 200, page.text
    return dict(HIDDEN.findall(page.text))


def text_of(page: httpx.Response) -> str:
    """Return a page's words without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def test_nothing_yet_says_what_to_do(browser: Browser) -> None:
    page = await browser.get("/enquiries")
    assert "No enquiry yet" in page.text and 'href="/enquiries/new"' in page.text


async def test_a_draft_is_begun_by_hand_and_listed(browser: Browser, session: AsyncSession) -> None:
    begun = await browser.post("/enquiries")
    assert begun.status_code == 303 and begun.headers["location"].endswith("/requester")
    listed = await browser.get("/enquiries")
    assert "Begun on" in listed.text and "0 of 13" in text_of(listed)
    assert await session.scalar(select(func.count()).select_from(Enquiry)) == 1


async def test_the_list_asks_as_much_for_many_as_for_one(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    async def asked() -> int:
        statements: list[str] = []
        connection = (await session.connection()).sync_connection
        listener = lambda *given: statements.append(given[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", listener)
        await browser.get("/enquiries")
        event.remove(connection, "before_cursor_execute", listener)
        return len([one for one in statements if one.lstrip().startswith("SELECT")])

    await draft_of(session, person, phase=["phase.2"])
    one = await asked()
    for _more in range(5):
        await draft_of(session, person, phase=["phase.2"], condition=["cond.asthma"])
    assert await asked() == one


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.code)
@pytest.mark.parametrize("language", ["en", "ja"])
async def test_every_block_opens_in_both_languages(
    browser: Browser, session: AsyncSession, person: Person, block: Any, language: str
) -> None:
    enquiry = await draft_of(session, person)
    browser.cookies.set("language", language)
    page = await browser.get(f"/enquiries/{enquiry.id}/{block.code}")
    assert page.status_code == 200 and block.label.in_(language) in page.text
    for field in block.fields:
        assert html.escape(field.label.in_(language)) in page.text, field.code
        assert f'name="seen.{field.code}"' in page.text


async def test_saving_leads_to_the_next_block_and_comes_back_filled_in(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person)
    typed = {"company_country": "US", "company_kind": "start_up", "contact_role": "Head <of> trials 🧬"}
    hidden = await opened(browser, enquiry, "requester")
    saved = await browser.post(f"/enquiries/{enquiry.id}/requester", data={**typed, **hidden})
    assert saved.headers["location"] == f"/enquiries/{enquiry.id}/presence"
    page = await browser.get(f"/enquiries/{enquiry.id}/requester")
    assert 'value="Head &lt;of&gt; trials 🧬"' in page.text and '<option value="US" selected' in page.text
    assert 'value="start_up" checked' in page.text and "2 of 13" in text_of(page)
    last = await browser.post(f"/enquiries/{enquiry.id}/decentralised", data={"dct": ["dct.econsent", "dct.epro"]})
    assert last.headers["location"] == f"/enquiries/{enquiry.id}"


async def test_what_is_refused_stands_beside_its_field_and_what_was_typed_stays(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person, minimum_age=["18"])
    hidden = await opened(browser, enquiry, "study")
    typed = {"minimum_age": "18", "maximum_age": "8", "study_title": "My title", "first_in_human": "no"}
    page = await browser.post(f"/enquiries/{enquiry.id}/study", data={**typed, **hidden})
    assert page.status_code == 422 and "<title>Error:" in page.text
    assert page.text.count("Enter 18 or more. You typed 8, and the minimum age is 18.") == 2
    assert 'href="#field-maximum_age"' in page.text and 'id="field-maximum_age-error"' in page.text
    assert 'value="8"' in page.text and 'value="My title"' in page.text and 'value="no" checked' in page.text
    assert "1 to correct" in page.text and set(await values(session, enquiry.id)) == {"minimum_age"}


async def test_refusals_speak_japanese_to_japanese_readers(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person)
    browser.cookies.set("language", "ja")
    hidden = await opened(browser, enquiry, "numbers")
    typed = {"last_date_japan": "令和9年2月30日", "participants_japan": "-5"}
    page = await browser.post(f"/enquiries/{enquiry.id}/numbers", data={**typed, **hidden})
    assert (
        page.status_code == 422 and "入力値：「令和9年2月30日」" in page.text and 'value="令和9年2月30日"' in page.text
    )
    assert "0以上の整数を入力してください。入力値：「-5」" in page.text


async def test_words_that_could_mean_several_things_come_back_with_suggestions(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person)
    hidden = await opened(browser, enquiry, "study")
    page = await browser.post(f"/enquiries/{enquiry.id}/study", data={"condition": "lung", **hidden})
    assert page.status_code == 422 and "is not in our list" in page.text
    assert 'type="radio" name="condition" value="cond.lung_cancer"' in page.text and 'value="lung"' in page.text
    # Without script the chosen suggestion is sent after the words that were typed.
    chosen = await browser.post(
        f"/enquiries/{enquiry.id}/study", data={"condition": ["lung", "cond.lung_cancer"], **hidden}
    )
    assert chosen.status_code == 303 and (await values(session, enquiry.id))["condition"].value == "cond.lung_cancer"


async def test_a_chosen_term_keeps_its_name_when_another_field_is_refused(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person)
    hidden = await opened(browser, enquiry, "study")
    typed = {"condition": ["Asthma", "cond.asthma"], "minimum_age": "old"}
    page = await browser.post(f"/enquiries/{enquiry.id}/study", data={**typed, **hidden})
    assert page.status_code == 422 and 'data-terms-code="cond.asthma"' in page.text and 'value="Asthma"' in page.text


async def test_the_second_editor_sees_both_and_saves_what_they_choose(
    browser: Browser, browser_of: BrowserOf, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person, questions=["Before"])
    place = await session.get_one(Organisation, enquiry.organisation_id)
    colleague = await browser_of(await make.a_sponsor(session, place))
    address = f"/enquiries/{enquiry.id}/wanted"
    mine, theirs = await opened(browser, enquiry, "wanted"), await opened(colleague, enquiry, "wanted")
    assert (await browser.post(address, data={"questions": "First", **mine})).status_code == 303
    told = await colleague.post(address, data={"questions": "Second", "wanted_service": "early_advice", **theirs})
    words = text_of(told)
    assert told.status_code == 409 and "Somebody else saved this block while you were typing" in words
    assert f"{person.name} saved this" in words and "First" in words and "Second</textarea>" in told.text
    assert 'value="early_advice" checked' in told.text
    assert (await values(session, enquiry.id))["questions"].value == "First"
    again = dict(HIDDEN.findall(told.text))
    data = {"questions": "First and second", "wanted_service": "early_advice", **again}
    assert (await colleague.post(address, data=data)).status_code == 303
    found = await values(session, enquiry.id)
    assert (found["questions"].value, found["wanted_service"].value) == ("First and second", "early_advice")


async def test_two_editors_of_different_fields_are_told_that_both_are_kept(
    browser: Browser, browser_of: BrowserOf, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person)
    place = await session.get_one(Organisation, enquiry.organisation_id)
    colleague = await browser_of(await make.a_sponsor(session, place))
    mine, theirs = await opened(browser, enquiry, "wanted"), await opened(colleague, enquiry, "wanted")
    await browser.post(f"/enquiries/{enquiry.id}/wanted", data={"questions": "First", **mine})
    answer = await colleague.post(f"/enquiries/{enquiry.id}/wanted", data={"wanted_service": "early_advice", **theirs})
    page = await colleague.get(answer.headers["location"].split("#")[0])
    assert answer.status_code == 303 and "both are kept" in page.text
    assert set(await values(session, enquiry.id)) == {"questions", "wanted_service"}


async def test_imported_values_are_confirmed_opened_or_left(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    by = await make.acting(session, person)
    enquiry = await actions.draft_from(session, await a_reading(session), by=by, now=NOW)
    await session.commit()
    address = f"/enquiries/{enquiry.id}/study"
    page = await browser.get(address)
    assert "From the registry: please confirm." in page.text and 'name="confirm" value="phase"' in page.text
    assert 'name="phase"' not in page.text, "an imported value is never prefilled as if typed"
    hidden = dict(HIDDEN.findall(page.text))
    confirmed = await browser.post(address, data={"confirm": "phase", "first_in_human": "no", **hidden})
    assert confirmed.headers["location"].startswith(f"{address}?done=confirmed")
    found = await values(session, enquiry.id)
    assert found["phase"].counts and found["first_in_human"].value == "no" and found["sex"].waits

    hidden = await opened(browser, enquiry, "study")
    change = await browser.post(address, data={"change": "sex", "first_in_human": "no", **hidden})
    assert change.headers["location"] == f"{address}?change=sex#field-sex"
    hidden = await opened(browser, enquiry, "study", "?change=sex")
    await browser.post(address, data={"sex": "female", "first_in_human": "no", **hidden})
    assert (await values(session, enquiry.id))["sex"].value == "female"

    hidden = await opened(browser, enquiry, "study")
    await browser.post(address, data={"confirm_all": "yes", "first_in_human": "no", **hidden})
    assert not any(value.waits for code, value in (await values(session, enquiry.id)).items() if code != "enrolment")


async def test_an_imported_condition_that_we_do_not_know_is_asked_with_its_words(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    record = fictional.a_study(conditionsModule={"conditions": ["Lung weakness of unknown kind"]})
    record["derivedSection"] = {}
    by = await make.acting(session, person)
    enquiry = await actions.draft_from(session, await a_reading(session, record), by=by, now=NOW)
    await session.commit()
    page = await browser.get(f"/enquiries/{enquiry.id}/study")
    assert "words that are not in our list" in page.text and "Lung weakness of unknown kind" in page.text


async def test_a_value_read_anew_while_the_page_was_open_is_not_confirmed_blindly(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    by = await make.acting(session, person)
    enquiry = await actions.draft_from(session, await a_reading(session), by=by, now=NOW)
    await session.commit()
    stale = {"confirm": "phase", "shown.phase": fingerprint("phase.3")}
    answer = await browser.post(f"/enquiries/{enquiry.id}/study", data=stale)
    assert answer.status_code == 409 and "Look at it again before you confirm it" in answer.text


async def test_confidential_fields_open_with_the_terms(
    browser_of: BrowserOf, session: AsyncSession, person: Person
) -> None:
    newcomer, enquiry = await browser_of(person), await draft_of(session, person)
    product = await newcomer.get(f"/enquiries/{enquiry.id}/product")
    assert "Closed until your organisation accepts" in product.text and 'name="product_code"' not in product.text
    forced = await newcomer.post(f"/enquiries/{enquiry.id}/product", data={"product_code": "SB-101"})
    assert forced.status_code == 422 and "Accept the confidentiality terms first" in forced.text
    terms = await newcomer.get(f"/enquiries/{enquiry.id}/terms", params={"next": f"/enquiries/{enquiry.id}/product"})
    assert "What is confidential" in terms.text and 'name="version" value="1"' in terms.text
    data = {"version": "1", "next": f"/enquiries/{enquiry.id}/product"}
    accepted = await newcomer.post(f"/enquiries/{enquiry.id}/terms", data=data)
    assert accepted.headers["location"] == f"/enquiries/{enquiry.id}/product"
    assert 'name="product_code"' in (await newcomer.get(f"/enquiries/{enquiry.id}/product")).text
    again = await newcomer.get(f"/enquiries/{enquiry.id}/terms")
    assert person.name in again.text and 'name="version"' not in again.text
    away = await newcomer.post(f"/enquiries/{enquiry.id}/terms", data={"version": "1", "next": "//evil.example"})
    assert away.headers["location"] == "/"


async def test_a_complete_draft_is_submitted_once_however_often_the_button_is_pressed(
    browser: Browser, session: AsyncSession, person: Person, desk: JobDesk
) -> None:
    enquiry = await draft_of(session, person, **COMPLETE)
    page = await browser.get(f"/enquiries/{enquiry.id}")
    assert "you can submit this draft" in page.text and "Lung cancer, Phase 2" in page.text
    for _press in range(2):
        answer = await browser.post(f"/enquiries/{enquiry.id}/submit")
        assert answer.headers["location"] == f"/enquiries/{enquiry.id}/follow"
    assert [name for name, _given in await desk.waiting()] == ["open_consultation"]
    after = await browser.get(f"/enquiries/{enquiry.id}/requester")
    assert "Given with the submission" in after.text and 'name="company_kind"' not in after.text


async def test_an_incomplete_draft_is_refused_with_links_to_what_is_missing(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person, **{code: typed for code, typed in COMPLETE.items() if code != "is_mrct"})
    page = await browser.post(f"/enquiries/{enquiry.id}/submit")
    assert page.status_code == 422 and f'href="/enquiries/{enquiry.id}/study#field-is_mrct"' in page.text
    await session.refresh(enquiry)
    assert enquiry.stage is EnquiryStage.DRAFT


async def test_withdrawing_asks_once_more(browser: Browser, session: AsyncSession, person: Person) -> None:
    enquiry = await draft_of(session, person)
    asked = await browser.get(f"/enquiries/{enquiry.id}/withdraw")
    assert "The draft stays readable" in asked.text
    assert (await browser.post(f"/enquiries/{enquiry.id}/withdraw")).status_code == 303
    page = await browser.get(f"/enquiries/{enquiry.id}")
    assert "Withdrawn" in page.text and "/submit" not in page.text
    late = await browser.post(f"/enquiries/{enquiry.id}/wanted", data={"questions": "Late"})
    assert late.status_code == 409 and "has been withdrawn" in late.text
    assert "Withdrawn" in (await browser.get(f"/enquiries/{enquiry.id}/withdraw")).text


async def test_officers_read_what_was_submitted_and_strangers_find_nothing(
    browser_of: BrowserOf, session: AsyncSession
) -> None:
    submitted, draft = await a_submitted(session, questions=["Which day?"]), await a_draft(session)
    await session.commit()
    officer = await browser_of(await make.an_officer(session, language="en"))
    page = await officer.get(f"/enquiries/{submitted.id}")
    assert page.status_code == 200 and "SB-101" in page.text and "Which day?" in page.text
    assert "/withdraw" not in page.text and f"/enquiries/{submitted.id}/requester" not in page.text
    assert (await officer.get(f"/enquiries/{draft.id}")).status_code == 404
    stranger = await browser_of(await make.a_sponsor(session))
    for path in ("", "/study", "/terms", "/withdraw"):
        answer = await stranger.get(f"/enquiries/{submitted.id}{path}")
        assert answer.status_code == 404 and "SB-101" not in answer.text
    for reader in (await make.an_observer(session), await make.an_administrator(session)):
        assert (await (await browser_of(reader)).get(f"/enquiries/{submitted.id}")).status_code == 404


async def test_a_file_begins_or_fills_a_draft(browser: Browser, session: AsyncSession, person: Person) -> None:
    file = {"file": ("study.json", orjson.dumps(fictional.a_study()), "application/json")}
    begun = await browser.post("/enquiries/new/file", files=file)
    page = await browser.get(begun.headers["location"])
    assert "ClinicalTrials.gov NCT00000001 (file)" in page.text and "Non-small cell lung cancer" in page.text
    enquiry = await draft_of(session, person, minimum_age=["21"])
    filled = await browser.post(f"/enquiries/{enquiry.id}/file", files=file)
    assert filled.status_code == 303 and (await values(session, enquiry.id))["minimum_age"].value == 21


async def test_a_wrong_file_is_refused_and_leaves_no_empty_draft(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    enquiry = await draft_of(session, person, minimum_age=["21"])
    for address in ("/enquiries/new/file", f"/enquiries/{enquiry.id}/file"):
        for file in (
            {"file": ("a.json", b"%PDF", "application/json")},
            {"file": ("", b"", "application/octet-stream")},
        ):
            page = await browser.post(address, files=file)
            assert page.status_code == 422 and 'id="field-file-error"' in page.text
    assert await session.scalar(select(func.count()).select_from(Enquiry)) == 1
    assert set(await values(session, enquiry.id)) == {"minimum_age"}


async def test_a_number_fills_a_draft_and_the_page_says_how_it_went(
    browser: Browser, session: AsyncSession, person: Person, desk: JobDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.enquiries.ctgov.client.Patience", lambda: HURRIED)
    with StandIn(fictional.studies()) as registry:
        registry.always("NCT00000098", slow(0.5))
        settings = desk.given.settings.model_copy(update={"ctgov_url": registry.url})
        worker = JobDesk(replace(desk.given, settings=settings), desk.outbox)
        begun = await browser.post("/enquiries/new/reading", data={"nct": "NCT00000001"})
        address = begun.headers["location"]
        assert "Reading NCT00000001 at ClinicalTrials.gov" in text_of(await browser.get(address))
        await worker.work()
        page = await browser.get(address, headers={"HX-Request": "true"})
        assert page.headers["HX-Refresh"] == "true" and "NCT00000001 was read" in text_of(page)
        assert "Phase 2" in page.text
        for number, words in (("NCT00000099", "has no study NCT00000099"), ("NCT00000098", "did not answer in time")):
            again = await browser.post(f"{address}/reading", data={"nct": number})
            assert again.status_code == 303
            await worker.work()
            page = await browser.get(address)
            assert words in text_of(page) and "Non-small cell lung cancer" in page.text
            assert f'value="{number}"' in page.text, "what was typed stays in its box"


@pytest.mark.parametrize("address", ["/enquiries/new/reading", "here"])
async def test_a_malformed_number_is_refused_beside_its_box(
    browser: Browser, session: AsyncSession, person: Person, address: str
) -> None:
    enquiry = await draft_of(session, person)
    address = f"/enquiries/{enquiry.id}/reading" if address == "here" else address
    page = await browser.post(address, data={"nct": "NCT<b>1"})
    assert (
        page.status_code == 422 and "You typed “NCT&lt;b&gt;1”." in page.text and 'value="NCT&lt;b&gt;1"' in page.text
    )
    assert await session.scalar(select(func.count()).select_from(RegistryReading)) == 0


async def test_a_member_of_two_companies_chooses_in_whose_name(
    browser: Browser, session: AsyncSession, person: Person
) -> None:
    second = await make.an_organisation(session, name_en="Second Company")
    await make.saved(
        session, Membership(person_id=person.id, organisation_id=second.id, role=Role.SPONSOR, created_at=NOW)
    )
    await session.commit()
    assert "Second Company" in (await browser.get("/enquiries/new")).text
    await browser.post("/enquiries", data={"organisation": str(second.id)})
    begun = (await session.scalars(queries.visible_to(SERVICE))).one()
    assert begun.organisation_id == second.id
