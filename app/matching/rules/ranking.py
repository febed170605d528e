"""Staff see every site in one order: band, then points, then code; equal input always gives equal output."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.matching.rules.criteria import RULE_VERSION
from app.matching.rules.facts import CAPACITY, Place, Request, Site
from app.matching.rules.triggers import asked
from app.matching.rules.verdicts import LADDER, Judged, Rung, Verdict, judge

FULL = max(standing.points for standing in LADDER.values())


class Band(StrEnum):
    """What a sponsor is told of a site, best first; never a number."""

    READY = "ready"
    POSSIBLE_ASK = "possible_ask"
    NOT_NOW = "not_now"
    CANNOT = "cannot"


_BANDS = tuple(Band)


@dataclass(frozen=True)
class Ranked:
    """One site of a run: its band and every criterion with verdict and evidence. Points are for staff."""

    place: Place
    judged: tuple[Judged, ...]

    @property
    def band(self) -> Band:
        """Where the verdicts put the site."""
        return band_of(self.judged)

    @property
    def total(self) -> int:
        """The parts added up."""
        return sum(one.points for one in self.judged)

    @property
    def hard_points(self) -> int:
        """The part of the required criteria."""
        return sum(one.points for one in self.judged if one.hard)

    @property
    def soft_points(self) -> int:
        """The part of the criteria wished for."""
        return sum(one.points for one in self.judged if not one.hard)

    @property
    def out_of(self) -> int:
        """The total of a site that meets everything by its own fresh word."""
        return sum(one.weight * FULL for one in self.judged)

    @property
    def confidence(self) -> int:
        """How much of what was asked is known, and how freshly: 0 to 100, rounded down."""
        weights = sum(one.weight for one in self.judged)
        return sum(one.known for one in self.judged) // weights if weights else 0


@dataclass(frozen=True)
class Run:
    """A request held against sites under one version of the rules, best first."""

    request: Request
    rows: tuple[Ranked, ...]
    rule_version: int = RULE_VERSION


def rank(request: Request, sites: Iterable[Site]) -> Run:
    """Hold every site against the request and put them in order."""
    criteria = asked(request)
    rows = [Ranked(site.place, judge(criteria, request, site)) for site in sites]
    return Run(request, tuple(sorted(rows, key=order)))


def order(row: Ranked) -> tuple[int, int, str]:
    """Return what sorts a site among others: a known failure below the unknown, the unknown below the known."""
    return _BANDS.index(row.band), -row.total, row.place.code


def band_of(judged: Iterable[Judged]) -> Band:
    """Return the band of a site.

    Cannot: it says itself that it does not meet something required. Not now: it says that it has no room.
    Ready: it meets everything required and says, freshly, that it has room. Everything else is worth asking.
    """
    rows = tuple(judged)
    required = [one.verdict for one in rows if one.hard]
    room = next((one.rung for one in rows if one.criterion == CAPACITY), Rung.SILENT)
    if Verdict.FAILS in required:
        return Band.CANNOT
    if LADDER[room].verdict is Verdict.FAILS:
        return Band.NOT_NOW
    if room is Rung.CONFIRMED_YES and all(verdict is Verdict.MEETS for verdict in required):
        return Band.READY
    return Band.POSSIBLE_ASK
