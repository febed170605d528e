"""From the text of a facility, in either language, to an institution: `link(facility, index, decided) -> Linked`."""

from app.trials.rules.linking.index import Index
from app.trials.rules.linking.judging import link, remembered_as
from app.trials.rules.linking.shapes import BEARS, SENTENCES, Facility, Home, Linked, Name, Why

__all__ = ["BEARS", "SENTENCES", "Facility", "Home", "Index", "Linked", "Name", "Why", "link", "remembered_as"]
