"""Keys of rows that come by the thousand: in the order of time, so that an index grows at its end alone."""

import os
from datetime import datetime
from uuid import UUID

_RANDOM = 74  # bits
_VERSION_AND_VARIANT = 7 << 76 | 2 << 62


def fresh_keys(count: int, now: datetime) -> list[UUID]:
    """Return so many new UUIDs of version 7 (RFC 9562, 5.7) in rising order: milliseconds since 1970, then chance.

    Random keys would touch every page of every index with each batch.
    """
    begins = int(now.timestamp() * 1000) << 80 | _VERSION_AND_VARIANT
    chances = sorted(int.from_bytes(os.urandom(10)) >> 80 - _RANDOM for _one in range(count))
    return [UUID(int=begins | chance >> 62 << 64 | chance & (1 << 62) - 1) for chance in chances]
