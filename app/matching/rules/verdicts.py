"""Three-valued logic: every criterion meets, fails or is unknown, and unknown is never a quiet no."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.matching.rules.criteria import Criterion, Reads
from app.matching.rules.facts import Fact, Place, Request, Site, SourceKind, capacity_code
from app.matching.rules.triggers import Asked
from app.sites.rules import FactState as State


class Verdict(StrEnum):
    """What matching says of a site and a criterion."""

    MEETS = "meets"
    UNKNOWN = "unknown"
    FAILS = "fails"


class Rung(StrEnum):
    """How well a fact stands for a criterion, best first; equal standing is equal points."""

    CONFIRMED_YES = "confirmed_yes"
    PUBLIC_YES = "public_yes"
    CONFIRMED_YES_STALE = "confirmed_yes_stale"
    PUBLIC_YES_STALE = "public_yes_stale"
    PARTLY = "partly"
    SILENT = "silent"
    PUBLIC_NO = "public_no"
    CONFIRMED_NO_STALE = "confirmed_no_stale"
    CONFIRMED_NO = "confirmed_no"


@dataclass(frozen=True)
class Standing:
    """What a rung gives: its verdict, points of 100, and how much of 100 is known by it."""

    verdict: Verdict
    points: int
    known: int


# The ladder is the whole rule of what counts how much, shown to staff and published with the criteria:
# a yes nobody vouched for and a stale one count less than a fresh one that the site confirmed, yet always more
# than unknown; only a fresh no from the site itself fails, because a hospital is not left out for what others
# say of it, nor for what it said long ago.
LADDER = {
    Rung.CONFIRMED_YES: Standing(Verdict.MEETS, 100, 100),
    Rung.PUBLIC_YES: Standing(Verdict.MEETS, 90, 60),
    Rung.CONFIRMED_YES_STALE: Standing(Verdict.MEETS, 80, 40),
    Rung.PUBLIC_YES_STALE: Standing(Verdict.MEETS, 70, 20),
    Rung.PARTLY: Standing(Verdict.UNKNOWN, 60, 40),
    Rung.SILENT: Standing(Verdict.UNKNOWN, 50, 0),
    Rung.PUBLIC_NO: Standing(Verdict.UNKNOWN, 40, 20),
    Rung.CONFIRMED_NO_STALE: Standing(Verdict.UNKNOWN, 30, 40),
    Rung.CONFIRMED_NO: Standing(Verdict.FAILS, 0, 100),
}


@dataclass(frozen=True)
class Judged:
    """One criterion at one site: how it stands and the facts that say so, in the order of their codes."""

    criterion: str
    hard: bool
    weight: int
    rung: Rung
    evidence: tuple[Fact, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the site meets it, as far as anybody knows."""
        return LADDER[self.rung].verdict

    @property
    def points(self) -> int:
        """The criterion's part of the total: weight times the points of its rung."""
        return self.weight * LADDER[self.rung].points

    @property
    def known(self) -> int:
        """The criterion's part of the confidence: weight times how much is known."""
        return self.weight * LADDER[self.rung].known


def judge(asked: Iterable[Asked], request: Request, site: Site) -> tuple[Judged, ...]:
    """Hold a site against every criterion asked, in their order."""
    return tuple(judged(one, request, site) for one in asked)


def judged(asked: Asked, request: Request, site: Site) -> Judged:
    """Hold a site against one criterion: of the capabilities that can answer it, the best decides."""
    said = evidence_for(asked.criterion, request, site)
    rung = min((_rung(asked.criterion, facts) for facts in said), key=_from_best, default=Rung.SILENT)
    if len(said) < _answers(asked.criterion, request):
        # A no to one of several ways leaves the others open.
        rung = min(rung, Rung.SILENT, key=_from_best)
    evidence = tuple(fact for facts in said for fact in facts)
    return Judged(asked.criterion.code, asked.hard, asked.criterion.weight, rung, evidence)


def evidence_for(criterion: Criterion, request: Request, site: Site) -> list[tuple[Fact, ...]]:
    """Return what is said of each capability that a criterion reads, in their order, what decides first."""
    if criterion.reads is Reads.REGION:
        return [(_address(request, site.place),)]
    found = [site.facts[code] for code in _codes(criterion, request) if code in site.facts]
    if criterion.reads is Reads.AREAS:
        found = [tuple(fact for fact in said if set(request.areas) & set(fact.values)) for said in found]
    return [said for said in found if said]


def _rung(criterion: Criterion, said: tuple[Fact, ...]) -> Rung:
    """Return the rung of what decides; others that say the same can only make it more certain."""
    # A list of areas is never the whole list ("partly"), yet what stands in it is a yes.
    area = criterion.reads is Reads.AREAS
    states = [State.YES if area and fact.state is State.PARTLY else fact.state for fact in said]
    same = [rung_of(fact, state) for fact, state in zip(said, states, strict=True) if state is states[0]]
    return max(same, key=lambda rung: abs(LADDER[rung].points - LADDER[Rung.SILENT].points))


def rung_of(fact: Fact, state: State) -> Rung:
    """Say where a fact stands on the ladder when it is read as saying `state`."""
    match state:
        case State.YES if fact.confirmed:
            return Rung.CONFIRMED_YES_STALE if fact.stale else Rung.CONFIRMED_YES
        case State.YES:
            return Rung.PUBLIC_YES_STALE if fact.stale else Rung.PUBLIC_YES
        case State.NO if fact.confirmed:
            return Rung.CONFIRMED_NO_STALE if fact.stale else Rung.CONFIRMED_NO
        case State.NO:
            return Rung.PUBLIC_NO
        case State.PARTLY:
            return Rung.PARTLY
        case State.UNKNOWN:
            return Rung.SILENT


def _codes(criterion: Criterion, request: Request) -> tuple[str, ...]:
    if criterion.reads is Reads.CAPACITY:
        return tuple(capacity_code(area, request.phase) for area in request.areas if request.phase)
    return criterion.capabilities


def _answers(criterion: Criterion, request: Request) -> int:
    return 1 if criterion.reads is Reads.REGION else len(_codes(criterion, request))


def _from_best(rung: Rung) -> int:
    return -LADDER[rung].points


def _address(request: Request, place: Place) -> Fact:
    state = State.YES if place.region in request.regions else State.NO
    return Fact(
        Reads.REGION.value,
        state,
        SourceKind.REGISTER,
        confirmed=True,
        value=place.prefecture,
        note_en=place.prefecture_en,
        note_ja=place.prefecture_ja,
    )
