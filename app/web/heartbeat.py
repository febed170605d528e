"""The heartbeat for staff: which institutions confirm their capacity, which wait, and whose facts go stale."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.asking.pace import InPace
from app.asking.page import InPage
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import StaffOnly
from app.ground.calendar import in_japan
from app.ground.i18n import _
from app.ground.paging import Paged, Paging
from app.sites import actions
from app.sites.queries.heartbeat import Show, heartbeats
from app.sites.rules.confirming import Heartbeat, asking_day, month_of, next_asking

router = APIRouter(prefix="/heartbeat")
ROWS = 50
SHOWN = {
    Show.ALL: _("All"),
    Show.UNANSWERED: _("Waiting or without an answer in time"),
    Show.NOT_ASKED: _("Not asked yet"),
    Show.NOBODY: _("Without a coordinator"),
    Show.STALE: _("With facts due again now or within 60 days"),
}


@router.get("")
async def heartbeat(
    session: Transaction,
    page: InPage,
    reader: StaffOnly,
    now: Now,
    pace: InPace,
    show: Show = Show.ALL,
    done: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Show how every institution stands with its monthly confirmation, the worst first."""
    lines = await heartbeats(session, reader=reader, now=now, pace=pace)
    left = [line for line in lines if line.is_shown(show)]
    paging = Paging(number, ROWS)
    today = in_japan(now)
    month = month_of(today)
    asked = [month] if today >= asking_day(month, pace.closing_days) else []
    return page.show(
        "heartbeat/heartbeat.html",
        lines=Paged(left[paging.offset : paging.offset + ROWS], len(left), paging),
        counts={state.value: sum(line.state is state for line in lines) for state in Heartbeat},
        stale=sum(line.staleness.now > 0 for line in lines),
        show=show,
        shows=[(one.value, SHOWN[one].in_(page.locale)) for one in Show],
        states=Heartbeat,
        now=now,
        next=next_asking(today, asked, pace.closing_days),
        done=done,
    )


@router.post("/{code}/ask")
async def ask(
    code: str, session: Transaction, settings: InSettings, page: InPage, by: StaffOnly, now: Now, pace: InPace
) -> Response:
    """Ask an institution at once, or the coordinators of it who came after this month's asking."""
    secret = settings.secret_key.get_secret_value()
    await actions.ask_now(session, code, secret=secret, pace=pace, by=by, now=now)
    return page.redirect("/heartbeat?done=asked")


@router.post("/{code}/remind")
async def remind(code: str, session: Transaction, page: InPage, by: StaffOnly, now: Now) -> Response:
    """Remind an institution at once."""
    await actions.remind_now(session, code, by=by, now=now)
    return page.redirect("/heartbeat?done=reminded")
