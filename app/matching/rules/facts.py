"""What matching reads: a request, and what is known of each site; values only, in one order whatever came in."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date
from enum import StrEnum

from app.sites.rules import FactState as State
from app.sites.rules import authority

CAPACITY = "capacity"


class SourceKind(StrEnum):
    """Who says so."""

    PUBLIC_PAGE = "public_page"
    SITE = "site"
    HUB = "hub"  # the word of another institution: it counts as what nobody confirmed, and never fails a criterion
    DEMONSTRATION = "demonstration"
    REGISTER = "register"  # where an institution stands is part of what it is; nobody needs to confirm an address


@dataclass(frozen=True)
class Fact:
    """One fact of one site: what it says, who says so, when, and whether it still counts in full.

    `confirmed`: the site itself vouches for it. `stale` and `months` (whole months old): reckoned by
    whoever gathered the facts, at a moment that they know, so that the same facts always give the same
    answer. `source_words` name a source without an address. `dated`: how exact `as_of` is (a day, month or year; "read" where the source names no date).
    """

    capability: str
    state: State
    source_kind: SourceKind = SourceKind.PUBLIC_PAGE
    confirmed: bool = False
    stale: bool = False
    value: str | None = None
    unit: str | None = None
    note_en: str | None = None
    note_ja: str | None = None
    source_url: str | None = None
    source_words: str | None = None
    as_of: date | None = None
    dated: str | None = None
    months: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether a sponsor may read it before staff release anything: it has a public source, or the site's word.

        What a fictional institution carries stands for either. Room for new trials is never public.
        """
        if self.capability.startswith(f"{CAPACITY}/"):
            return False
        sourced = self.source_kind is SourceKind.PUBLIC_PAGE and bool(self.source_url or self.source_words)
        return self.confirmed or sourced or self.source_kind is SourceKind.DEMONSTRATION

    @property
    def values(self) -> tuple[str, ...]:
        """The codes in a value that lists several, parted by a vertical bar."""
        return tuple(self.value.split("|")) if self.value else ()

    @property
    def is_confirmed(self) -> bool:
        """Whether the site itself vouches for it."""
        return self.confirmed

    @property
    def speaks(self) -> bool:
        """Whether it says anything: that nothing was found is silence, a remark on what was found is not."""
        return self.state is not State.UNKNOWN or bool(self.note_en or self.note_ja or self.value)


@dataclass(frozen=True)
class Place:
    """Which site this is and where it stands; `region_order` is the region's position from north to south."""

    id: str
    code: str
    name_en: str
    name_ja: str
    kind: str
    prefecture: str
    region: str
    region_order: int = 0
    region_en: str | None = None
    region_ja: str | None = None
    prefecture_en: str | None = None
    prefecture_ja: str | None = None
    city_en: str | None = None
    city_ja: str | None = None
    demo: bool = False


@dataclass(frozen=True)
class Site:
    """A site and what is said of it: by capability, all that sources say of it now."""

    place: Place
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)

    def public(self) -> "Site":
        """Return the site as far as a sponsor may read it today."""
        return site_with(self.place, (fact for said in self.facts.values() for fact in said if fact.is_public))


@dataclass(frozen=True)
class Request:
    """What a trial asks of a site, in codes; None and empty mean that nobody said.

    `needs` must be met, `wishes` and the decentralised elements `dct` are preferred. `areas` are the
    therapeutic areas of the condition. Order and repetition in the lists say nothing.
    """

    first_in_human: str | None = None
    healthy_volunteers: str | None = None
    modality: str | None = None
    phase: str | None = None
    condition: str | None = None
    areas: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    dct: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Put every list into one order, so that equal requests are equal and are stored alike."""
        for name in ("areas", "needs", "wishes", "dct", "regions"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the vocabularies that the request names."""
        named = {self.modality, self.phase, self.condition, *self.areas, *self.regions}
        return frozenset(code for code in named if code)

    def said(self, name: str) -> tuple[str, ...]:
        """Return what the request says in a field: no, one or several codes."""
        value: str | tuple[str, ...] | None = getattr(self, name)
        if isinstance(value, tuple):
            return value
        return () if value is None else (value,)


def capacity_code(area: str, phase: str) -> str:
    """Return the name under which a site's room for new trials in an area and phase stands among its facts."""
    return f"{CAPACITY}/{area}/{phase}"


def site_with(place: Place, facts: Iterable[Fact]) -> Site:
    """Put a site together from all that sources say of it now; what says nothing and what is twice there is left out.

    Where several speak of one capability, what decides stands first.
    """
    by_code: dict[str, list[Fact]] = {}
    for fact in facts:
        said = by_code.setdefault(fact.capability, [])
        if fact.speaks and fact not in said:
            said.append(fact)
    return Site(place, {code: _weighed(said) for code, said in by_code.items() if said})


def _weighed(said: list[Fact]) -> tuple[Fact, ...]:
    """Put facts in order of what they decide, as `sites.rules.authority` weighs them; of equals, a yes first.

    The rest of the key only makes the order the same whatever came in.
    """
    return tuple(said) if len(said) == 1 else tuple(sorted(said, key=_authority))


def _authority(fact: Fact) -> tuple[tuple[int, ...], int, tuple[str, ...]]:
    weight = tuple(-int(part) for part in authority(fact, stale=fact.stale))
    favour = (State.YES, State.PARTLY, State.UNKNOWN, State.NO).index(fact.state)
    return weight, favour, tuple(map(str, astuple(fact)))
