"""Lists are read a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paging:
    """Which page of how many rows; numbers start at 1."""

    number: int = 1
    size: int = 50

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """One page of rows and how many there are in all."""

    rows: Sequence[Row]
    total: int
    paging: Paging

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.paging.size))

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1; 0 where there is none."""
        return self.paging.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.paging.offset + len(self.rows)
