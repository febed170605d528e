"""What of a portion is loaded: each record once, none whose stored version would be left with a hole."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import Message, Said, _, say
from app.trials.actions.arriving import Refusal, said_of
from app.trials.actions.copying import copy
from app.trials.actions.loading import once
from app.trials.models import RecordVersion, RunKind, SyncRun, SyncSeen, TrialRecord
from app.trials.rules.guarding import Watched, holes, watch
from app.trials.sync.registry import MISSING, Arrived, Entry, Unlaid

HOLE = _(
    "%(number)s comes without a part that the stored version has (%(items)s). The stored version stays, so that no good "
    "value is lost."
)
# Parts of a record by the names that readers give them, in words.
ITEMS: dict[str, Message] = {
    "number": _("Trial number"),
    "registered": _("Date of registration"),
    "scientific_title": _("Scientific title"),
    "public_title": _("Public title"),
    "status": _("Recruitment status"),
    "conditions": _("Conditions"),
    "design": _("Study type"),
    "sponsor": _("Primary sponsor"),
    "countries": _("Countries of recruitment"),
    "size": _("Target sample size"),
    "sites": _("Sites"),
    "list": _("Result list"),
}


@dataclass
class Sifted:
    """What is to be loaded, what is refused, how many stood twice in the same words or in older ones, and how the layout looks."""

    wanted: list[Arrived] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    same: int = 0
    older: int = 0
    watched: Watched = field(default_factory=Watched)


def item_in_words(item: str) -> Message | str:
    """Return a part of a record in words; parts that only one page knows (an id) as they are."""
    return ITEMS.get(item, item)


def missing_in(entry: Entry) -> tuple[str, ...]:
    """Return the parts that every record of the source has and this one has not."""
    return entry.missing if isinstance(entry, Unlaid | Arrived) else ()


async def sift(session: AsyncSession, run: SyncRun, entries: Sequence[Entry]) -> Sifted:
    """Sift the entries of a portion; writes only which numbers the run has counted."""
    watched = watch(run.missing, map(missing_in, entries), position=run.read)
    if watched.gone and run.kind is not RunKind.RECORD:
        return Sifted(watched=watched)
    sifted = Sifted(refused=[one for one in entries if isinstance(one, Refusal)], watched=replace(watched, gone=None))
    wanted = _once([one for one in entries if isinstance(one, Arrived)], sifted)
    if run.kind is RunKind.SYNC:
        wanted = await _not_counted(session, run, wanted)
    lacking = await _leaving_holes(session, wanted)
    for one in wanted:
        if items := lacking.get(one.incoming.key):
            sifted.refused.append(Refusal(one.incoming.place, _hole(one, items), said_of(one.incoming)))
        else:
            sifted.wanted.append(one)
    return sifted


def _once(arriving: Sequence[Arrived], sifted: Sifted) -> list[Arrived]:
    """Take what stands twice in one portion once, as any load does."""
    done, taken = once([one.incoming for one in arriving], {})
    sifted.refused += done.refused
    sifted.same += done.same
    sifted.older += done.older
    kept = {id(one) for one in taken}
    return [one for one in arriving if id(one.incoming) in kept]


async def _not_counted(session: AsyncSession, run: SyncRun, wanted: list[Arrived]) -> list[Arrived]:
    """Leave out what this run has stored before in the same words, as happens when a list moves while it is read."""
    numbers = [one.number for one in wanted]
    rows = await session.execute(
        select(SyncSeen.number, SyncSeen.digest).where(SyncSeen.run_id == run.id, SyncSeen.number == func.any(numbers))
    )
    before = {row.number: row.digest for row in rows}
    fresh = [(run.id, one.number, one.incoming.digest) for one in wanted if one.number not in before]
    await copy(session, "sync_seen", ("run_id", "number", "digest"), fresh)
    for one in wanted:
        if before.get(one.number, one.incoming.digest) != one.incoming.digest:
            seen = (SyncSeen.run_id == run.id, SyncSeen.number == one.number)
            await session.execute(update(SyncSeen).where(*seen).values(digest=one.incoming.digest))
    return [one for one in wanted if before.get(one.number) != one.incoming.digest]


async def _leaving_holes(session: AsyncSession, wanted: list[Arrived]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the parts that the stored version of a record has and the arriving one has not, by record."""
    lacking = {one.incoming.key: one for one in wanted if missing_in(one)}
    if not lacking:
        return {}
    rows = await session.execute(
        select(TrialRecord.source, TrialRecord.number, TrialRecord.digest, RecordVersion.content["findings"])
        .join(RecordVersion, (RecordVersion.record_id == TrialRecord.id) & (RecordVersion.version == TrialRecord.version))
        .where(TrialRecord.number.in_([number for _source, number in lacking]))
    )  # fmt: skip
    found = {}
    for source, number, digest, findings in rows:
        one = lacking.get((source.value, number))
        if one is not None and one.incoming.digest != digest:
            found[one.incoming.key] = holes(missing_in(one), _missing_of(findings))
    return found


def _missing_of(findings: list[dict[str, Any]]) -> set[str]:
    return {finding["item"] for finding in findings if finding["reason"] == MISSING}


def _hole(one: Arrived, items: Sequence[str]) -> Said:
    named = item_in_words(items[0])
    return say(HOLE, number=one.number, items=named)
