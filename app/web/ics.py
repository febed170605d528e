"""The dates of committees as an iCalendar feed (RFC 5545): all-day events for meetings and for deadlines."""

from collections.abc import Iterable
from datetime import date, timedelta

from icalendar import Calendar, Event

from app.ground.formats import day_text
from app.ground.i18n import Locale, _
from app.sites.models import Committee, CommitteeMeeting, Institution

# How long a past meeting stays in the feed.
KEPT = timedelta(days=366)
# Fixed, so that an event is the same event even where the service moves to another host.
UID_ENDS = "@madoguchi"
REFRESH = timedelta(hours=12)

MEETING = _("%(committee)s: meeting (%(institution)s)")
DEADLINE = _("%(committee)s: documents due (%(institution)s)")
CANCELLED = _("Cancelled: %(event)s")
CALENDAR = _("%(institution)s: committee dates")
WITH_DEADLINE = _("Documents are due by %(deadline)s. As stated by the institution on %(as_of)s. %(address)s")
WITHOUT_DEADLINE = _("No deadline is stated. As stated by the institution on %(as_of)s. %(address)s")
FOR_MEETING = _("For the meeting of %(day)s. As stated by the institution on %(as_of)s. %(address)s")


def feed(
    institution: Institution,
    dates: Iterable[tuple[CommitteeMeeting, Committee]],
    *,
    locale: Locale,
    address: str,
) -> bytes:
    """Return the feed in one language; the same rows make the same bytes. `address` is that of the profile."""
    calendar = Calendar()
    name = _name(institution.name_en, institution.name_ja, locale)
    title = CALENDAR.in_(locale, institution=name)
    calendar.add("prodid", "-//Madoguchi//Committee dates//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for meeting, committee in dates:
        called = _name(committee.name_en, committee.name_ja, locale)
        said = {"committee": called, "institution": name}
        as_of = {"as_of": day_text(meeting.as_of, locale), "address": address}
        deadline = day_text(meeting.deadline, locale) if meeting.deadline else None
        about = (
            WITH_DEADLINE.in_(locale, deadline=deadline, **as_of) if deadline else WITHOUT_DEADLINE.in_(locale, **as_of)
        )
        calendar.add_component(_event(meeting, "meeting", meeting.day, MEETING.in_(locale, **said), about, locale))
        if meeting.deadline:
            about = FOR_MEETING.in_(locale, day=day_text(meeting.day, locale), **as_of)
            due = _event(meeting, "deadline", meeting.deadline, DEADLINE.in_(locale, **said), about, locale)
            calendar.add_component(due)
    written: bytes = calendar.to_ical()
    return written


def _event(meeting: CommitteeMeeting, kind: str, day: date, summary: str, about: str, locale: Locale) -> Event:
    event = Event()
    event.add("uid", f"{meeting.first_id}-{kind}{UID_ENDS}")
    event.add("dtstamp", meeting.recorded_at)
    event.add("last-modified", meeting.recorded_at)
    event.add("sequence", meeting.version)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", CANCELLED.in_(locale, event=summary) if meeting.cancelled else summary)
    event.add("description", about)
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _name(name_en: str | None, name_ja: str | None, locale: Locale) -> str:
    first, other = (name_ja, name_en) if locale == "ja" else (name_en, name_ja)
    return first or other or ""
