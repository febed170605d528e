"""Sending mail: taken, sent and noted in three steps, so that no transaction waits for a mail server."""

from uuid import UUID

import structlog

from app.ground import mail
from app.ground.queue import enqueue
from app.identity.rules import token_for
from app.jobs.registry import Work, job
from app.sites.rules.confirming import CONFIRMATION

log = structlog.get_logger()


@job
async def send_mail(work: Work, *, mail_id: str) -> None:
    """Send one mail. Harmless when run twice; a mail repeated after a crash keeps its Message-ID."""
    key = UUID(mail_id)
    async with work.transaction() as session:
        taken = await mail.take(session, key, now=work.now)
    if taken is None:
        return
    postage = postage_of(work)
    try:
        await mail.deliver(mail.written(taken, postage, **secrets_of(taken, work)), postage)
    except Exception:
        async with work.transaction() as session:
            await mail.release(session, key)
        raise
    async with work.transaction() as session:
        await mail.mark_sent(session, key, now=work.now)
    log.info("mail sent", mail=mail_id, template=taken.template)


def postage_of(work: Work) -> mail.Postage:
    """Return what sending needs of the settings."""
    return mail.Postage(work.settings.smtp_url, work.settings.mail_from, work.settings.public_url)


# The detail of a mail that names the row of its link, and what the token of such a link is for.
LINKS = {"link_id": "link", "confirmation_id": CONFIRMATION}


def secrets_of(taken: mail.OutgoingMail, work: Work) -> dict[str, str]:
    """Return the token of the link that a mail carries: made here, stored nowhere, good for its one purpose."""
    secret = work.settings.secret_key.get_secret_value()
    for name, purpose in LINKS.items():
        if row := taken.details.get(name):
            return {"token": token_for(secret, purpose, UUID(row))}
    return {}


async def post_again_what_was_lost(work: Work) -> None:
    """Enqueue once more the mails that nobody has sent in good time."""
    async with work.transaction() as session:
        for mail_id in await mail.overdue(session, now=work.now):
            await enqueue(session, "send_mail", mail_id=str(mail_id))
