"""The page behind a mailed link: no sign-in, opening changes nothing, and nothing typed is lost."""

import re
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Membership, Person
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.models import Capacity, ConfirmationRound, Institution
from app.sites.rules import CapacityState
from tests import make as people
from tests.conftest import NOW, Clock, SignIn
from tests.desk import JobDesk
from tests.sites import make
from tests.sites.confirmations import a_round, everything, link_in
from tests.sites.test_pages import words

KEYS = ("area.oncology.phase.1", "area.oncology.phase.2")


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    other = await make.an_institution(session, name_en="Elsewhere Hospital", name_ja="他院")
    await make.some_room(session, other, note_ja="他院の備考", note_en="elsewhere's note")
    found = await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")
    early = {"as_of": date(2026, 10, 1)}
    await make.some_room(session, found, **early, from_day=date(2027, 1, 1), note_ja="要相談", note_en="Ask first")
    await make.some_room(session, found, **early, phase_code="phase.2")
    return found


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="施設担当者A")


@pytest.fixture
async def reader(session: AsyncSession, coordinator: Person) -> Actor:
    return await people.acting(session, coordinator)


@pytest.fixture
async def link(session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk) -> str:
    """The address in the mail of the first coordinator."""
    await a_round(session, place)
    await desk.work()
    return link_in(next(mail for mail in desk.outbox if mail["To"] == coordinator.email))


def form_of(html: str, action: str) -> dict[str, list[str] | str]:
    """Return what a form of the page would send, untouched."""
    found = re.search(rf'<form method="post" action="{action}".*?</form>', html, flags=re.S)
    assert found, action
    form: dict[str, list[str] | str] = {"seen": re.findall(r'name="seen" value="([^"]*)"', found[0])}
    for tag in re.findall(r"<input[^>]*>", found[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "seen":
            form[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', found[0], flags=re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    return form


async def standing(session: AsyncSession, place: Institution, reader: Actor) -> list[Capacity]:
    return await queries.capacity_of(session, place.id, reader=reader)


async def answered_by(session: AsyncSession, place: Institution) -> object:
    rows = select(ConfirmationRound).where(ConfirmationRound.institution_id == place.id)
    found = (await session.scalars(rows.execution_options(populate_existing=True))).one()
    return found.answered_by_id


async def test_opening_the_link_however_often_changes_nothing_at_all(
    session: AsyncSession, client: httpx.AsyncClient, link: str
) -> None:
    before = await everything(session)
    for _scanner in range(3):
        assert (await client.get(link)).status_code == 200
        assert (await client.head(link)).status_code in {200, 405}
        assert (await client.get(f"{link}&done=1")).status_code == 200
    assert (await client.get(link[:-2])).status_code == 404
    assert (await client.get("/confirm")).status_code == 404
    assert await everything(session) == before


async def test_the_page_names_the_hospital_shows_each_row_with_its_date_and_leaks_nothing(
    client: httpx.AsyncClient, link: str
) -> None:
    answer = await client.get(link)
    said = words(answer.text)
    assert 'lang="ja"' in answer.text[:40], "the language of whom it was mailed to"
    for sentence in ("見本病院", "変更なし（このまま確認する）", "2026年10月1日", "要相談", "施設担当者A"):
        assert sentence in said
    assert "他院" not in said
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    client.cookies.set("language", "en")
    assert "Does the capacity of your hospital still hold today, 20 Nov 2026 ?" in words((await client.get(link)).text)


async def test_still_true_confirms_thanks_and_the_link_is_done(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, coordinator: Person, reader: Actor
) -> None:
    form = form_of((await client.get(link)).text, "/confirm")
    answer = await client.post("/confirm", data=form)
    assert answer.status_code == 303
    thanks = await client.get(answer.headers["location"])
    assert thanks.status_code == 200
    assert "ありがとうございます。確認が完了しました" in words(thanks.text)
    assert {row.as_of for row in await standing(session, place, reader)} == {date(2026, 11, 20)}
    assert await answered_by(session, place) == coordinator.id

    after = await everything(session)
    for again in (await client.get(link), await client.post("/confirm", data=form)):
        assert again.status_code == 410
        assert re.search(r"月次確認は 2026年11月20日（金） に 施設担当者A が回答しました", words(again.text))
        assert "要相談" not in again.text
    changed = {table for table, rows in (await everything(session)).items() if rows != after[table]}
    assert changed == {"attempt"}


async def test_what_is_changed_and_added_is_saved_and_the_rest_confirmed(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, reader: Actor
) -> None:
    before = await standing(session, place, reader)
    form = form_of((await client.get(link)).text, "/confirm/changes")
    form |= {f"state-{KEYS[1]}": "closed", f"trials-{KEYS[1]}": "０", f"from_day-{KEYS[1]}": "令和9年10月"}
    form |= {
        "area-new": "area.rare",
        "phase-new": "phase.1",
        "state-new": "open",
        "trials-new": "1",
        "note-new": "希少",
    }
    assert (await client.post("/confirm/changes", data=form)).status_code == 303
    same, changed, added = await standing(session, place, reader)
    assert (same.note_ja, same.note_en, same.from_day) == ("要相談", "Ask first", date(2027, 1, 1))
    assert (changed.state, changed.trials_can_start, changed.from_day) == (CapacityState.CLOSED, 0, date(2027, 10, 1))
    assert (added.area_code, added.note_ja) == ("area.rare", "希少")
    assert {row.as_of for row in (same, changed, added)} == {date(2026, 11, 20)}
    for row in before:
        await session.refresh(row)
    assert {row.superseded_at for row in before} == {NOW}
    assert await answered_by(session, place) == reader.person_id


async def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_written(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, reader: Actor
) -> None:
    before = await standing(session, place, reader)
    form = form_of((await client.get(link)).text, "/confirm/changes")
    form |= {f"trials-{KEYS[0]}": "多数\0", f"note-{KEYS[1]}": "新しい備考", f"state-{KEYS[1]}": "ajar"}
    form |= {"area-new": "area.oncology", "phase-new": "phase.1", "trials-new": "x"}
    answer = await client.post("/confirm/changes", data=form)
    assert answer.status_code == 422
    for name in (f"trials-{KEYS[0]}", f"state-{KEYS[1]}", "area-new", "state-new", "trials-new"):
        assert f'id="field-{name}-error"' in answer.text, name
        assert f'href="#field-{name}"' in answer.text
    assert 'value="新しい備考"' in answer.text
    assert "この領域と相は、すでに表にあります。" in words(answer.text)
    assert await standing(session, place, reader) == before
    assert await answered_by(session, place) is None


async def test_a_row_that_somebody_changed_meanwhile_is_a_clash_in_which_nothing_is_lost(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, reader: Actor
) -> None:
    html = (await client.get(link)).text
    form = form_of(html, "/confirm/changes") | {f"note-{KEYS[1]}": "私の備考"}
    first = (await standing(session, place, reader))[0]
    typed = {"area": "area.oncology", "phase": "phase.1", "state": "limited", "trials": "7", "as_of": "2026-11-20"}
    await actions.set_capacity(session, place.code, {**typed, "seen": str(first.id)}, by=reader, now=NOW)
    await session.commit()
    told = await client.post("/confirm", data=form_of(html, "/confirm"))
    assert told.status_code == 409
    assert "別の担当者が新規受入れ状況を変更しました" in words(told.text)
    clash = await client.post("/confirm/changes", data=form)
    assert clash.status_code == 409
    again = form_of(clash.text, "/confirm/changes")
    assert again[f"note-{KEYS[1]}"] == "私の備考", "what was typed is kept"
    assert again[f"trials-{KEYS[0]}"] == "7", "a row that nobody touched here shows what stands now"
    assert await answered_by(session, place) is None
    assert (await client.post("/confirm/changes", data=again)).status_code == 303
    rows = await standing(session, place, reader)
    assert [(row.trials_can_start, row.note_ja) for row in rows] == [(7, None), (2, "私の備考")]


async def test_who_typed_while_a_colleague_answered_reads_what_they_typed(
    session: AsyncSession, client: httpx.AsyncClient, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    colleague = await people.a_coordinator(session, place, language="en", name="Second Coordinator")
    await a_round(session, place)
    await desk.work()
    links = {mail["To"]: link_in(mail) for mail in desk.outbox}
    typing = form_of((await client.get(links[colleague.email])).text, "/confirm/changes")
    form = form_of((await client.get(links[coordinator.email])).text, "/confirm")
    assert (await client.post("/confirm", data=form)).status_code == 303
    mine = {f"note-{KEYS[0]}": "my words", "area-new": "area.rare", "trials-new": "3"}
    late = await client.post("/confirm/changes", data=typing | mine)
    assert late.status_code == 410
    said = words(late.text)
    assert "was answered on 20 Nov 2026 by 施設担当者A" in said
    assert "my words" in said
    assert "What you typed was not saved" in said
    assert "Oncology Phase 1" in said
    assert "Phase 2" not in said, "only what says something new"
    nothing_new = await client.post("/confirm/changes", data=typing)
    assert "What you typed was not saved" not in words(nothing_new.text)


async def test_a_link_that_ran_out_and_one_of_somebody_who_left_say_what_to_do(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, coordinator: Person, clock: Clock
) -> None:
    clock.forward(timedelta(days=30))
    assert (await client.get(link)).status_code == 200, "the whole of its last day"
    clock.forward(timedelta(days=1))
    late = await client.get(link)
    assert late.status_code == 410
    assert "このリンクの有効期限が切れています" in words(late.text)
    assert f'href="/sign-in?next=%2Fdesk%3Fat%3D{place.code}"' in late.text
    clock.now = NOW
    await session.execute(update(Membership).where(Membership.person_id == coordinator.id).values(ended_at=NOW))
    await session.commit()
    left = await client.get(link, headers={"Accept-Language": "ja"})
    assert left.status_code == 410
    assert "現在はこの施設の担当ではない方へお送りしたものです" in words(left.text)
    assert "見本病院" not in words(left.text)
    assert (await client.post("/confirm", data={"token": link.split("token=")[1]})).status_code == 410


async def test_a_hospital_with_nothing_stated_is_told_what_to_do(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution
) -> None:
    await session.execute(update(Capacity).where(Capacity.institution_id == place.id).values(superseded_at=NOW))
    await session.commit()
    assert "新規受入れ状況がまだ登録されていません" in words((await client.get(link)).text)


async def test_another_hospitals_link_cannot_confirm_this_ones_rows(
    session: AsyncSession, client: httpx.AsyncClient, link: str, place: Institution, reader: Actor, desk: JobDesk
) -> None:
    elsewhere = await make.an_institution(session)
    await make.some_room(session, elsewhere)
    stranger = await people.a_coordinator(session, elsewhere)
    await a_round(session, elsewhere)
    await desk.work()
    other = next(link_in(mail) for mail in desk.outbox if mail["To"] == stranger.email)
    form = form_of((await client.get(link)).text, "/confirm") | {"token": other.split("token=")[1]}
    before = await standing(session, place, reader)
    answer = await client.post("/confirm", data=form)
    assert answer.status_code == 409
    assert "見本病院" not in answer.text
    changes = form_of((await client.get(link)).text, "/confirm/changes") | {"token": other.split("token=")[1]}
    clash = await client.post("/confirm/changes", data=changes)
    assert clash.status_code == 409
    assert "要相談" not in clash.text.partition("</table>")[0]
    assert await standing(session, place, reader) == before


async def test_attempts_are_limited_as_those_of_sign_in_links(client: httpx.AsyncClient) -> None:
    for _attempt in range(30):
        assert (await client.post("/confirm", data={"token": "guess"})).status_code == 404
    assert (await client.post("/confirm", data={"token": "guess"})).status_code == 429
    assert (await client.post("/confirm/changes", data={"token": "guess"})).status_code == 429


async def test_the_desk_confirms_by_one_button_and_says_when_it_was_done(
    session: AsyncSession, place: Institution, coordinator: Person, browser_of: SignIn, link: str
) -> None:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    page = (await browser.get("/desk")).text
    assert "月次確認はまだありません。次回のお願いは" in words(page)
    assert "にお送りした確認のお願いは、まだ回答がありません" in words(page)
    shown = re.findall(r'name="seen" value="([^"]+)"', page.partition("capacity/confirm")[2].partition("</form>")[0])
    assert len(shown) == 2
    address = f"/desk/{place.code}/capacity/confirm"
    assert (await browser.post(address, data={"seen": shown[:1]})).status_code == 409
    assert (await browser.post(address, data={"seen": shown})).status_code == 303
    said = words((await browser.get("/desk")).text)
    assert "前回の月次確認： 2026年11月20日（金） 。次回のお願いは 2026年12月1日（火） です。" in said
    other = await make.an_institution(session)
    await session.commit()
    assert (await browser.post(f"/desk/{other.code}/capacity/confirm", data={"seen": shown})).status_code == 404
