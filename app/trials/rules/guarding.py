"""A source that is suddenly laid out in another way is noticed before its holes stand where good values stood.

Readers note every part that a record should have and has not (`missing_required`). A few records without one are
records without one; more than that among the latest is another layout.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

# More than so many of the latest records without a part that every record has: the source has changed. Of the 145 real
# studies and 25 real ICTRP records at hand, none is without one.
FEW = 5
LATEST = 200

Missing = dict[str, list[int]]


@dataclass(frozen=True)
class Watched:
    """Which of the latest records are without which part, by their position in the run; `gone`: in more than a few."""

    missing: Missing = field(default_factory=dict)
    gone: str | None = None


def watch(before: Mapping[str, list[int]], records: Iterable[Collection[str]], *, position: int) -> Watched:
    """Return how it stands after some more records, of which each is told by the parts that it is without.

    `position` counts the records of the run before these. Stops at the first part that is gone.
    """
    missing, place = {item: list(places) for item, places in before.items()}, position
    for place, items in enumerate(records, position):
        for item in items:
            latest = [one for one in missing.get(item, []) if one > place - LATEST]
            missing[item] = [*latest, place]
            if len(missing[item]) > FEW:
                return Watched(missing, item)
    # Only what still counts is remembered.
    kept = {item: [one for one in places if one > place - LATEST] for item, places in missing.items()}
    return Watched({item: places for item, places in kept.items() if places})


def holes(arriving: Collection[str], stored: Collection[str]) -> tuple[str, ...]:
    """Return the parts that a record is without and that the stored version of it has: writing it would leave a hole."""
    return tuple(sorted(set(arriving) - set(stored)))
