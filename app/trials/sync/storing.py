"""A portion stored: records, refusals, counts and the place where the next one begins, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.i18n import Message, Said, _, say
from app.identity.rules import SERVICE
from app.settings import Settings
from app.trials import turns
from app.trials.actions.arriving import Refusal
from app.trials.actions.dropping import forget_file
from app.trials.actions.loading import Loaded, load_batch
from app.trials.actions.running import locked_run, locked_state
from app.trials.models import RunKind, RunState, Source, SourceState, SyncRefusal, SyncRun, SyncSeen
from app.trials.reading.found import LONGEST_RAW
from app.trials.rules.numbers import is_fictional
from app.trials.rules.personal import without_contacts
from app.trials.rules.reasons import put_away
from app.trials.rules.texts import storable
from app.trials.sync.registry import Cursor, Portion, Transaction
from app.trials.sync.sifting import Sifted, item_in_words, sift

LAYOUT = _(
    "A part that every record of this source has was suddenly gone in more than a few records: %(item)s. The source has "
    "changed its layout, and none of these records was stored. An administrator can resume once this window can read the new layout."
)
LAYOUT_OF_FILE = _(
    "A part that every export has is absent from more than a few records of this file: %(item)s. None of these records "
    "was stored. Look whether the file is a whole export."
)
CHANGED = "layout_changed"


@dataclass
class Doing:
    """A run as whoever does it knows it: `step` is the last one that they have seen stored."""

    id: UUID
    kind: RunKind
    number: str | None
    source: Source | None
    step: int
    cursor: Cursor = field(default_factory=dict)


@dataclass(frozen=True)
class Storing:
    """Keeps how a run stands; `told` hears it after each change that is committed."""

    transaction: Transaction
    settings: Settings
    clock: Callable[[], datetime]
    told: Callable[[SyncRun], None]

    async def begin(self, run_id: UUID) -> Doing | None:
        """Say that somebody is at a run; None where it has ended, or its source is paused."""
        async with self.transaction() as session:
            source = await _source_of(session, run_id)
            state = await locked_state(session, source) if source else None
            run = await locked_run(session, run_id)
            if run is None or run.state not in (RunState.WAITING, RunState.RUNNING):
                return None
            now = run.moved_at = self.clock()
            if _holds(run, state):
                run.state = RunState.PAUSED
                doing = None
            else:
                run.state, run.started_at = RunState.RUNNING, run.started_at or now
                if state is not None and run.kind is RunKind.SYNC and not run.cursor:
                    run.cursor = {"since": state.watermark}
                doing = Doing(run.id, run.kind, run.number, run.source, run.step, run.cursor)
        self.told(run)
        return doing

    async def store(self, doing: Doing, portion: Portion) -> bool:
        """Store a portion; False where the run is to be left: it has moved on, ended, is paused, or was stopped."""
        async with self.transaction() as session:
            state = await locked_state(session, doing.source) if doing.source else None
            run = await locked_run(session, doing.id)
            if run is None or run.step != doing.step or run.state is not RunState.RUNNING:
                return False
            run.moved_at = self.clock()
            goes_on = not _holds(run, state) and await self._written(session, run, state, portion)
            if _holds(run, state) and run.state is RunState.RUNNING:
                run.state = RunState.PAUSED
        doing.step, doing.source, doing.cursor = run.step, run.source, run.cursor
        self.told(run)
        return goes_on

    async def end(
        self, doing: Doing, state: RunState, code: str, why: Message | Said, *, item: str | None = None
    ) -> None:
        """Say why a run ended; with `item`, its source has changed its layout and is stopped as well."""
        async with self.transaction() as session:
            source = await locked_state(session, doing.source) if doing.source else None
            run = await locked_run(session, doing.id)
            if run is None or run.step != doing.step or run.state is not RunState.RUNNING:
                return
            self._end(session, run, state, code, why)
            if item is not None:
                self._stop_source(session, run, source, item)
        self.told(run)

    async def _written(self, session: AsyncSession, run: SyncRun, state: SourceState | None, portion: Portion) -> bool:
        sifted = await sift(session, run, portion.entries)
        sifted.same += portion.repeated
        if sifted.watched.gone:
            item = sifted.watched.gone
            words = LAYOUT_OF_FILE if run.kind is RunKind.FILE else LAYOUT
            self._end(session, run, RunState.STOPPED, CHANGED, say(words, item=item_in_words(item)))
            self._stop_source(session, run, state, item)
            if run.kind is RunKind.FILE:
                await forget_file(session, run.id)
            return False
        loaded = await self._loaded(session, sifted)
        if run.source is None and sifted.wanted:
            run.source = Source(sifted.wanted[0].incoming.key[0])
        await _note(session, run, loaded, sifted)
        run.cursor, run.passed = dict(portion.cursor), portion.passed
        run.expected = portion.expected if portion.expected is not None else run.expected
        run.step += 1
        if portion.finished:
            await self._finish(session, run, portion)
        return not portion.finished

    async def _loaded(self, session: AsyncSession, sifted: Sifted) -> Loaded:
        if not sifted.wanted:
            return Loaded()
        # Records of the practice registry are the demonstration's: no real hospital is linked to them.
        demo = self.settings.demonstration and all(is_fictional(one.number) for one in sifted.wanted)
        return await load_batch(
            session, [one.incoming for one in sifted.wanted], by=SERVICE, now=self.clock(), demo=demo
        )

    async def _finish(self, session: AsyncSession, run: SyncRun, portion: Portion) -> None:
        now = self.clock()
        run.state, run.ended_at, run.missing = RunState.DONE, now, {}
        run.reason = {"code": "said", "said": put_away(portion.said)} if portion.said else None
        await session.execute(delete(SyncSeen).where(SyncSeen.run_id == run.id))
        if run.kind is RunKind.FILE:
            await forget_file(session, run.id)
        if run.source is not None and run.kind is not RunKind.RECORD:
            state = await locked_state(session, run.source)
            state.succeeded_at = now
            if run.kind is RunKind.SYNC:
                state.watermark = portion.watermark
        audit.record(session, "sync.done", subject=run.id, by=SERVICE, now=now, read=run.read, new=run.new)

    def _end(self, session: AsyncSession, run: SyncRun, state: RunState, code: str, why: Message | Said) -> None:
        now = run.moved_at = self.clock()
        run.state, run.ended_at, run.reason = state, now, {"code": code, "said": put_away(why)}
        audit.record(session, f"sync.{state.value}", subject=run.id, by=SERVICE, now=now, code=code)

    def _stop_source(self, session: AsyncSession, run: SyncRun, state: SourceState | None, item: str) -> None:
        """Let nothing be asked of a source that has changed; a file is one file, and says nothing of the next."""
        if run.kind is not RunKind.SYNC or state is None:
            return
        state.layout_changed_at, state.layout_item = self.clock(), item
        subject = turns.registry_id(state.source)
        audit.record(session, "source.layout_changed", subject=subject, by=SERVICE, now=self.clock(), item=item)


async def _source_of(session: AsyncSession, run_id: UUID) -> Source | None:
    run = await session.get(SyncRun, run_id)
    return run.source if run else None


def _holds(run: SyncRun, state: SourceState | None) -> bool:
    """Say whether a source is held; one record on a person's request is none of a sync's business."""
    if state is None or run.kind is RunKind.RECORD:
        return False
    return state.paused_at is not None or (run.kind is RunKind.SYNC and state.layout_changed_at is not None)


async def _note(session: AsyncSession, run: SyncRun, loaded: Loaded, sifted: Sifted) -> None:
    """Write the refusals and count."""
    refused: Sequence[Refusal] = [*sifted.refused, *loaded.refused]
    rows = [
        {
            "run_id": run.id,
            "position": run.refused + number,
            "place": put_away(one.place) if one.place else None,
            "reason": put_away(one.reason),
            "raw": without_contacts(storable(one.raw[:LONGEST_RAW])),
        }
        for number, one in enumerate(refused, 1)
    ]
    if rows:
        await session.execute(insert(SyncRefusal), rows)
    run.new += loaded.new
    run.changed += loaded.changed
    run.same += loaded.same + sifted.same
    run.older += loaded.older + sifted.older
    run.refused += len(refused)
    run.missing = dict(sifted.watched.missing)
