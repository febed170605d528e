"""ClinicalTrials.gov as a source: studies in Japan by the day of their last update, in pages of a thousand."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import orjson

from app.ground.i18n import _, say
from app.settings import Settings
from app.trials import turns
from app.trials.ctgov.api import Api, Patience, opened
from app.trials.ctgov.errors import (
    NoSuchStudy,
    RegistryBusy,
    RegistryError,
    RegistryForbids,
    RegistryNotUnderstood,
    RegistryRejects,
    RegistrySlow,
    RegistryUnavailable,
    TooLarge,
)
from app.trials.jrct import errors as refusals
from app.trials.models import Source
from app.trials.reading.ctgov import read_study
from app.trials.reading.found import Unreadable, refused
from app.trials.reading.shown import shown_study
from app.trials.sync.registry import Arrived, Cursor, Entry, Portion, Transaction, Unlaid, arrived

# What a record is read from; results and documents stay at the registry.
SECTIONS = "ProtocolSection|DerivedSection|HasResults"
PAGE = 1_000  # the largest that the registry gives
SMALLEST_PAGE = 10
LARGEST_PAGE = 96 * 1024 * 1024  # bytes; a page of the real registry has about 20 MB
# A page token that has expired begins the list again; more often than this, something else is wrong.
MOST_BEGINNINGS = 5
PATIENCE = Patience(tries=4, seconds=120.0, longest_wait=60.0, first_wait=1.0)
IN_JAPAN = "AREA[LocationCountry]Japan"
# Days of posting are the registry's own, its data's moment is in UTC: a day more is read, and found to be the same.
OVERLAP = timedelta(days=1)
SAME_DATA = _("ClinicalTrials.gov has published nothing since the last sync.")
STUDY = _("study %(number)s")


class ClinicalTrialsGov:
    """The source; the watermark is the moment of the registry's data when the run began."""

    source = Source.CTGOV

    def __init__(self, transaction: Transaction, settings: Settings, patience: Patience | None = None) -> None:
        self._transaction = transaction
        self._settings = settings
        self._patience = patience or PATIENCE

    async def changes(self, cursor: Cursor) -> AsyncGenerator[Portion, None]:
        """Yield page after page of what was updated since the watermark. Raises every RegistryRefusal."""
        stands: dict[str, Any] = {"version": None, "token": None, "size": PAGE, "passed": 0, "begun": 1, **cursor}
        async with self._asked() as api:
            if stands["version"] is None:
                stands["version"] = await _version(api)
            if stands["version"] == stands["since"]:
                yield Portion(stands, finished=True, watermark=stands["version"], said=SAME_DATA)
                return
            while True:
                page, stands = await _page(api, stands)
                entries = tuple(_entry(one, number) for number, one in enumerate(page["studies"], stands["passed"] + 1))
                stands = {
                    **stands,
                    "token": page.get("nextPageToken"),
                    "passed": stands["passed"] + len(entries),
                    "total": page.get("totalCount", stands.get("total")),
                }
                last = stands["token"] is None
                watermark = stands["version"] if last else None
                yield Portion(
                    stands,
                    entries,
                    passed=stands["passed"],
                    expected=stands["total"],
                    finished=last,
                    watermark=watermark,
                )
                if last:
                    return

    async def record(self, number: str, *, english: bool = False) -> Arrived:
        """Return one study; an alias number gives the study that took it in."""
        async with self._asked() as api:
            try:
                answer = await api.get(f"studies/{number}", {"format": "json", "fields": SECTIONS})
            except NoSuchStudy as error:
                raise refusals.NoSuchRecord(self.source, number=number) from error
        try:
            return arrived(read_study(_json(answer)))
        except Unreadable as problem:
            raise RegistryNotUnderstood(str(problem)) from problem

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[Api]:
        """Open the registry, one question a second over all workers; its refusals become sentences."""
        pause = timedelta(seconds=self._settings.ctgov_pause)
        agent = f"Madoguchi (+{self._settings.public_url})".encode("ascii", "ignore").decode()

        def turn() -> Any:
            # Questions are spaced, and may overlap: nobody has to wait for the turn of a worker that was killed.
            return turns.in_turn(self._transaction, self.source, hold=timedelta(), pause=pause, longest_wait=300.0)

        try:
            async with opened(self._settings.ctgov_url, self._patience, agent=agent, turn=turn) as api:
                yield api
        except RegistryForbids as error:
            async with self._transaction() as session:
                since = await turns.stop_asking(session, self.source, str(error))
            raise refusals.RegistryBlocked(since, self.source) from error
        except RegistryError as error:
            raise _in_words(error) from error


def _in_words(error: RegistryError) -> refusals.RegistryRefusal:
    """Return the refusal that says in a whole sentence what the registry did."""
    if isinstance(error, RegistryBusy):
        return refusals.RegistryBusy(error.wait or 60.0, Source.CTGOV)
    if isinstance(error, RegistrySlow):
        return refusals.RegistrySlow(str(error), Source.CTGOV)
    if isinstance(error, RegistryUnavailable | NoSuchStudy):
        return refusals.RegistryUnavailable(str(error), Source.CTGOV)
    return refusals.RegistryNotUnderstood(str(error), Source.CTGOV)


async def _version(api: Api) -> str:
    said = _json(await api.get("version", {}))
    stamp = said.get("dataTimestamp") if isinstance(said, dict) else None
    if not isinstance(stamp, str) or not _day(stamp):
        raise refusals.LayoutChanged("dataTimestamp", Source.CTGOV)
    return stamp


async def _page(api: Api, stands: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the page at the token, and where that stands; a token that has expired begins again from the first page."""
    while True:
        wanted = {
            "format": "json",
            "fields": SECTIONS,
            "filter.advanced": _filter(stands["since"]),
            "countTotal": "true",
            "pageSize": stands["size"],
        }
        token = {"pageToken": stands["token"]} if stands["token"] else {}
        try:
            page = _json(await api.get("studies", {**wanted, **token}, largest=LARGEST_PAGE))
        except TooLarge:
            if stands["size"] <= SMALLEST_PAGE:
                raise
            stands = {**stands, "size": max(SMALLEST_PAGE, stands["size"] // 4)}
            continue
        except RegistryRejects:
            if not token or stands["begun"] >= MOST_BEGINNINGS:
                raise
            # The data may be newer by now, and so may the moment up to which this run then reads.
            version = await _version(api)
            stands = {**stands, "token": None, "passed": 0, "version": version, "begun": stands["begun"] + 1}
            continue
        if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
            raise refusals.LayoutChanged("studies", Source.CTGOV)
        return page, stands


def _filter(since: str | None) -> str:
    """Return the filter: studies with a place in Japan, updated on or after the day before the watermark."""
    day = _day(since) if since else None
    return f"{IN_JAPAN} AND AREA[LastUpdatePostDate]RANGE[{day - OVERLAP},MAX]" if day else IN_JAPAN


def _day(stamp: str) -> date | None:
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        return None


def _json(answer: bytes) -> Any:
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError as error:
        raise RegistryNotUnderstood(str(error)) from error


def _entry(study: object, number: int) -> Entry:
    place = say(STUDY, number=number)
    try:
        return arrived(read_study(study), place)
    except Unreadable as problem:
        why = refused(place, problem, shown_study(study))
        return Unlaid(place, say(problem.message, **problem.details), why.raw, missing=("number",))
