"""A mail is taken by one worker, keeps its identity when sent again, and is found when its job was lost."""

from email.message import EmailMessage

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import mail
from app.ground.mail import LEASE, OutgoingMail, Postage, Recipient, post
from app.ground.queue import enqueue
from app.jobs.mail import post_again_what_was_lost
from tests.conftest import NOW
from tests.desk import JobDesk

POSTAGE = Postage("smtp://127.0.0.1:1", "Window <window@madoguchi.example>", "https://window.example/")


async def a_mail(session: AsyncSession, **given: str) -> OutgoingMail:
    found = await post(session, "sign_in_unknown", to=Recipient("reader@place.example", "en"), now=NOW, **given)
    await session.flush()
    return found


async def test_only_one_worker_takes_a_mail_until_the_lease_is_over(session: AsyncSession) -> None:
    letter = await a_mail(session)
    assert await mail.take(session, letter.id, now=NOW) is not None
    assert await mail.take(session, letter.id, now=NOW + LEASE / 2) is None
    assert await mail.take(session, letter.id, now=NOW + LEASE * 2) is not None
    await mail.mark_sent(session, letter.id, now=NOW)
    assert await mail.take(session, letter.id, now=NOW + LEASE * 9) is None


async def test_a_mail_written_twice_is_the_same_mail(session: AsyncSession) -> None:
    letter = await a_mail(session)
    first, second = mail.written(letter, POSTAGE), mail.written(letter, POSTAGE)
    assert first["Message-ID"] == second["Message-ID"] == f"<{letter.id}@window.example>"
    assert first["Date"] == second["Date"]
    assert "https://window.example/sign-up" in first.get_body(("plain",)).get_content()


async def test_a_job_done_twice_sends_once(session: AsyncSession, desk: JobDesk) -> None:
    letter = await a_mail(session)
    await session.commit()
    await desk.work()
    await enqueue(session, "send_mail", mail_id=str(letter.id))
    await session.commit()
    await desk.work()
    assert len(desk.outbox) == 1


async def test_a_mail_that_the_server_refuses_can_be_tried_again_at_once(
    session: AsyncSession, desk: JobDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await a_mail(session)
    await session.commit()
    kept = mail.deliver

    async def refuse(_message: EmailMessage, _postage: Postage) -> None:
        raise aiosmtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail, "deliver", refuse)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await desk.work()
    monkeypatch.setattr(mail, "deliver", kept)
    await enqueue(session, "send_mail", mail_id=str(letter.id))
    await session.commit()
    await desk.work()
    assert len(desk.outbox) == 1


async def test_a_mail_whose_job_was_lost_is_asked_for_again(session: AsyncSession, desk: JobDesk) -> None:
    await post(session, "sign_in_unknown", to=Recipient("a@b.example", "en"), now=desk.given.now - 3 * LEASE)
    await post(session, "sign_in_unknown", to=Recipient("c@d.example", "en"), now=desk.given.now)
    await session.commit()
    before = len(await desk.waiting())
    await post_again_what_was_lost(desk.given)
    assert len(await desk.waiting()) == before + 1


async def test_a_real_mail_server_gets_it(session: AsyncSession, unused_tcp_port: int) -> None:
    class Inbox(Message):
        kept: list[EmailMessage] = []

        def handle_message(self, message: EmailMessage) -> None:
            self.kept.append(message)

    controller = Controller(Inbox(), hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    try:
        letter = await a_mail(session)
        await mail.deliver(mail.written(letter, POSTAGE), Postage(f"smtp://127.0.0.1:{unused_tcp_port}", "", ""))
    finally:
        controller.stop()
    assert [message["To"] for message in Inbox.kept] == ["reader@place.example"]
