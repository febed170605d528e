"""jRCT as a source: its result list, newest publication first, and the page of each number, politely one at a time."""

from collections.abc import AsyncGenerator
from typing import Any

from app.ground.i18n import Said, _, say
from app.identity.rules import SERVICE
from app.settings import Settings
from app.trials.actions.arriving import Refusal
from app.trials.jrct import asking
from app.trials.jrct.asking import Manners, refuse_bulk
from app.trials.jrct.errors import LayoutChanged, NoSuchRecord, RegistryNotUnderstood
from app.trials.models import RegistryPage, Source
from app.trials.reading.found import Unreadable
from app.trials.reading.joined import joined
from app.trials.reading.jrct import read_page
from app.trials.reading.jrct_list import Listed, ListPage, read_list
from app.trials.record import Record
from app.trials.sync.registry import Arrived, Cursor, Entry, Portion, Transaction, Unlaid, arrived

NOT_A_NUMBER = _("This row of the result list has no jRCT number.")
LIST = _("page %(number)s of the result list")
ON_PAGE = _("the page of %(number)s")


class Jrct:
    """The source; the watermark is the newest day of publication that the list showed when the run began."""

    source = Source.JRCT

    def __init__(self, transaction: Transaction, settings: Settings, manners: Manners | None = None) -> None:
        self._transaction = transaction
        self._settings = settings
        self._manners = manners

    async def changes(self, cursor: Cursor) -> AsyncGenerator[Portion, None]:
        """Yield list page by list page, and between them record by record, what was published since the watermark.

        Records of the watermark's own day are read again: more may have been published on it. Raises BulkNotPermitted
        and every RegistryRefusal; LayoutChanged also for a list that is none.
        """
        refuse_bulk(self._settings)
        stands: dict[str, Any] = {"page": 1, "wanted": [], "newest": None, "last": False, "passed": 0, **cursor}
        expected: int | None = None
        while True:
            while stands["wanted"]:
                number, *left = stands["wanted"]
                stands = {**stands, "wanted": left, "passed": stands["passed"] + 1}
                entry = await self._entry(number)
                yield Portion(stands, (entry,), passed=stands["passed"], expected=expected)
            if stands["last"]:
                break
            page = await self._list(stands["page"])
            stands, refused = _listed(stands, page)
            expected = expected or (page.count if not stands["since"] else None)
            yield Portion(stands, refused, passed=stands["passed"], expected=expected)
        watermark = stands["newest"] or stands["since"]
        yield Portion(stands, passed=stands["passed"], finished=True, watermark=watermark)

    async def record(self, number: str, *, english: bool = False) -> Arrived:
        """Return one record, joined with its English page where that is asked for, or kept."""
        if english:
            await asking.pull(
                self._transaction, self._settings, number, by=SERVICE, language="en", manners=self._manners
            )
        return arrived(await self._read(number))

    async def _entry(self, number: str) -> Entry:
        """Return a record, or why it is none; what concerns the whole registry is raised."""
        try:
            return await self.record(number)
        except LayoutChanged as refusal:
            return Unlaid(_on(number), say(refusal.message, **refusal.details), missing=_parts(refusal.because))
        except (NoSuchRecord, RegistryNotUnderstood) as refusal:
            return Refusal(_on(number), say(refusal.message, **refusal.details))

    async def _read(self, number: str) -> Record:
        pulled = await asking.pull(self._transaction, self._settings, number, by=SERVICE, manners=self._manners)
        try:
            record = read_page(pulled.page)
        except Unreadable as problem:
            raise RegistryNotUnderstood(str(problem)) from problem
        english = await self._english(number)
        return joined(record, english) if english else record

    async def _english(self, number: str) -> Record | None:
        async with self._transaction() as session:
            page = await session.get(RegistryPage, (asking.SOURCE, number, "en"))
        try:
            return read_page(page.page) if page else None
        except Unreadable:
            return None

    async def _list(self, number: int) -> ListPage:
        text = await asking.results(self._transaction, self._settings, number, manners=self._manners)
        try:
            page = read_list(text)
        except Unreadable as problem:
            raise LayoutChanged("list") from problem
        if page.count and not page.rows and number == 1:
            raise LayoutChanged("list")
        return page


def _on(number: str) -> Said:
    return say(ON_PAGE, number=number)


def _parts(because: str) -> tuple[str, ...]:
    return tuple(part for part in because.split(", ") if part) or ("page",)


def _listed(stands: dict[str, Any], page: ListPage) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
    """Return where the run stands after a page of the list, and the rows that were refused."""
    since = stands["since"]
    days = [row.published.value for row in page.rows if row.published and row.published.value]
    wanted = [row.number for row in page.rows if _is_wanted(row, since)]
    last = page.following is None or not page.rows or (since is not None and bool(days) and min(days) < since)
    place = say(LIST, number=stands["page"])
    refused = tuple(Refusal(place, NOT_A_NUMBER, raw) for raw in page.refused)
    newest = stands["newest"] or max(days, default=None)
    return {**stands, "page": stands["page"] + 1, "wanted": wanted, "last": last, "newest": newest}, refused


def _is_wanted(row: Listed, since: str | None) -> bool:
    """Say whether a row was published on or after the watermark's day; one without a day might have been."""
    published = row.published.value if row.published else None
    return since is None or published is None or published >= since
