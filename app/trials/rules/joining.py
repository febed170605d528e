"""Which records are one trial: those that bear or name the same number, and those that such records lead to."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

# A number that so many records name is a template's or a platform's, and says nothing of a single trial.
MOST_NAMING = 20

Thing = TypeVar("Thing")


def groups_of(named_by: Mapping[Any, Collection[Thing]]) -> list[list[Thing]]:
    """Return things in groups, each thing once: two are together where a chain of common numbers connects them.

    Order: as the things first appear.
    """
    leader: dict[Thing, Thing] = {}

    def lead_of(thing: Thing) -> Thing:
        while leader.setdefault(thing, thing) != thing:
            leader[thing] = leader[leader[thing]]
            thing = leader[thing]
        return thing

    for things in named_by.values():
        first, *others = map(lead_of, things)
        for other in others:
            leader[lead_of(other)] = lead_of(first)
    groups: dict[Thing, list[Thing]] = {}
    for thing in list(leader):
        groups.setdefault(lead_of(thing), []).append(thing)
    return list(groups.values())
