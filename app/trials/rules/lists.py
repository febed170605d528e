"""Lists in the order of the source, each thing once."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def once(things: Iterable[Thing], key: Callable[[Thing], Hashable]) -> tuple[Thing, ...]:
    """Return the things in their order, of those with the same key the first."""
    first: dict[Hashable, Thing] = {}
    for thing in things:
        first.setdefault(key(thing), thing)
    return tuple(first.values())
