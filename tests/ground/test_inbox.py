"""Caught mail is read as a person reads it, newest first."""

from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

from app.ground import inbox


def caught(folder: Path, subject: str, hour: int) -> str:
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = (
        subject,
        "hanako@example.jp",
        "window@madoguchi.example",
    )
    mail["Date"] = f"Fri, 20 Nov 2026 {hour:02}:00:00 +0000"
    mail.set_content("本文です。\nhttps://example.org/x\n")
    mail.add_alternative("<p>本文です。</p>", subtype="html")
    mail["Content-Language"] = "ja"
    return Maildir(folder).add(mail)


def test_mail_is_read_newest_first_and_in_its_own_language(tmp_path: Path) -> None:
    caught(tmp_path / "mail", "古い便り", 1)
    caught(tmp_path / "mail", "新しい便り", 3)
    newest = inbox.newest(tmp_path / "mail", limit=1)
    assert [(mail.subject, mail.recipient, mail.language) for mail in newest] == [
        ("新しい便り", "hanako@example.jp", "ja")
    ]
    assert newest[0].text == "本文です。\nhttps://example.org/x\n"


def test_one_mail_is_found_by_its_name_and_never_by_a_path(tmp_path: Path) -> None:
    key = caught(tmp_path / "mail", "便り", 1)
    (tmp_path / "secret").write_text("Date: Fri, 20 Nov 2026 01:00:00 +0000\n\nsecret")
    found = inbox.one(tmp_path / "mail", key)
    assert found is not None and found.subject == "便り"
    assert inbox.one(tmp_path / "mail", "../secret") is None


def test_where_nothing_was_caught_there_is_nothing(tmp_path: Path) -> None:
    assert inbox.newest(tmp_path / "absent", limit=10) == []
    assert inbox.one(tmp_path / "absent", "x") is None
