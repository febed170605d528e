"""A person asks for one record: out of the cache, or in turn, spaced over all workers, and noted afterwards.

No transaction waits for the registry: take a turn and commit, ask, note and commit.
"""

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import stamina
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import record
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _, say
from app.identity.rules import Actor
from app.settings import Settings
from app.trials import turns
from app.trials.jrct import client
from app.trials.jrct.client import Answer, Forbidden, JrctPages, Known, Language
from app.trials.jrct.errors import (
    BulkNotPermitted,
    NotSwitchedOn,
    RegistryBlocked,
    RegistryBusy,
    RegistryRefusal,
    RegistrySlow,
    RegistryUnavailable,
)
from app.trials.models import RegistryPage
from app.trials.rules.pages import trial_title, without_people
from app.trials.turns import Transaction

SOURCE = "jrct"
FRESH = timedelta(days=1)  # a page read within this is not asked for again
NO_NUMBER = _("Enter a jRCT number: jRCT and ten figures, or jRCT, a letter and nine figures. You typed “%(typed)s”.")
_NUMBER = re.compile(r"(?:https?://\S*?/)?(?:jprn-)?jrct((?:[a-z]\d{9})|\d{10})(?:[/?#]\S*)?", re.IGNORECASE | re.ASCII)

log = structlog.get_logger()


@dataclass(frozen=True)
class Manners:
    """How jRCT is asked: seconds of pause after each answer, of one question, of waiting for a turn; tries of one record.

    Some 60 pages 600 ms apart have been answered with 403 (facts: registries.md, 0.3); a result list takes 30 s.
    """

    pause: float = 5.0
    question: float = 60.0
    longest_wait: float = 120.0
    tries: int = 2

    @property
    def hold(self) -> timedelta:
        """How long a turn is held at most: longer than any question, so that no second one can begin beside it."""
        return timedelta(seconds=self.question + 15)


@dataclass(frozen=True)
class Pulled:
    """One page as it is kept: `from_cache` where nobody was asked, `changed` where it says other than what was kept."""

    number: str
    language: Language
    address: str
    title: str
    page: str
    read_at: datetime
    from_cache: bool
    changed: bool


def number_in(typed: str) -> str:
    """Return the jRCT number in what was typed or pasted, as jRCT spells it. Raises Unacceptable under `number`."""
    found = _NUMBER.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()))
    if found is None:
        raise Unacceptable({"number": say(NO_NUMBER, typed=" ".join(typed.split())[:60])})
    return f"jRCT{found[1].lower()}"


def refuse_bulk(settings: Settings) -> None:
    """Raise BulkNotPermitted unless the operator names its permission to collect more than one record."""
    if not settings.jrct_bulk_permission.strip():
        raise BulkNotPermitted


async def pull(
    transaction: Transaction,
    settings: Settings,
    typed: str,
    *,
    by: Actor,
    language: Language = "ja",
    manners: Manners | None = None,
) -> Pulled:
    """Return the page of one record, asked for by a person; it is kept without the personal details of physicians.

    Raises Unacceptable for what is no number, NotAllowed for visitors, and every RegistryRefusal. A broken connection
    and a short Retry-After are tried once more, in a turn of their own; everything else is not.
    """
    number = number_in(typed)
    if by.is_visitor:
        raise NotAllowed
    if settings.jrct_url == "off":
        raise NotSwitchedOn
    manners = manners or Manners()
    asking = _Asking(transaction, manners, number, language, by)
    if (kept := await asking.kept()) is not None:
        return kept
    async with client.registry(settings, manners.question) as pages:
        async for attempt in _tries(lambda error: _worth_another(error, manners), manners):
            with attempt:
                return await asking.once(pages)
    raise AssertionError("stamina ends with an answer or a refusal")


async def results(transaction: Transaction, settings: Settings, page: int, *, manners: Manners | None = None) -> str:
    """Return a page of the result list of all trials, the newest publication first, in turn as any other page.

    Raises BulkNotPermitted, NotSwitchedOn and every RegistryRefusal. A broken connection is tried once more.
    """
    refuse_bulk(settings)
    if settings.jrct_url == "off":
        raise NotSwitchedOn
    manners = manners or Manners()
    async with client.registry(settings, manners.question) as pages:
        async for attempt in _tries(lambda error: _worth_another(error, manners), manners):
            with attempt:
                return await _listed(transaction, pages, page, manners)
    raise AssertionError("stamina ends with an answer or a refusal")


async def _listed(transaction: Transaction, pages: JrctPages, page: int, manners: Manners) -> str:
    pause = timedelta(seconds=manners.pause)
    async with turns.in_turn(transaction, SOURCE, hold=manners.hold, pause=pause, longest_wait=manners.longest_wait):
        try:
            return await pages.results(page)
        except Forbidden as refusal:
            async with transaction() as session:
                since = await turns.stop_asking(session, SOURCE, "HTTP 403")
            raise RegistryBlocked(since) from refusal


def _tries(on: Callable[[Exception], bool], manners: Manners) -> AsyncIterator[stamina.Attempt]:
    # The pause between two tries is the turn's own, which every worker keeps.
    return aiter(
        stamina.retry_context(on=on, attempts=manners.tries, timeout=None, wait_initial=0, wait_max=0, wait_jitter=0)
    )


def _worth_another(error: Exception, manners: Manners) -> bool:
    """Say whether asking once more is polite: the connection broke, or the wait is one that we can keep."""
    if isinstance(error, RegistryBusy):
        return error.seconds <= manners.longest_wait
    return isinstance(error, RegistryUnavailable) and not isinstance(error, RegistrySlow)


class _Asking:
    """One person's wish for one page."""

    def __init__(self, transaction: Transaction, manners: Manners, number: str, language: Language, by: Actor) -> None:
        self._transaction = transaction
        self._manners = manners
        self._number = number
        self._language: Language = language
        self._by = by

    async def kept(self) -> Pulled | None:
        """Return the page that was read within the last day."""
        async with self._transaction() as session:
            page = await self._page(session)
            now = await turns.database_clock(session)
            return _pulled(page, from_cache=True) if page and page.read_at > now - FRESH else None

    async def once(self, pages: JrctPages) -> Pulled:
        """Ask in our turn, and give the turn back whatever happens."""
        holder = uuid4()
        known = await self._in_turn(holder)
        if isinstance(known, Pulled):
            return known
        pause, refusal = self._manners.pause, None
        try:
            answer = await pages.page(self._number, self._language, known)
        except RegistryBusy as busy:
            pause = max(pause, busy.seconds)
            raise
        except Forbidden as error:
            refusal = error
        except RegistryRefusal as error:
            log.warning("registry gave no record", code=error.code, because=getattr(error, "because", ""))
            raise
        finally:
            async with self._transaction() as session:
                since = await turns.stop_asking(session, SOURCE, "HTTP 403") if refusal else None
                await turns.give_turn_back(session, SOURCE, holder, pause=timedelta(seconds=pause))
        if since is not None:
            raise RegistryBlocked(since) from refusal
        return await self._note(answer)

    async def _in_turn(self, holder: UUID) -> Known | Pulled:
        """Wait for our turn; return what is known of the page, or the page, where somebody has read it meanwhile."""
        waited = 0.0
        while True:
            async with self._transaction() as session:
                page = await self._page(session)
                now = await turns.database_clock(session)
                if page and page.read_at > now - FRESH:
                    return _pulled(page, from_cache=True)
                wait = await turns.take_turn(
                    session, SOURCE, holder, hold=self._manners.hold, spacing=timedelta(seconds=self._manners.pause)
                )
                if wait == 0:
                    record(session, "registry.asked", subject=turns.registry_id(SOURCE), by=self._by, now=now)
                    return Known(page.tag, page.last_modified) if page else Known()
            if waited + wait > self._manners.longest_wait:
                raise RegistryBusy(wait)
            waited += wait
            await asyncio.sleep(wait)

    async def _page(self, session: AsyncSession) -> RegistryPage | None:
        key = (SOURCE, self._number, self._language)
        return await session.get(RegistryPage, key, populate_existing=True)

    async def _note(self, answer: Answer) -> Pulled:
        """Keep what the registry said."""
        async with self._transaction() as session:
            now = await turns.database_clock(session)
            page = await self._page(session)
            if answer.page is None and page is not None:
                page.read_at = now
                return _pulled(page, from_cache=False)
            if answer.page is None:
                raise RegistryUnavailable("304 for a page that is not kept")
            return await self._keep(session, answer, answer.page, before=page.digest if page else None, now=now)

    async def _keep(
        self, session: AsyncSession, answer: Answer, said: str, *, before: str | None, now: datetime
    ) -> Pulled:
        text = without_people(said)
        values = {
            "address": answer.address,
            "title": trial_title(text, self._language),
            "page": text,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "tag": answer.known.tag,
            "last_modified": answer.known.last_modified,
            "read_at": now,
        }
        row = insert(RegistryPage).values(source=SOURCE, number=self._number, language=self._language, **values)
        await session.execute(row.on_conflict_do_update(index_elements=["source", "number", "language"], set_=values))
        page = await self._page(session)
        assert page is not None  # noqa: S101  # it has just been written
        return _pulled(page, from_cache=False, changed=page.digest != before)


def _pulled(page: RegistryPage, *, from_cache: bool, changed: bool = False) -> Pulled:
    language: Language = "en" if page.language == "en" else "ja"
    return Pulled(page.number, language, page.address, page.title, page.page, page.read_at, from_cache, changed)
