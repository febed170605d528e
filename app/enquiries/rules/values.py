"""A stored value with where it came from, and how far an enquiry is from being submitted."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.enquiries.fields import BLOCKS, FIELDS, Block, Field


class Source(StrEnum):
    """Where a value came from."""

    TYPED = "typed"
    REGISTRY = "registry"


@dataclass(frozen=True)
class Value:
    """One value of an enquiry. `as_read`: what the registry says in its own words; `value` what we make of it.

    A value from a registry counts only when a person has confirmed it.
    """

    field: str
    value: Any
    source: Source
    as_read: Any = None
    source_ref: str | None = None
    read_at: datetime | None = None
    confirmed_at: datetime | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None

    @property
    def counts(self) -> bool:
        """Whether a person stands behind it."""
        return self.value is not None and (self.source is Source.TYPED or self.confirmed_at is not None)

    @property
    def waits(self) -> bool:
        """Whether it came from a registry and nobody has looked at it yet."""
        return self.source is Source.REGISTRY and self.confirmed_at is None


@dataclass(frozen=True)
class Standing:
    """How far something is: needed fields, those filled in, and values that wait for a person's word."""

    needed: int
    filled: int
    missing: tuple[str, ...]
    to_confirm: tuple[str, ...]
    started: bool

    @property
    def complete(self) -> bool:
        """Whether nothing that is needed is missing."""
        return not self.missing


def is_needed(field: Field, values: Mapping[str, Value]) -> bool:
    """Say whether an enquiry with these values cannot be submitted without the field."""
    if field.needed_if is None:
        return field.needed
    other, answer = field.needed_if
    return other in values and values[other].counts and values[other].value == answer


def standing(values: Mapping[str, Value], block: Block | None = None) -> Standing:
    """Say how far an enquiry, or one block of it, is."""
    fields = block.fields if block else tuple(FIELDS.values())
    needed = [field.code for field in fields if is_needed(field, values)]
    missing = tuple(code for code in needed if code not in values or not values[code].counts)
    waiting = tuple(field.code for field in fields if field.code in values and values[field.code].waits)
    started = any(field.code in values for field in fields)
    return Standing(len(needed), len(needed) - len(missing), missing, waiting, started)


def standings(values: Mapping[str, Value]) -> dict[str, Standing]:
    """Return block code to how far it is, in the order of the form."""
    return {block.code: standing(values, block) for block in BLOCKS}


def settled(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return field to value for everything that a person stands behind."""
    return {field: value.value for field, value in values.items() if value.counts}


def provisional(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return field to value with what still waits to be confirmed: for the preliminary picture, never for a count."""
    return {field: value.value for field, value in values.items() if value.value is not None}


def fingerprint(value: Any) -> str:
    """Return a short mark of a value: a form carries it to tell what its reader saw when it was opened."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
