"""A year's figures, with every case behind every number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import Consultation
from app.ground.calendar import fiscal_year, in_japan
from app.identity.models import Person
from app.identity.rules import SERVICE, Actor
from app.kpi import rules
from app.kpi.errors import NoSuchCase, NoSuchRule
from app.kpi.models import CountingChoice, CountingDecision, CountingRule, Decision, Target
from app.kpi.queries.record import cases, consultation_of, visible_to


@dataclass(frozen=True)
class Wanted:
    """Which figures: a fiscal year (None: the current one), as known when, under which rule (None: the chosen one)."""

    at: datetime
    year: int | None = None
    code: str | None = None
    with_demo: bool = False


@dataclass(frozen=True)
class Figures:
    """One year under one rule. `versions` are all of that rule, newest first; `choices` the newest of each rule."""

    count: rules.Count
    versions: Sequence[CountingRule]
    choices: Sequence[CountingRule]
    chosen: str
    target: Target | None
    years: Sequence[int]

    @property
    def version(self) -> CountingRule:
        """The version in force at the end of the year, or on the day of asking; else the newest."""
        day = in_japan(self.count.at)
        held = [row for row in self.versions if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
        return (held or list(self.versions))[0]

    @property
    def total(self) -> int:
        """Cases counted (実件数)."""
        return len(self.count.counted)

    @property
    def to_go(self) -> int:
        """Cases missing to the target; 0 once it is reached or where there is none."""
        return max(0, (self.target.value if self.target else 0) - self.total)


@dataclass(frozen=True)
class PublicFigures:
    """What anybody may know: how many cases count this fiscal year, and toward what."""

    year: int
    total: int
    target: Target | None


@dataclass(frozen=True)
class CaseRecord:
    """One case and where it stands under each rule (its newest version), and which rule is the chosen one."""

    case: rules.Case
    standings: Sequence[tuple[CountingRule, rules.Standing]]
    chosen: str


@dataclass(frozen=True)
class Decided:
    """One decision by hand as the counting record shows it; no `choice` left the case to the rule again."""

    choice: Decision | None
    reason: str
    at: datetime
    by: str


async def figures(session: AsyncSession, wanted: Wanted, *, reader: Actor) -> Figures:
    """Count a year for a reader. Raises NoSuchRule for a rule that is not there."""
    rows = (await session.scalars(select(CountingRule).order_by(CountingRule.position))).all()
    chosen = await chosen_rule(session, wanted.at)
    code = wanted.code or chosen
    versions = sorted((row for row in rows if row.code == code), key=lambda row: -row.version)
    if not versions:
        raise NoSuchRule
    year = fiscal_year(wanted.at) if wanted.year is None else wanted.year
    record = await cases(session, wanted.at, reader=reader, year=year)
    count = rules.count(record.values(), _rule(versions), year=year, at=wanted.at, with_demo=wanted.with_demo)
    return Figures(
        count=count,
        versions=versions,
        choices=[row for row in rows if row.version == max(one.version for one in rows if one.code == row.code)],
        chosen=chosen,
        target=await session.scalar(select(Target).where(Target.counted_here)),
        years=await _years(session, year, wanted.at, reader=reader),
    )


async def case_record(
    session: AsyncSession, number: str, *, reader: Actor, now: datetime, with_demo: bool
) -> CaseRecord:
    """Return where a case stands now under every rule. Raises NoSuchCase."""
    case = await consultation_of(session, number, reader=reader)
    record = await cases(session, now, reader=reader)
    codes: dict[str, list[CountingRule]] = {}
    for row in await all_rules(session):
        codes.setdefault(row.code, []).append(row)
    found = {
        code: rules.standing_of(record.values(), _rule(versions), number, at=now, with_demo=with_demo)
        for code, versions in codes.items()
    }
    standings = [(codes[code][0], standing) for code, standing in found.items() if standing]
    if not standings:
        raise NoSuchCase
    return CaseRecord(record[case.id], standings, await chosen_rule(session, now))


async def public_figures(session: AsyncSession, *, now: datetime, with_demo: bool) -> PublicFigures:
    """Return the numbers of the home page: no case, no name, no field leaves here. Before the first seed, nothing."""
    if not await session.scalar(select(exists(select(CountingChoice.id)))):
        return PublicFigures(fiscal_year(now), 0, None)
    found = await figures(session, Wanted(now, with_demo=with_demo), reader=SERVICE)
    return PublicFigures(found.count.year, found.total, found.target)


async def chosen_rule(session: AsyncSession, at: datetime) -> str:
    """Return the code of the rule that the operator counted by at a moment; before the first choice, the first.

    Raises NoSuchRule in a database that was never seeded.
    """
    choices = (await session.execute(select(CountingChoice.code, CountingChoice.at).order_by(CountingChoice.id))).all()
    if not choices:
        raise NoSuchRule
    made = [code for code, chosen_at in choices if chosen_at <= at]
    return str(made[-1] if made else choices[0][0])


async def all_rules(session: AsyncSession) -> Sequence[CountingRule]:
    """Return every version of every rule, the newest version of each rule first. Anybody may read them."""
    wanted = select(CountingRule).order_by(CountingRule.event, CountingRule.version.desc())
    return (await session.scalars(wanted)).all()


async def all_targets(session: AsyncSession) -> Sequence[Target]:
    """Return the national targets with their words and sources. Anybody may read them."""
    return (await session.scalars(select(Target).order_by(Target.position))).all()


async def decisions_of(session: AsyncSession, number: str, *, reader: Actor) -> Sequence[Decided]:
    """Return what staff decided about a case and who, newest first. Raises NoSuchCase."""
    case = await consultation_of(session, number, reader=reader)
    wanted = select(CountingDecision, Person.name).join(Person, Person.id == CountingDecision.by_id)
    rows = await session.execute(
        wanted.where(CountingDecision.consultation_id == case.id).order_by(CountingDecision.at.desc())
    )
    return [Decided(row.decision, row.reason, row.at, name) for row, name in rows]


def _rule(versions: Sequence[CountingRule]) -> rules.Rule:
    made = (
        rules.Version(
            row.version,
            frozenset(rules.CompanyKind(kind) for kind in row.kinds),
            row.valid_from,
            row.valid_to,
            row.base_in_japan_excludes,
        )
        for row in versions
    )
    return rules.Rule(versions[0].code, rules.Event(versions[0].event), tuple(made))


async def _years(session: AsyncSession, year: int, at: datetime, *, reader: Actor) -> list[int]:
    """The fiscal years to choose from, newest first: from the first receipt to now, and the one asked for."""
    current = fiscal_year(at)
    first = await session.scalar(visible_to(reader).with_only_columns(func.min(Consultation.received_at)))
    return sorted({*range(fiscal_year(min(first or at, at)), current + 1), year}, reverse=True)
