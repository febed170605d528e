"""Files of JSON objects in little memory: one object, a list, a page of an API, or JSON lines, each with its place."""

import codecs
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

import orjson

from app.ground.i18n import Said, _, say
from app.trials.reading.found import Unreadable

# One object beyond this is no record of a registry (the largest real one, with results, is about 10 MB).
LONGEST_OBJECT = 32 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 1024 * 1024
_SPACE = " \t\r\n"
_NOT_JSON = _("This is not JSON: reading stopped at character %(position)s.")


@dataclass(frozen=True)
class Value:
    """One value of a file, or what is wrong at its place; `place` is None where the whole file is meant."""

    place: Said | None
    value: Any = None
    problem: Unreadable | None = None
    raw: bytes = b""


def values_in(file: IO[bytes]) -> Iterator[Value]:
    """Yield what a file holds, in its order: JSON lines, a list, {"studies": […]}, or one object.

    Reads as it goes: a file of any size takes the memory of one object. A line that is no JSON does not hide the
    others; a list that breaks off is read up to there. Never raises for what the file says.
    """
    beginning = file.read(len(BYTE_ORDER_MARK))
    start = len(BYTE_ORDER_MARK) if beginning == BYTE_ORDER_MARK else 0
    file.seek(start)
    lined = _has_lines(file, start)
    file.seek(start)
    if lined is None:
        yield Value(None, problem=Unreadable(_("The file is empty.")))
    elif lined:
        yield from _lines(file)
    else:
        yield from _Document(file).values()


def _has_lines(file: IO[bytes], start: int) -> bool | None:
    """Say whether each line is an object of its own, judged by the first two with text; None where there is no text."""
    first, place = _next_line(file, start)
    if not first:
        return None
    second, _place = _next_line(file, place + 1)
    if second.startswith(b"{"):
        return not first.startswith(b"[") and not first.endswith((b"[", b","))
    if not second or not first.startswith(b"{"):
        return False
    file.seek(start)
    return _is_object(file)


def _next_line(file: IO[bytes], start: int) -> tuple[bytes, int]:
    """Return both ends of the next line with text, without gathering what lies between, and where it ends."""
    file.seek(start)
    line, place = b"", start
    while piece := file.readline(_CHUNK):
        place += len(piece)
        # The first and the last signs of a line of any length.
        line = (line + piece) if len(line) < 64 else line[:64] + piece[-64:]
        if piece.endswith(b"\n") and line.strip():
            break
        line = line.lstrip()
    return line.strip(), place - 1


def _is_object(file: IO[bytes]) -> bool:
    """Say whether the first line with text is a whole object."""
    while line := file.readline(LONGEST_OBJECT):
        if line.strip():
            try:
                return isinstance(orjson.loads(line), dict)
            except orjson.JSONDecodeError:
                return False
    return False


def _lines(file: IO[bytes]) -> Iterator[Value]:
    number = 0
    while line := file.readline(LONGEST_OBJECT):
        number += 1
        if not line.strip():
            continue
        place = say(_("line %(number)s"), number=number)
        try:
            yield Value(place, orjson.loads(line.rstrip(b"\n")), raw=line)
        except orjson.JSONDecodeError as error:
            yield Value(place, problem=Unreadable(_NOT_JSON, position=error.pos + 1), raw=line)


class _Stopped(Exception):
    """Reading cannot go on; `position` counts characters of the whole file from 0."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _no_constant(_word: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


class _Document:
    """One JSON document, decoded value by value from a window that moves over the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")("strict")
        self._json = json.JSONDecoder(parse_constant=_no_constant)
        self._window = ""
        self._here = 0
        self._before = 0  # characters of the file that have left the window
        self._ended = False

    def values(self) -> Iterator[Value]:
        """Yield each value of the list or page, or the one value that the document is."""
        found = False
        try:
            listed = self._open_list()
            if not listed:
                yield Value(None, self._value())
                self._end()
                return
            for number, value in enumerate(self._elements(), 1):
                found = True
                yield Value(say(_("study %(number)s"), number=number), value)
        except _Stopped as stopped:
            raw = self._window[self._here : self._here + 2000].encode("utf-8", "replace")
            yield Value(None, problem=Unreadable(_NOT_JSON, position=stopped.position + 1), raw=raw)
            return
        if not found:
            yield Value(None, problem=Unreadable(_("The file holds no study.")))

    def _open_list(self) -> bool:
        """Go to the first element of the list, or of "studies"; False where the document is one object or value."""
        first = self._look()
        if first == "[":
            self._here += 1
            return True
        if first != "{":
            return False
        opened = self._here
        self._here += 1
        while self._look() == '"':
            name = self._value()
            self._take(":")
            if name == "studies" and self._look() == "[":
                self._here += 1
                return True
            if name == "protocolSection":
                break
            self._value(keep=opened)
            if self._look() != ",":
                break
            self._here += 1
        self._here = opened
        return False

    def _elements(self) -> Iterator[Any]:
        if self._look() == "]":
            return
        while True:
            yield self._value()
            sign = self._look()
            if sign not in ("]", ","):
                raise _Stopped(self._before + self._here)
            self._here += 1
            if sign == "]":
                return
            self._forget()

    def _value(self, keep: int | None = None) -> Any:
        """Decode the value that begins here, reading on while it may only be cut by the window."""
        self._look()
        while True:
            try:
                value, self._here = self._json.raw_decode(self._window, self._here)
            except (json.JSONDecodeError, ValueError, RecursionError) as error:
                position = error.pos if isinstance(error, json.JSONDecodeError) else self._here
                length = len(self._window) - self._here
                whole = not isinstance(error, json.JSONDecodeError) or length > LONGEST_OBJECT
                if whole or not self._read():
                    raise _Stopped(self._before + position) from None
            else:
                return value

    def _look(self) -> str:
        """Return the next sign that is no space, "" at the end."""
        while True:
            while self._here < len(self._window) and self._window[self._here] in _SPACE:
                self._here += 1
            if self._here < len(self._window) or not self._read():
                return self._window[self._here : self._here + 1]

    def _take(self, sign: str) -> None:
        if self._look() != sign:
            raise _Stopped(self._before + self._here)
        self._here += 1

    def _end(self) -> None:
        if self._look():
            raise _Stopped(self._before + self._here)

    def _forget(self) -> None:
        if self._here > _CHUNK // 4:
            self._before += self._here
            self._window = self._window[self._here :]
            self._here = 0

    def _read(self) -> bool:
        """Add a chunk to the window, False at the end of the file or of what is UTF-8 in it."""
        if self._ended:
            return False
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        try:
            self._window += self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # What comes before the first byte that is not UTF-8 is still read; there the document ends.
            good = error.object[: error.start].decode("utf-8")
            self._window += good
            self._ended = True
            return bool(good)
        return bool(chunk)


def from_bytes(content: bytes) -> Iterator[Value]:
    """Yield what these bytes hold, as `values_in` does."""
    return values_in(io.BytesIO(content))
