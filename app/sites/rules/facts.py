"""A fact has a state, a source, a date and a standing; unknown is never "no", and nobody's word is not confirmation."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from app.ground.i18n import Message, _


class InstitutionKind(StrEnum):
    """What an institution is; only the first three are counted as institutions, networks and partners never are.

    PARTNER is a hospital beside the programme. The three kinds after it take part in decentralised trials through
    the hubs that name them (パートナー医療機関, 訪問看護ステーション, サテライト施設).
    """

    CORE_HOSPITAL = "core_hospital"
    NATIONAL_CENTRE = "national_centre"
    JIHS = "jihs"
    NETWORK = "network"
    PARTNER = "partner"
    PARTNER_CLINIC = "partner_clinic"
    NURSE_STATION = "nurse_station"
    SATELLITE = "satellite"
    FICTIONAL = "fictional"

    @property
    def label(self) -> Message:
        """The kind in the reader's words."""
        return _KINDS[self]

    @property
    def is_counted(self) -> bool:
        """Whether the directory counts it as an institution and sets it on the map."""
        return self not in {InstitutionKind.NETWORK, InstitutionKind.PARTNER} and not self.is_of_a_hub

    @property
    def is_of_a_hub(self) -> bool:
        """Whether it takes part in trials through a hub that names it as its partner."""
        return self in PARTNER_KINDS

    @property
    def runs_trials(self) -> bool:
        """Whether a trial can be placed there: not at a network, whose members are the sites, nor at a hub's partner."""
        return self is not InstitutionKind.NETWORK and not self.is_of_a_hub


PARTNER_KINDS = (InstitutionKind.PARTNER_CLINIC, InstitutionKind.NURSE_STATION, InstitutionKind.SATELLITE)
SITE_KINDS = tuple(kind for kind in InstitutionKind if kind.runs_trials)
_KINDS = {
    InstitutionKind.CORE_HOSPITAL: _("Clinical research core hospital"),
    InstitutionKind.NATIONAL_CENTRE: _("National centre"),
    InstitutionKind.JIHS: _("JIHS"),
    InstitutionKind.NETWORK: _("Network"),
    InstitutionKind.PARTNER: _("Partner"),
    InstitutionKind.PARTNER_CLINIC: _("Partner clinic"),
    InstitutionKind.NURSE_STATION: _("Visiting-nurse station"),
    InstitutionKind.SATELLITE: _("Satellite site"),
    InstitutionKind.FICTIONAL: _("Fictional institution"),
}


class FactState(StrEnum):
    """What is known of a capability."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Message:
        """The state in the reader's words."""
        return _FACT_STATES[self]


_FACT_STATES = {
    FactState.YES: _("Available"),
    FactState.PARTLY: _("Partly available"),
    FactState.NO: _("Not available"),
    FactState.UNKNOWN: _("No information"),
}


class SourceKind(StrEnum):
    """Who says it: a public page, the institution itself, a hub that names it as its partner, or the demonstration.

    What a hub states of its partner is the hub's word: public, and never the partner's own confirmation.
    """

    PUBLIC_PAGE = "public_page"
    SITE = "site"
    HUB = "hub"
    DEMONSTRATION = "demonstration"


class Dated(StrEnum):
    """How exact an as-of date is. READ: the source names no date, so it is the day on which it was read."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    FISCAL_YEAR = "fiscal_year"
    READ = "read"


# Who may supersede one another: what the institution itself says, be it in a demonstration.
OWN_WORD = frozenset({SourceKind.SITE, SourceKind.DEMONSTRATION})


@dataclass(frozen=True)
class Standing:
    """How a fact stands today: whether the institution vouches for it, and whether it is due again."""

    confirmed: bool
    months: int
    stale: bool


class Sayable(Protocol):
    """What `authority` needs to know of a fact."""

    @property
    def as_of(self) -> date | None:
        """The day of which the source speaks."""

    @property
    def is_confirmed(self) -> bool:
        """Whether the institution vouches for it."""

    @property
    def speaks(self) -> bool:
        """Whether it says anything: that nothing was found is silence, a remark on what was found is not."""


F = TypeVar("F", bound=Sayable)


def months_since(day: date, today: date) -> int:
    """Count the whole months from a day to today; 0 where the day lies ahead."""
    months = (today.year - day.year) * 12 + today.month - day.month
    return max(0, months - (today.day < day.day))


def last_stale_day(today: date, stale_after_months: int) -> date:
    """Return the last day whose statements are stale today: `months_since` of it reaches the period."""
    months = today.year * 12 + today.month - 1 - stale_after_months
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def due_again(day: date, stale_after_months: int) -> date:
    """Return the first day on which what was said on a day is stale: `months_since` of it reaches the period."""
    year, month = divmod(day.year * 12 + day.month - 1 + stale_after_months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, day.day) if day.day <= last else date(year, month + 1, last) + timedelta(days=1)


def standing(as_of: date, confirmed_on: date | None, *, stale_after_months: int | None, today: date) -> Standing:
    """Say how a fact stands today.

    Its age counts in whole months from the day on which the institution confirmed it, else from the day of
    which its source speaks; from `stale_after_months` on (a period per capability) it is stale: 要更新. A
    capability without a period, such as a legal status, does not go stale.
    """
    months = months_since(confirmed_on or as_of, today)
    stale = stale_after_months is not None and months >= stale_after_months
    return Standing(confirmed=confirmed_on is not None, months=months, stale=stale)


def authority(fact: Sayable, *, stale: bool) -> tuple[bool, bool, int, bool]:
    """Return the key by which the facts on one capability are weighed; the greatest counts.

    What says anything comes before silence; the institution's own word while it is fresh before any other; then
    the newer; then the confirmed one. Where sources disagree all of them are kept: this only says which is believed.
    """
    day = fact.as_of or date.min
    return fact.speaks, fact.is_confirmed and not stale, day.toordinal(), fact.is_confirmed


def counting(facts: Iterable[F], is_stale: Callable[[F], bool]) -> F | None:
    """Return the fact that counts among those about one capability, by `authority`; None where there is none."""
    return max(facts, key=lambda fact: authority(fact, stale=is_stale(fact)), default=None)


# The parts of a profile, and the groups of the capability vocabulary in each.
SECTIONS: dict[str, tuple[str, ...]] = {
    "overview": ("status", "general"),
    "capabilities": ("fih", "modality", "dct"),
    "review": ("review", "english", "contract"),
    "networks": ("networks", "coordination"),
    "led_trials": ("led_trials",),
}
# What an institution is and has led is said by ministries and registers, and room for new trials has rows of its own:
# none of it is a fact that a hospital states of itself.
NOT_STATED_BY_SITES = frozenset({"status", "led_trials", "capacity"})
# What every profile shows, known or not: a sponsor asks for these first.
ALWAYS_SHOWN = frozenset(
    {
        "site.research_unit",
        "site.beds_total",
        "fih.unit",
        "fih.beds",
        "ct.cpc",
        "ri.handling",
        "imp.gmp_manufacture",
        "dct.trials_run",
        "irb.single_review",
        "crb.certified",
        "en.protocol_ib_irb",
    }
)
# What the profile of a hub's partner shows, known or not: what it can do in a decentralised trial.
ALWAYS_SHOWN_OF_PARTNERS = frozenset(
    {"dct.econsent", "dct.telemedicine", "dct.home_nursing", "dct.dtp_ip", "dct.epro", "dct.wearable"}
)
