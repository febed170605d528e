"""Mail as rows: written with the change that asks for it, sent by a job, in the recipient's language.

A row carries ids, codes and public words only; the Message-ID is made from the row's id, so that a mail that has to
be sent again after a crash is the same mail to every reader's program.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import aiosmtplib
from sqlalchemy import CheckConstraint, ForeignKey, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.ground.db import Base, Key
from app.ground.i18n import Locale, locale_of
from app.ground.queue import enqueue
from app.ground.templates import render

# A worker that took a mail and died is overtaken after this long.
LEASE = timedelta(seconds=60)


class OutgoingMail(Base):
    """One mail to one address."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (CheckConstraint("language IN ('en', 'ja')", name="language"),)

    id: Mapped[Key]
    template: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str]
    language: Mapped[str]
    details: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes and in which language; the person where the address is known."""

    address: str
    language: Locale
    person_id: UUID | None = None


@dataclass(frozen=True)
class Postage:
    """What sending needs from the settings."""

    smtp_url: str
    sender: str
    public_url: str


async def post(session: AsyncSession, template: str, *, to: Recipient, now: datetime, **details: str) -> OutgoingMail:
    """Write a mail and its job into the caller's transaction; `template` names a folder of templates/email."""
    mail = OutgoingMail(
        id=uuid4(),
        template=template,
        person_id=to.person_id,
        address=to.address,
        language=to.language,
        details=details,
        asked_at=now,
    )
    session.add(mail)
    await enqueue(session, "send_mail", mail_id=str(mail.id))
    return mail


async def take(session: AsyncSession, mail_id: UUID, *, now: datetime) -> OutgoingMail | None:
    """Claim an unsent mail for this worker, or return None where it is sent or another holds it."""
    claim = (
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.sent_at.is_(None))
        .where(or_(OutgoingMail.taken_at.is_(None), OutgoingMail.taken_at < now - LEASE))
        .values(taken_at=now)
        .returning(OutgoingMail)
    )
    return (await session.scalars(claim)).one_or_none()


async def mark_sent(session: AsyncSession, mail_id: UUID, *, now: datetime) -> None:
    """Note that the mail server has accepted the mail."""
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(sent_at=now))


async def release(session: AsyncSession, mail_id: UUID) -> None:
    """Let go of a mail that could not be sent, so that the next attempt need not wait for the lease."""
    await session.execute(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(taken_at=None))


async def overdue(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Return the mails that should have gone two leases ago: their job was lost with its worker."""
    lost = select(OutgoingMail.id).where(
        OutgoingMail.sent_at.is_(None), func.coalesce(OutgoingMail.taken_at, OutgoingMail.asked_at) < now - 2 * LEASE
    )
    return list(await session.scalars(lost.limit(500)))


def written(mail: OutgoingMail, postage: Postage, **secrets: str) -> EmailMessage:
    """Return the mail in words; `secrets` (a sign-in token) are made at sending and stand in no table."""
    language = locale_of(mail.language)
    context = {**mail.details, **secrets, "public_url": postage.public_url.rstrip("/")}
    message = EmailMessage()
    message["Subject"] = " ".join(_part(mail, "subject.txt", language, context).split())
    message["From"] = postage.sender
    message["To"] = mail.address
    message["Date"] = formatdate(mail.asked_at.timestamp())
    message["Message-ID"] = f"<{mail.id}@{urlsplit(postage.public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_part(mail, "body.txt", language, context))
    message.add_alternative(_part(mail, "body.html", language, context), subtype="html")
    message["Content-Language"] = language
    return message


def _part(mail: OutgoingMail, part: str, language: Locale, context: dict[str, Any]) -> str:
    return render(f"email/{mail.template}/{part}", language, **context)


async def deliver(message: EmailMessage, postage: Postage) -> None:
    """Hand a mail to the mail server. Raises aiosmtplib.SMTPException or OSError where it does not take it."""
    server = urlsplit(postage.smtp_url)
    await aiosmtplib.send(
        message,
        hostname=server.hostname,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.scheme == "smtps",
        timeout=20,
    )
