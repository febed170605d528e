"""The committees and contacts of the fictional institutions; no real institution is ever given any."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import holiday_name, in_japan, is_business_day
from app.ground.db import stable_id
from app.sites.models import Committee, CommitteeMeeting, Contact
from app.sites.rules.meetings import Regularly, nth_weekday
from app.sites.seeding.rows import Row, institution_id, rows_of


async def load_committees_and_contacts(session: AsyncSession, demo_data: Path, *, now: datetime) -> None:
    """Load what the fictional coordinators say of their committees and contacts; harmless when run again.

    Meetings are told as a regular rule from today on, so that a demonstration has some to come next year too.
    """
    said_by = {row["institution"]: stable_id("person", row["email"]) for row in rows_of(demo_data / "coordinators.csv")}
    committees = [_committee(row, said_by, now=now) for row in rows_of(demo_data / "committees.csv")]
    meetings = [
        meeting
        for row, committee in zip(rows_of(demo_data / "committees.csv"), committees, strict=True)
        for meeting in _meetings(row, committee, today=in_japan(now))
    ]
    if await session.get(Committee, committees[0]["id"]) is not None:
        return
    contacts = [_contact(row, said_by, now=now) for row in rows_of(demo_data / "contacts.csv")]
    for table, rows in ((Committee, committees), (CommitteeMeeting, meetings), (Contact, contacts)):
        await session.execute(insert(table).values(rows).on_conflict_do_nothing())


def _said(row: Row, key: str, said_by: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    said_at = now - timedelta(days=int(row["days_ago"]))
    return {
        "id": stable_id("demonstration", key),
        "first_id": stable_id("demonstration", key),
        "institution_id": institution_id(row["institution"]),
        "as_of": in_japan(said_at),
        "recorded_at": said_at,
        "recorded_by_id": said_by[row["institution"]],
    }


def _committee(row: Row, said_by: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    words = ("kind", "name_en", "name_ja", "english_documents", "entrusted_review")
    return {
        **_said(row, f"committee:{row['institution']}:{row['kind']}", said_by, now=now),
        **{name: row[name] for name in words},
        **{name: row[name] or None for name in ("note_en", "note_ja")},
        "closed": False,
    }


def _meetings(row: Row, committee: Mapping[str, Any], *, today: date) -> Iterator[dict[str, Any]]:
    """Yield the next meetings by the committee's rule; one that falls on a public holiday is not held."""
    rule = Regularly(int(row["week"]), int(row["weekday"]), int(row["days_before"]) if row["days_before"] else None)
    months = ((today.year * 12 + today.month - 1 + ahead) for ahead in range(36))
    days = (nth_weekday(month // 12, month % 12 + 1, rule) for month in months)
    coming = [day for day in days if day > today and holiday_name(day) is None]
    for day in coming[: int(row["meetings"])]:
        key = stable_id("demonstration", f"meeting:{committee['id']}:{day}")
        kept = ("institution_id", "as_of", "recorded_at", "recorded_by_id")
        yield {
            **{name: committee[name] for name in kept},
            "id": key,
            "first_id": key,
            "committee_id": committee["id"],
            "day": day,
            "deadline": None if rule.days_before is None else _working_day(day - timedelta(days=rule.days_before)),
            "cancelled": False,
            "version": 0,
        }


def _working_day(day: date) -> date:
    """Return the day, or the last working day before it."""
    return day if is_business_day(day) else _working_day(day - timedelta(days=1))


def _contact(row: Row, said_by: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    return {
        **_said(row, f"contact:{row['institution']}:{row['purpose']}", said_by, now=now),
        **{name: row[name] for name in ("purpose", "name")},
        **{name: row[name] or None for name in ("mail", "phone", "note")},
        "languages": row["languages"].split("|"),
        "to_renew": False,
        "removed": False,
    }
