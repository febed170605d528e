"""Mail that the demonstration caught instead of sending: a Maildir, read newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from mailbox import Maildir
from pathlib import Path
from typing import IO, Any, cast


@dataclass(frozen=True)
class CaughtMail:
    """One mail as a person reads it; `key` is its name in the folder, `language` what it was written in."""

    key: str
    sent_at: datetime
    recipient: str
    subject: str
    text: str
    language: str


def newest(folder: Path, *, limit: int) -> list[CaughtMail]:
    """Return the newest mails of a Maildir, at most `limit`; none where nothing was caught so far."""
    return sorted(_mails(folder), key=lambda mail: (mail.sent_at, mail.key), reverse=True)[:limit]


def one(folder: Path, key: str) -> CaughtMail | None:
    """Return the mail of that name, or none. Names are compared, never joined to a path."""
    return next((mail for mail in _mails(folder) if mail.key == key), None)


def _mails(folder: Path) -> Iterator[CaughtMail]:
    if not folder.is_dir():
        return
    for key, message in Maildir(folder, factory=_parsed, create=False).items():  # type: ignore[arg-type]
        yield _read(key, cast(EmailMessage, message))


def _parsed(file: IO[bytes]) -> EmailMessage:
    return message_from_binary_file(file, policy=cast(Any, default))


def _read(key: str, message: EmailMessage) -> CaughtMail:
    body = message.get_body(("plain",))
    return CaughtMail(
        key=key,
        sent_at=parsedate_to_datetime(str(message["Date"])),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        language=str(message.get("Content-Language", "en")),
    )
