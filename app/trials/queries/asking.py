"""What a reader asks of the search, as it stands in an address."""

import re
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from app.trials.models import Source
from app.trials.rules.searching.asking import LONGEST_QUERY
from app.trials.words import STATUSES

# What trials are chosen by; a code of any of these is a TrialChoice.
FACETS = (
    "status", "phase", "area", "modality", "prefecture", "institution", "year", "registry", "first_in_human",
    "decentralised",
)  # fmt: skip
FLAGS = frozenset(("first_in_human", "decentralised"))
RUNNING, YES = "running", "yes"
_YES = frozenset(("1", YES, "true", "on"))
_CODE = re.compile(r"[\w.-]{1,80}", re.ASCII)


@dataclass(frozen=True)
class Search:
    """What a reader asks for: words in either language or a number, and choices by code; "" is no choice.

    `status` is one of STATUSES, or "running" for those before their end; `year` is that of the registration; `within` ""
    everywhere or "head" (titles, conditions, keywords, interventions, numbers); `sort` "" by relevance where there are
    words and by date where there are none, or "newest".
    """

    q: str = ""
    status: str = ""
    phase: str = ""
    area: str = ""
    modality: str = ""
    prefecture: str = ""
    institution: str = ""
    year: str = ""
    registry: str = ""
    first_in_human: bool = False
    decentralised: bool = False
    within: str = ""
    sort: str = ""

    @classmethod
    def asked(cls, **typed: str) -> "Search":
        """Read what stands in an address; what is no choice of ours is no choice."""
        known = {one.name: typed.get(one.name, "").replace("\x00", "").strip() for one in fields(cls)}
        clean: dict[str, Any] = {name: value if _CODE.fullmatch(value) else "" for name, value in known.items()}
        clean |= {name: known[name].lower() in _YES for name in FLAGS}
        clean["q"] = " ".join(known["q"][:LONGEST_QUERY].split())
        allowed = {"status": {*STATUSES, RUNNING}, "registry": {*Source}, "within": {"head"}, "sort": {"newest"}}
        clean |= {name: known[name] if known[name] in values else "" for name, values in allowed.items()}
        return cls(**clean)

    def address(self, **changed: str) -> str:
        """Return the query string of this search, changed as said; empty choices are left out, others passed through."""
        here = {one.name: getattr(self, one.name) for one in fields(self)}
        said = {name: YES if value is True else value or "" for name, value in here.items()} | changed
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def choices(self) -> dict[str, str]:
        """The choices that are set, by field, as codes."""
        said = {name: getattr(self, name) for name in FACETS}
        return {name: YES if value is True else str(value) for name, value in said.items() if value}

    def without(self, name: str) -> "Search":
        """Return this search without one choice."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return Search(**said | {name: False if name in FLAGS else ""})
