"""Records as JSON and back, and the digest by which a changed record is known from an unchanged one."""

import hashlib
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from app.trials.record import Record


def as_json(record: Record) -> bytes:
    """Return a record as one line of JSON; keys always stand in the order of the record model."""
    return orjson.dumps(record)


def digest(record: Record) -> str:
    """Return 64 hexadecimal digits that change with anything the source states, and with nothing else.

    What we found wrong (`findings`) is ours and does not count; neither does the order of keys in a source, for keys
    are written in the order of the record model.
    """
    return digest_of(record, as_json(record))


def digest_of(record: Record, content: bytes) -> str:
    """Return the digest of a record whose JSON is at hand."""
    said = as_json(replace(record, findings=())) if record.findings else content
    return hashlib.sha256(said).hexdigest()


def record_from(content: bytes | str | dict[str, Any]) -> Record:
    """Return the record that `as_json` wrote. Raises TypeError or KeyError for JSON of another shape."""
    said = content if isinstance(content, dict) else orjson.loads(content)
    read: Record = _read(Record, said)
    return read


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], one) for name, one in value.items()})
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
