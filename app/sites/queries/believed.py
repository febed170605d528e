"""What is believed of many institutions at once: `rules.authority` in SQL, written here and nowhere else."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Date, String, Subquery, case, cast, column, func, or_, select, values
from sqlalchemy.dialects.postgresql import distinct_on

from app.sites.models import Fact
from app.sites.queries.freshness import Freshness
from app.sites.rules import FactState


def believed(fresh: Freshness, capabilities: Collection[str], *conditions: ColumnElement[bool]) -> Subquery:
    """Return the fact that counts of each institution on each of these capabilities, among those of the conditions.

    Columns: institution_id, capability_code, state, value, since (the day from which its age counts), stale and
    confirmed. `conditions` say which facts the reader may know, and of which moment.
    """
    period = _last_stale_days(fresh, capabilities)
    since = func.coalesce(cast(func.timezone("Asia/Tokyo", Fact.confirmed_at), Date), Fact.as_of)
    last = cast(period.c.last, Date)
    stale: ColumnElement[bool] = case((last.is_(None), False), else_=since <= last)
    confirmed = Fact.confirmed_at.is_not(None)
    said = or_(Fact.state != FactState.UNKNOWN, func.coalesce(Fact.note_en, Fact.note_ja, Fact.value).is_not(None))
    return (
        select(
            Fact.institution_id, Fact.capability_code, Fact.state, Fact.value,
            since.label("since"), stale.label("stale"), confirmed.label("confirmed"),
        )
        .join(period, period.c.code == Fact.capability_code)
        .ext(distinct_on(Fact.institution_id, Fact.capability_code))
        .where(Fact.capability_code.in_(capabilities), *conditions)
        .order_by(
            Fact.institution_id, Fact.capability_code, said.desc(), (confirmed & ~stale).desc(), Fact.as_of.desc(),
            confirmed.desc(), Fact.id,
        )
        .subquery()
    )  # fmt: skip


def _last_stale_days(fresh: Freshness, capabilities: Collection[str]) -> Any:
    """Return as a table the last day whose statements on each capability are due again; none without a period."""
    days = [(code, fresh.last_stale_day(code)) for code in capabilities]
    return values(column("code", String), column("last", Date), name="period").data(days)
