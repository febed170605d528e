"""The preliminary picture: what public sources say of every site, by region, not ranked and never called confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.matching.rules.facts import Place, Request, Site
from app.matching.rules.triggers import Asked, asked
from app.matching.rules.verdicts import Judged, Verdict, judge


@dataclass(frozen=True)
class Seen:
    """One site as public sources show it."""

    place: Place
    judged: tuple[Judged, ...]

    @property
    def required(self) -> tuple[Judged, ...]:
        """The required criteria."""
        return tuple(one for one in self.judged if one.hard)

    @property
    def unknown(self) -> tuple[Judged, ...]:
        """The required criteria about which nothing is certain."""
        return tuple(one for one in self.required if one.verdict is Verdict.UNKNOWN)

    @property
    def failed(self) -> tuple[Judged, ...]:
        """The required criteria that the site says it does not meet."""
        return tuple(one for one in self.required if one.verdict is Verdict.FAILS)

    @property
    def is_silent(self) -> bool:
        """Whether no source says anything about anything required."""
        return bool(self.required) and not any(one.evidence for one in self.required)


@dataclass(frozen=True)
class Relaxation:
    """How many more sites would meet everything required if one criterion were not."""

    criterion: str
    more: int


@dataclass(frozen=True)
class Picture:
    """Every site, apart: those that meet all that is required, those that may, the silent, those that do not."""

    request: Request
    asked: tuple[Asked, ...]
    meets: tuple[Seen, ...]
    may: tuple[Seen, ...]
    silent: tuple[Seen, ...]
    fails: tuple[Seen, ...]

    @property
    def required(self) -> tuple[Asked, ...]:
        """What a site must meet."""
        return tuple(one for one in self.asked if one.hard)

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """What would change the picture: only what brings a site, most first."""
        found = [self._without(one.criterion.code) for one in self.required]
        return tuple(sorted((one for one in found if one.more), key=lambda one: (-one.more, one.criterion)))

    def _without(self, code: str) -> Relaxation:
        others = (*self.may, *self.silent, *self.fails)
        return Relaxation(code, sum(_meets_all(seen.required, but=code) for seen in others))


def preliminary(request: Request, sites: Iterable[Site]) -> Picture:
    """Hold the sites' public facts against what a request asks, capacity left out; by region, then by name."""
    criteria = tuple(one for one in asked(request) if one.criterion.public)
    rows = sorted((Seen(site.place, judge(criteria, request, site.public())) for site in sites), key=_where)
    return Picture(
        request,
        criteria,
        meets=tuple(row for row in rows if not row.unknown and not row.failed),
        may=tuple(row for row in rows if row.unknown and not row.failed and not row.is_silent),
        silent=tuple(row for row in rows if row.unknown and not row.failed and row.is_silent),
        fails=tuple(row for row in rows if row.failed),
    )


def by_region(rows: Sequence[Seen]) -> list[tuple[str, list[Seen]]]:
    """Return (region code, its sites) from north to south."""
    return [(region, list(group)) for region, group in groupby(rows, key=lambda row: row.place.region)]


def _where(row: Seen) -> tuple[int, str, str, str]:
    # The English name sorts in both languages, so that both see one order.
    place = row.place
    return place.region_order, place.region, place.name_en.casefold(), place.code


def _meets_all(required: Iterable[Judged], *, but: str) -> bool:
    return all(one.verdict is Verdict.MEETS for one in required if one.criterion != but)
