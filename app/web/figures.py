"""The figures: the year's count against the target, and the cases behind every number."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from markupsafe import Markup

from app.asking.page import InPage, Page
from app.asking.transaction import Transaction
from app.asking.who import FiguresReader
from app.ground.calendar import in_japan
from app.ground.errors import NotFound
from app.ground.paging import Paged, Paging
from app.ground.pictures import drawn
from app.kpi import chart, exports, lists, queries, rules
from app.kpi.queries import Figures
from app.web.period import AskedPeriod

router = APIRouter()
SHOWN = 20  # cases of each kind on the dashboard; the rest is one click away
Number = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/figures")
async def dashboard(session: Transaction, reader: FiguresReader, page: InPage, period: AskedPeriod) -> Response:
    """Show one fiscal year: received, accepted, met, contacts, the count against the target, month by month."""
    found = await queries.figures(session, period.wanted, reader=reader)
    return page.show(
        "figures/dashboard.html",
        status=422 if period.errors else 200,
        figures=found,
        period=period,
        errors={field: why.in_(page.locale) for field, why in period.errors.items()},
        months=rules.by_month(found.count),
        month_names={month: name.in_(page.locale) for month, name in chart.MONTH_NAMES.items()},
        outlook=rules.outlook(found.count),
        wide=await _picture(found, page, chart.WIDE),
        narrow=await _picture(found, page, chart.NARROW),
        shown=SHOWN,
        day=period.as_of or in_japan(found.count.at).isoformat(),
        Reason=rules.Reason,
        lists=lists,
        kinds=exports.COMPANY_KINDS,
    )


@router.get("/figures/chart.svg")
async def picture(session: Transaction, reader: FiguresReader, page: InPage, period: AskedPeriod) -> Response:
    """Return the chart as a file."""
    found = await queries.figures(session, period.wanted, reader=reader)
    svg = await _picture(found, page, chart.WIDE)
    return Response(str(svg), media_type="image/svg+xml", headers=_saved_as(f"figures-{found.count.year}.svg"))


@router.get("/figures/cases")
async def cases(
    session: Transaction,
    reader: FiguresReader,
    page: InPage,
    period: AskedPeriod,
    figure: str = "counted",
    number: Annotated[Number, Query(alias="page")] = 1,
) -> Response:
    """List the cases behind a number. Contacts have a list of their own: one line a contact."""
    found = await queries.figures(session, period.wanted, reader=reader)
    rows = found.count.contacts if figure == "contacts" else _behind(found, figure)
    paging = Paging(number)
    part = rows[paging.offset : paging.offset + paging.size]
    return page.show(
        "figures/contacts.html" if figure == "contacts" else "figures/cases.html",
        figures=found,
        period=period,
        figure=figure,
        title=lists.TITLES[figure],
        paged=Paged(part, len(rows), paging),
        kinds=exports.COMPANY_KINDS,
        Event=rules.Event,
    )


@router.get("/figures/cases.csv")
async def cases_file(
    session: Transaction, reader: FiguresReader, page: InPage, period: AskedPeriod, figure: str = "received"
) -> Response:
    """Return the cases behind a number as CSV for a spreadsheet program."""
    found = await queries.figures(session, period.wanted, reader=reader)
    text = exports.as_csv(_behind(found, figure), found.count.year, page.locale)
    headers = _saved_as(f"{figure}-{found.count.year}.csv")
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _behind(found: Figures, figure: str) -> list[rules.Standing]:
    if figure not in lists.BEHIND:
        raise NotFound
    return list(lists.BEHIND[figure](found.count))


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def _picture(found: Figures, page: Page, size: chart.Size) -> Markup:
    """Draw the chart. It is markup of our own making: words in it were escaped when it was written."""
    shown = chart.Picture(found.count, found.target.value if found.target else 0, page.locale, size)
    return Markup(await drawn(chart.specification(shown), chart.CLASSES, chart.accessible_name(shown)))  # noqa: S704
