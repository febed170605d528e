"""The one interface of all sources: what has changed since a cursor, and one record by its number."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.ground.i18n import Message, Said
from app.trials.actions.arriving import Incoming, Refusal, incoming
from app.trials.models import Source
from app.trials.record import Record
from app.trials.turns import Transaction

__all__ = [
    "MISSING",
    "Arrived",
    "Cursor",
    "Entry",
    "Portion",
    "Registry",
    "Transaction",
    "Unlaid",
    "arrived",
]

# Where a run stands, in the source's own terms; plain JSON. `since` is the watermark that it began from.
Cursor = Mapping[str, Any]


# The finding by which readers say that a part is absent that every record of the source has.
MISSING = "missing_required"


@dataclass(frozen=True)
class Unlaid(Refusal):
    """A record that cannot be read because parts of it are not where they were; `missing` names them."""

    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrived:
    """A record ready to be loaded, and the parts that it is without."""

    incoming: Incoming
    missing: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """Its number in its one spelling."""
        return self.incoming.key[1]


def arrived(record: Record, place: Said | None = None) -> Arrived:
    """Return a record that a source gave, ready to be sifted and loaded."""
    missing = tuple(dict.fromkeys(one.item for one in record.findings if one.reason == MISSING))
    return Arrived(incoming(record, place), missing)


Entry = Arrived | Refusal


@dataclass(frozen=True)
class Portion:
    """What a source gave in one go, and where it stands after that.

    `passed` of `expected` entries (of a file: bytes) are behind it. `repeated` entries stood before in the same words.
    With `finished` the run is at its end, and the next one begins from `watermark`; `said` is worth telling.
    """

    cursor: Cursor
    entries: tuple[Entry, ...] = ()
    repeated: int = 0
    passed: int = 0
    expected: int | None = None
    finished: bool = False
    watermark: str | None = None
    said: Message | Said | None = None


class Registry(Protocol):
    """A source that can be asked. Both raise a RegistryRefusal where it gives nothing; no transaction is open then."""

    source: Source

    def changes(self, cursor: Cursor) -> AsyncGenerator[Portion, None]:
        """Yield what has changed, portion by portion, from a cursor on; a portion stored is never yielded again."""
        ...

    async def record(self, number: str, *, english: bool = False) -> Arrived:
        """Return one record by its number in its one spelling; `english`: with the page that a registry has apart."""
        ...
