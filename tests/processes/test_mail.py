"""Two web processes and three workers on one database: every mail exactly once; after a kill, none is lost."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Session
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.mail import OutgoingMail, Recipient, post
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.settings import Settings
from tests.databases import Server
from tests.processes.fleet import Fleet, PostOffice, a_free_port, connected_from, kill, wait_until

pytestmark = pytest.mark.processes
BY_FORM = 20  # below what one network address may ask for in a quarter of an hour
BY_ACTION = 160
FATAL = "fatal@place.example"
Answer = TypeVar("Answer")


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def counter(office: PostOffice) -> Iterator[Controller]:
    controller = office.open()
    yield controller
    controller.stop()


@pytest.fixture
def service(server: Server, own_database: str, counter: Controller) -> Settings:
    return Settings(
        _env_file=None,
        environment="test",
        database_url=server.url(own_database, "service"),
        public_url="http://localhost",
        smtp_url=f"smtp://127.0.0.1:{counter.port}",
    )


@pytest.fixture
def fleet(service: Settings, tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(service, tmp_path)
    yield fleet
    fleet.stop()


def in_transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        engine = engine_for(settings.database_url, role=SERVICE_ROLE)
        try:
            async with sessions_for(engine).begin() as session:
                await stand_as(session, SERVICE)
                return await work(session)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def post_mails(settings: Settings, addresses: list[str]) -> None:
    """Post mails as an action would, some in each transaction."""

    async def some(session: AsyncSession, part: list[str]) -> None:
        for address in part:
            await post(session, "sign_in_unknown", to=Recipient(address, "en"), now=datetime.now(UTC))

    for start in range(0, len(addresses), 20):
        in_transaction(settings, lambda session, start=start: some(session, addresses[start : start + 20]))


def all_sent(settings: Settings, number: int) -> bool:
    async def counted(session: AsyncSession) -> bool:
        sent = await session.scalar(
            select(func.count()).select_from(OutgoingMail).where(OutgoingMail.sent_at.is_not(None))
        )
        return sent == number

    return in_transaction(settings, counted)


async def ask_for_links(pages: list[str], addresses: list[str]) -> list[int]:
    """Ask by the sign-in form, all at once, in turn at each web process."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(headers=headers, timeout=30, trust_env=False) as browser:
        asked = [
            browser.post(f"{pages[number % len(pages)]}/sign-in", data={"email": address})
            for number, address in enumerate(addresses)
        ]
        return [answer.status_code for answer in await asyncio.gather(*asked)]


def test_undisturbed_every_mail_goes_exactly_once(service: Settings, fleet: Fleet, office: PostOffice) -> None:
    workers = fleet.workers(3)
    pages = [fleet.web(a_free_port()) for _one in range(2)]
    by_form = [f"form{number}@place.example" for number in range(BY_FORM)]
    by_action = [f"action{number}@place.example" for number in range(BY_ACTION)]
    codes = asyncio.run(ask_for_links(pages, by_form))
    assert {code < 400 for code in codes} == {True}
    post_mails(service, by_action)
    wait_until(lambda: all_sent(service, BY_FORM + BY_ACTION), "every mail is noted as sent")
    assert [process.poll() for process in workers] == [None, None, None]
    assert set(fleet.stop()) <= {0, -15}
    assert office.addressed_to() == dict.fromkeys(by_form + by_action, 1)
    assert set(office.copies().values()) == {1}


def let_time_pass(settings: Settings) -> None:
    """Make the lease of what a dead worker took run out, without waiting for it."""

    async def older(session: AsyncSession) -> None:
        await session.execute(
            text(
                "UPDATE outgoing_mail SET asked_at = asked_at - interval '1 hour',"
                " taken_at = taken_at - interval '1 hour' WHERE sent_at IS NULL"
            )
        )

    in_transaction(settings, older)


def test_a_worker_killed_in_between_loses_no_mail_and_a_repeated_one_is_the_same_mail(
    service: Settings, fleet: Fleet, office: PostOffice
) -> None:
    """The worker dies after the mail server took the mail, and before it could note that."""
    killed: list[subprocess.Popen[bytes]] = []

    def kill_its_bearer(message: Message, session: Session) -> None:
        if message["To"] == FATAL and not killed:
            killed.append(connected_from(session.peer[1], workers))
            kill(killed[0])

    office.on_mail = kill_its_bearer
    workers = fleet.workers(3)
    addresses = [f"reader{number}@place.example" for number in range(BY_ACTION)]
    addresses.insert(BY_ACTION // 2, FATAL)
    post_mails(service, addresses)
    wait_until(lambda: len(killed) == 1, "a worker was killed in the middle of a mail")
    let_time_pass(service)
    fleet.workers(1)  # as an operator's supervisor does; it looks at once for what was lost
    wait_until(lambda: all_sent(service, len(addresses)), "every mail is noted as sent")
    copies = office.copies()
    assert set(office.addressed_to()) == set(addresses)
    assert len(copies) == len(addresses)
    assert office.addressed_to()[FATAL] == 2
    assert max(copies.values()) == 2
