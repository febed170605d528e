"""Reading the XML of a stranger: no DOCTYPE, no entities, no tree, and an end to it."""

from typing import IO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler  # the parser itself is the defused one

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile

CHUNK = 64 * 1024
# Excel's sheets have at most 1,048,576 rows, and people colour whole columns: as many empty rows are still read.
MOST_EVENTS = 4_000_000
# Between two events lies one tag, one comment or the like; expat reads a long one again with every chunk.
FARTHEST_EVENT = 16 * CHUNK


class Listener(ContentHandler):
    """Hears the elements of a part by their local names; what it does not override it lets pass."""

    def __init__(self) -> None:
        super().__init__()
        self.events = 0

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Hear that an element begins, with its attributes by their local names."""

    def said(self, text: str) -> None:
        """Hear text; what stands between two tags may come in several pieces."""

    def closed(self, name: str) -> None:
        """Hear that an element ends."""

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
        """Count and pass on; the name is SAX's."""
        self._count()
        about: dict[str, str] = dict(attrs.items())  # type: ignore[attr-defined]
        self.opened(_local(name), {_local(key): value for key, value in about.items()} if about else about)

    def characters(self, content: str) -> None:
        """Count and pass on."""
        self._count()
        self.said(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Pass on; the name is SAX's."""
        self.closed(_local(name))

    def _count(self) -> None:
        self.events += 1
        if self.events > MOST_EVENTS:
            raise UnreadableFile(errors.BROKEN)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def listen(stream: IO[bytes], listener: Listener) -> None:
    """Read a part to its end. Raises UnreadableFile for a DOCTYPE, for what is not XML, and for what never ends."""
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(listener)
    silent, heard = 0, 0
    try:
        while chunk := stream.read(CHUNK):
            parser.feed(chunk)
            silent = silent + len(chunk) if listener.events == heard else 0
            heard = listener.events
            if silent > FARTHEST_EVENT:
                raise UnreadableFile(errors.BROKEN)
        parser.close()
    except DefusedXmlException:
        raise UnreadableFile(errors.DECLARATIONS) from None
    except (SAXException, UnicodeError, LookupError):
        raise UnreadableFile(errors.BROKEN) from None
