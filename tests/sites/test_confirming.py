"""Asking, reminding and answering: once each, whoever and however many try, and never without an audit row."""

from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.audit import AuditEvent
from app.ground.mail import OutgoingMail
from app.identity.models import Membership, Person
from app.identity.rules import hashed, token_for
from app.jobs.confirmations import Confirmations, ask_and_remind
from app.sites import actions, queries
from app.sites.errors import (
    AskedAlready,
    LinkNotGood,
    NobodyToAsk,
    NoSuchInstitution,
    NothingToConfirm,
    RemindedEnough,
    RowsMovedOn,
)
from app.sites.models import Capacity, ConfirmationLink, ConfirmationReminder, ConfirmationRound, Institution
from app.sites.queries.confirmations import confirmations_of
from tests import make as people
from tests.conftest import NOW
from tests.desk import JobDesk
from tests.sites import make
from tests.sites.confirmations import PACE, SECRET, a_round, in_december, token_in

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    """An institution with two rows, beside another one with a row and a round of its own."""
    other = await make.an_institution(session)
    await make.some_room(session, other)
    await people.a_coordinator(session, other)
    await a_round(session, other, now=NOW - timedelta(days=60))
    found = await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")
    await make.some_room(session, found, as_of=date(2026, 10, 1), note_ja="要相談", note_en="Ask first")
    await make.some_room(session, found, as_of=date(2026, 10, 1), phase_code="phase.2", trials_can_start=None)
    return found


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="施設担当者A")


async def tokens(session: AsyncSession, place: Institution) -> list[str]:
    """Return the tokens of an institution's links, oldest first."""
    links = (
        select(ConfirmationLink.id)
        .join(ConfirmationRound, ConfirmationRound.id == ConfirmationLink.round_id)
        .where(ConfirmationRound.institution_id == place.id)
        .order_by(ConfirmationLink.created_at)
    )
    return [token_for(SECRET, "confirmation", key) for key in await session.scalars(links)]


async def seen(session: AsyncSession, place: Institution) -> list[str]:
    current = select(Capacity.id).where(Capacity.institution_id == place.id, Capacity.superseded_at.is_(None))
    return [str(key) for key in await session.scalars(current)]


async def events(session: AsyncSession, place: Institution) -> list[tuple[str, dict[str, object]]]:
    rows = select(AuditEvent).where(AuditEvent.subject_id == place.id).order_by(AuditEvent.id)
    return [(event.what, event.details) for event in await session.scalars(rows)]


async def test_every_coordinator_gets_a_link_of_their_own_in_their_language(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    english = await people.a_coordinator(session, place, language="en", email="abroad@hospital.example")
    left = await people.a_coordinator(session, place, email="left@hospital.example")
    await session.execute(update(Membership).where(Membership.person_id == left.id).values(ended_at=NOW))
    opened = await a_round(session, place)
    await desk.work()
    mails: dict[str, EmailMessage] = {mail["To"]: mail for mail in desk.outbox}
    assert "left@hospital.example" not in mails
    ja, en = mails[coordinator.email], mails[english.email]
    assert ja["Subject"] == "【月次確認のお願い】新規受入れ状況：見本病院"
    assert en["Subject"] == "Monthly confirmation of your capacity: Sample Hospital"
    assert token_in(ja) != token_in(en)
    assert "要相談" not in ja.as_string()
    stored = select(ConfirmationLink.token_hash).where(ConfirmationLink.round_id == opened.id)
    assert set(await session.scalars(stored)) == {hashed(token_in(ja)), hashed(token_in(en))}
    details = await session.scalars(select(OutgoingMail.details).where(OutgoingMail.address == english.email))
    assert token_in(en) not in str(details.all())
    assert await events(session, place) == [("confirmation.asked", {"round": str(opened.id), "recipients": 2})]


async def test_the_token_of_a_confirmation_is_not_one_that_signs_in(session: AsyncSession, place: Institution) -> None:
    await people.a_coordinator(session, place)
    opened = await a_round(session, place)
    link = (await session.scalars(select(ConfirmationLink).where(ConfirmationLink.round_id == opened.id))).one()
    assert link.token_hash != hashed(token_for(SECRET, "link", link.id))


async def test_an_answer_dates_every_row_today_keeps_what_stood_and_answers_the_month(
    session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await people.a_coordinator(session, place)
    opened = await a_round(session, place)
    reader = await people.acting(session, coordinator)
    before = await queries.capacity_of(session, place.id, reader=reader)
    first, second = await tokens(session, place)
    later = NOW + timedelta(days=1)
    await actions.confirm_by_link(session, first, await seen(session, place), now=later)
    rows = await queries.capacity_of(session, place.id, reader=reader)
    same = ("area_code", "phase_code", "state", "trials_can_start", "from_day", "note_en", "note_ja")
    assert [[getattr(row, name) for name in same] for row in rows] == [
        [getattr(row, name) for name in same] for row in before
    ]
    assert {(row.as_of, row.recorded_at, row.recorded_by_id) for row in rows} == {
        (date(2026, 11, 21), later, coordinator.id)
    }
    assert {row.superseded_at for row in before} == {later}
    await session.refresh(opened)
    assert (opened.answered_at, opened.answered_by_id) == (later, coordinator.id)
    assert (await events(session, place))[-1] == (
        "capacity.confirmed",
        {"rows": 2, "changed": 0, "added": 0, "by_link": True},
    )
    for token in (first, second):
        with pytest.raises(LinkNotGood):
            await actions.confirm_by_link(session, token, await seen(session, place), now=later)
    other = select(ConfirmationRound.answered_at).where(ConfirmationRound.institution_id != place.id)
    assert (await session.scalars(other)).all() == [None]


async def test_a_page_made_before_somebody_changed_a_row_confirms_nothing(
    session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await a_round(session, place)
    (token,) = await tokens(session, place)
    shown = await seen(session, place)
    for stale in (shown[:1], [*shown, "another"], []):
        with pytest.raises(RowsMovedOn):
            await actions.confirm_by_link(session, token, stale, now=NOW)
    assert await seen(session, place) == shown


@pytest.mark.parametrize("why", ["ran out", "left", "disabled", "altered", "other purpose", "empty"])
async def test_a_link_that_is_not_good_changes_nothing(
    session: AsyncSession, place: Institution, coordinator: Person, why: str
) -> None:
    opened = await a_round(session, place)
    (token,) = await tokens(session, place)
    now = NOW + PACE.link_lasts + timedelta(days=1) if why == "ran out" else NOW
    if why == "left":
        await session.execute(update(Membership).where(Membership.person_id == coordinator.id).values(ended_at=NOW))
    if why == "disabled":
        coordinator.disabled_at = NOW
    if why == "empty":
        await session.execute(update(Capacity).where(Capacity.institution_id == place.id).values(superseded_at=NOW))
    token = {"altered": token[:-1] + ("A" if token[-1] != "A" else "B"), "other purpose": hashed(token)}.get(why, token)
    await session.flush()
    with pytest.raises(LinkNotGood):
        await actions.confirm_by_link(session, token, await seen(session, place), now=now)
    with pytest.raises(LinkNotGood):
        await actions.change_by_link(session, token, actions.Form(), now=now)
    await session.refresh(opened)
    assert opened.answered_at is None


async def test_the_desk_answers_the_month_too_and_its_links_are_done(
    session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    opened = await a_round(session, place)
    by = await people.acting(session, coordinator)
    await actions.confirm_at_desk(session, place.code, await seen(session, place), by=by, now=NOW)
    await session.refresh(opened)
    assert opened.answered_by_id == coordinator.id
    (token,) = await tokens(session, place)
    with pytest.raises(LinkNotGood):
        await actions.confirm_by_link(session, token, await seen(session, place), now=NOW)


async def test_who_confirms_before_the_asking_is_not_asked_in_that_month(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    by = await people.acting(session, coordinator)
    early = in_december(1, hour=0) - timedelta(hours=2)  # seven in the morning in Japan
    await actions.confirm_at_desk(session, place.code, await seen(session, place), by=by, now=early)
    await session.commit()
    assert await ask_and_remind(desk.given, now=in_december(1))
    assert await tokens(session, place) == []
    told = await confirmations_of(session, place.id, reader=by, now=in_december(1), closing_days=())
    assert told is not None
    assert (told.last, told.next, told.open_since) == (date(2026, 12, 1), date(2027, 1, 4), None)


async def test_setting_one_row_answers_nothing(session: AsyncSession, place: Institution, coordinator: Person) -> None:
    opened = await a_round(session, place)
    by = await people.acting(session, coordinator)
    typed = {"area": "area.rare", "phase": "phase.1", "state": "open", "trials": "1", "as_of": "2026-11-20", "seen": ""}
    await actions.set_capacity(session, place.code, typed, by=by, now=NOW)
    await session.refresh(opened)
    assert opened.answered_at is None
    told = await confirmations_of(session, place.id, reader=by, now=NOW, closing_days=())
    assert told is not None
    assert (told.last, told.open_since) == (None, date(2026, 11, 20))


async def test_the_desk_refuses_another_hospital_and_an_empty_table(
    session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    by = await people.acting(session, coordinator)
    elsewhere = await make.an_institution(session)
    with pytest.raises(NoSuchInstitution):
        await actions.confirm_at_desk(session, elsewhere.code, [], by=by, now=NOW)
    own = await make.an_institution(session)
    speaker = await people.acting(session, await people.a_coordinator(session, own))
    with pytest.raises(NothingToConfirm):
        await actions.confirm_at_desk(session, own.code, [], by=speaker, now=NOW)
    assert await confirmations_of(session, place.id, reader=speaker, now=NOW, closing_days=()) is None


async def test_the_worker_asks_reminds_twice_and_stops_when_answered(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    look = Confirmations()
    sent: dict[int, int] = {}
    for day in range(1, 24):
        for _again in range(2):
            await ask_and_remind(desk.given, now=in_december(day))
        await look.look(desk.given, now=in_december(day))
        count = len(desk.outbox)
        await desk.work()
        mine = [mail for mail in desk.outbox[count:] if mail["To"] == coordinator.email]
        if mine:
            sent[day] = len(mine)
    assert sent == {1: 1, 8: 1, 15: 1}
    mine = [mail for mail in desk.outbox if mail["To"] == coordinator.email]
    assert len({token_in(mail) for mail in mine}) == 1, "a reminder carries the same link"
    assert mine[1]["Subject"] == "【再度のお知らせ】新規受入れ状況の月次確認：見本病院"
    whats = [what for what, _details in await events(session, place)]
    assert whats == ["confirmation.asked", "confirmation.reminded", "confirmation.reminded"]


async def test_no_reminder_after_an_answer(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    await a_round(session, place, now=in_december(1))
    (token,) = await tokens(session, place)
    await actions.confirm_by_link(session, token, await seen(session, place), now=in_december(2))
    await session.commit()
    await ask_and_remind(desk.given, now=in_december(8))
    assert await session.scalar(select(func.count()).select_from(ConfirmationReminder)) == 0


async def test_who_left_is_not_reminded_and_who_came_later_is_asked_next_month(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    await a_round(session, place, now=in_december(1))
    await session.execute(update(Membership).where(Membership.person_id == coordinator.id).values(ended_at=NOW))
    newcomer = await people.a_coordinator(session, place)
    late = await make.an_institution(session)
    first = await people.a_coordinator(session, late)
    joined = update(Membership).where(Membership.person_id.in_([newcomer.id, first.id]))
    await session.execute(joined.values(created_at=in_december(3)))
    await session.commit()
    await ask_and_remind(desk.given, now=in_december(8))
    assert await session.scalar(select(func.count()).select_from(ConfirmationReminder)) == 0
    assert len(await tokens(session, place)) == 1
    assert await tokens(session, late) == []
    await ask_and_remind(desk.given, now=in_december(31) + timedelta(days=4))
    assert len(await tokens(session, place)) == 2
    assert len(await tokens(session, late)) == 1


async def test_staff_ask_and_remind_by_hand_once_each(
    session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    officer = await people.acting(session, await people.an_officer(session))
    speaker = await people.acting(session, coordinator)
    how = {"secret": SECRET, "pace": PACE, "now": NOW}
    for stranger in (speaker, people.somebody()):
        with pytest.raises(NoSuchInstitution):
            await actions.ask_now(session, place.code, by=stranger, **how)  # type: ignore[arg-type]
        with pytest.raises(NoSuchInstitution):
            await actions.remind_now(session, place.code, by=stranger, now=NOW)
    with pytest.raises(RemindedEnough):
        await actions.remind_now(session, place.code, by=officer, now=NOW)
    opened = await actions.ask_now(session, place.code, by=officer, **how)  # type: ignore[arg-type]
    assert opened.opened_by_id == officer.person_id
    with pytest.raises(AskedAlready):
        await actions.ask_now(session, place.code, by=officer, **how)  # type: ignore[arg-type]
    await people.a_coordinator(session, place)
    await actions.ask_now(session, place.code, by=officer, **how)  # type: ignore[arg-type]
    assert len(await tokens(session, place)) == 2
    with pytest.raises(RemindedEnough):
        await actions.remind_now(session, place.code, by=officer, now=NOW)
    for day in (1, 2):
        then = NOW + timedelta(days=day)
        assert await actions.remind_now(session, place.code, by=officer, now=then) == 2
        with pytest.raises(RemindedEnough):
            await actions.remind_now(session, place.code, by=officer, now=then)
    with pytest.raises(RemindedEnough):
        await actions.remind_now(session, place.code, by=officer, now=NOW + timedelta(days=3))
    lonely = await make.an_institution(session)
    with pytest.raises(NobodyToAsk):
        await actions.ask_now(session, lonely.code, by=officer, **how)  # type: ignore[arg-type]


async def test_one_that_fails_holds_up_no_other(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await make.an_institution(session)
    await people.a_coordinator(session, broken)
    await session.commit()
    real = actions.open_round

    async def failing(given: AsyncSession, institution: Institution, **how: object) -> object:
        if institution.id == broken.id:
            raise RuntimeError
        return await real(given, institution, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "open_round", failing)
    assert not await ask_and_remind(desk.given, now=in_december(1))
    assert len(await tokens(session, place)) == 1
    monkeypatch.undo()
    look = Confirmations()
    await look.look(desk.given, now=in_december(1))
    assert len(await tokens(session, broken)) == 1
    assert len(await tokens(session, place)) == 1


async def test_only_the_latest_asking_is_reminded_of(
    session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    november = await a_round(session, place, now=in_december(1) - timedelta(days=4))
    december = await a_round(session, place, now=in_december(1))
    await ask_and_remind(desk.given, now=in_december(8))
    reminded = await session.scalars(select(ConfirmationReminder.round_id))
    assert {november.id, december.id} & set(reminded.all()) == {december.id}
