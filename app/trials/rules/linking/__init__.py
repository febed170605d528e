"""From the text of a facility, in either language, to an institution: `link(facility, index, decided) -> Linked`."""

from app.trials.rules.linking.index import Index
from app.trials.rules.linking.judging import link, named_in, remembered_as
from app.trials.rules.linking.shapes import BEARS, SENTENCES, SILENT, Facility, Home, Linked, Name, Why
from app.trials.rules.linking.telling import tells

__all__ = [
    "BEARS", "SENTENCES", "SILENT", "Facility", "Home", "Index", "Linked", "Name", "Why", "link", "named_in", "remembered_as", "tells",
]  # fmt: skip
