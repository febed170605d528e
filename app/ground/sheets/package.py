"""The archive that a workbook is: looked at from outside before anything in it is unpacked."""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import IO

from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile
from app.ground.sheets.xml import Listener, listen

MOST_MEMBERS = 2_000
# What 12 MB of upload may become. Excel's own files shrink to a tenth; coloured empty rows to a fiftieth.
MOST_UNPACKED = 160 * 1024 * 1024
MOST_RATIO = 120
# Below this size a ratio says nothing: a small part of zeros harms nobody.
SMALL = 8 * 1024 * 1024
ENCRYPTED_MEMBER = 0x1
MEMBER = b"PK\x01\x02"


@dataclass(frozen=True)
class SheetPart:
    """A sheet as the workbook lists it: its name, where its XML lies, and whether people see it."""

    name: str
    part: str
    visible: bool


class Package:
    """A workbook's archive. Raises UnreadableFile for what is no workbook, a bomb, encrypted or full of macros."""

    def __init__(self, data: bytes) -> None:
        # The list of members is read into memory as a whole: it is counted first.
        if data.count(MEMBER) > MOST_MEMBERS:
            raise UnreadableFile(errors.BOMB, most=MOST_UNPACKED // 1024**2)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, UnicodeError, OverflowError):
            raise UnreadableFile(errors.BROKEN) from None
        members = self._zip.infolist()
        self._members = {member.filename.replace("\\", "/").lstrip("/").lower(): member for member in members}
        _refuse_danger(members, self._members)
        self.book = self._main_part()

    def has(self, part: str) -> bool:
        """Say whether there is such a part; names differ in case only by mistake."""
        return part.lower() in self._members

    def read(self, part: str, listener: Listener) -> None:
        """Let the listener hear a part. Raises UnreadableFile where it is absent or damaged."""
        try:
            with self._zip.open(self._members[part.lower()]) as stream:
                listen(_Ending(stream), listener)  # type: ignore[arg-type]
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
            raise UnreadableFile(errors.BROKEN) from None

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to within the archive: id to the kind of relation and the part."""
        folder, name = posixpath.split(part)
        relations = _Relations(folder)
        beside = f"{folder}/_rels/{name}.rels".lstrip("/")
        if self.has(beside):
            self.read(beside, relations)
        return relations.found

    def _main_part(self) -> str:
        parts = [part for kind, part in self.related("").values() if kind == "officeDocument"]
        if not parts or not self.has(parts[0]) or not parts[0].lower().endswith(".xml"):
            raise UnreadableFile(errors.OTHER_ARCHIVE)
        return parts[0]


class _Ending:
    """A stream whose broken compression reads as a damaged archive."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except Exception as error:  # zlib.error and what damaged archives raise besides
            raise zipfile.BadZipFile(str(error)) from None


class _Relations(Listener):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Keep a relation to another part; what lies outside the archive is never followed."""
        if name == "Relationship" and about.get("TargetMode") != "External" and "Id" in about:
            target = posixpath.normpath(posixpath.join("/", self._folder, about.get("Target", "").replace("\\", "/")))
            self.found[about["Id"]] = (about.get("Type", "").rpartition("/")[2], target.lstrip("/"))


def _refuse_danger(members: list[zipfile.ZipInfo], by_name: dict[str, zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & ENCRYPTED_MEMBER for member in members):
        raise UnreadableFile(errors.ENCRYPTED)
    unpacked = sum(member.file_size for member in members)
    swollen = any(m.file_size > SMALL and m.file_size > MOST_RATIO * max(m.compress_size, 1) for m in members)
    if unpacked > MOST_UNPACKED or swollen:
        raise UnreadableFile(errors.BOMB, most=MOST_UNPACKED // 1024**2)
    # Two members of one name: what one program reads is not what the other shows.
    if len(by_name) < len(members):
        raise UnreadableFile(errors.BROKEN)
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise UnreadableFile(errors.BROKEN)
    if any("vbaproject" in name or "/macrosheets/" in name for name in by_name):
        raise UnreadableFile(errors.MACROS)
