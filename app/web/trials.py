"""Public trial records: one trial as all its registries state it, and what changed between two versions."""

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage
from app.asking.transaction import Transaction
from app.terms.models import Concept
from app.terms.queries import by_codes
from app.trials.items import SECTIONS, Item, Value, changes_between, terms_in
from app.trials.models import Source, TrialRecord
from app.trials.queries import Stated, get_record, get_trial, get_versions
from app.trials.queries.links import places_in
from app.trials.words import STATUSES, UNDISCLOSED
from app.trials.written import record_from

router = APIRouter()


@router.get("/trials/{number}")
async def trial(number: str, session: Transaction, page: InPage) -> Response:
    """Show one trial, found by any of its numbers: every item in the words of each registry, its sites and versions."""
    shown = await get_trial(session, number)
    said = [one.said for one in shown.stated]
    places = {site.prefecture_code for one in shown.stated for site in one.sites if site.prefecture_code}
    sections = [
        (key, label, [(item, stated) for item in items if (stated := _stated(item, shown.stated))])
        for key, label, items in SECTIONS
    ]
    return page.show(
        "trials/trial.html",
        shown=shown,
        sections=[section for section in sections if section[2]],
        by_id={one.record.id: one.record for one in shown.stated},
        sources=[source for source in Source if any(one.record.source is source for one in shown.stated)],
        statuses=STATUSES,
        undisclosed=UNDISCLOSED,
        places=await places_in(session, shown.stated),
        concepts=await by_codes(session, terms_in(said) | places),
    )


def _stated(item: Item, records: list[Stated]) -> list[tuple[list[TrialRecord], list[Value]]]:
    """Return what is said of an item, and the records that say just that; records that are silent are left out."""
    said: list[tuple[list[TrialRecord], list[Value]]] = []
    for one in records:
        values = item.values(one.said)
        same = next((saying for saying, before in said if before == values), None)
        if same is not None:
            same.append(one.record)
        elif values:
            said.append(([one.record], values))
    return said


@router.get("/trials/{number}/changes")
async def changes(
    number: str,
    session: Transaction,
    page: InPage,
    registry: str = "",
    older: str = "",
    newer: str = "",
) -> Response:
    """Show what changed between two versions of a record, the last two unless others are chosen."""
    record = await get_record(session, number, source=registry if registry in list(Source) else "")
    last = record.version
    to = min(_version(newer) or last, last)
    since = _version(older) or max(1, to - 1)
    before, after = await get_versions(session, record, [since, to])
    found = changes_between(record_from(before.content), record_from(after.content))
    terms = {value.term for one in found for value in (*one.before, *one.after) if value.term}
    return page.show(
        "trials/changes.html",
        record=record,
        before=before,
        after=after,
        changes=found,
        versions=[(str(version), str(version)) for version in range(1, last + 1)],
        concepts=await _named(session, terms),
    )


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


async def _named(session: AsyncSession, codes: set[str]) -> dict[str, Concept]:
    return await by_codes(session, codes) if codes else {}
