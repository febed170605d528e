"""The beginning of a text that was refused, as it may be kept and shown: nobody's name, telephone or mail address."""

import json
import re
from collections.abc import Mapping
from typing import Any

# Whole parts of a study that name people, and columns of an ICTRP export that do.
_OF_PEOPLE = frozenset(
    {"contacts", "centralContacts", "overallOfficials", "responsibleParty", "pointOfContact", "contactsLocationsModule"}
)
_PART_OF_PEOPLE = re.compile("|".join(sorted(_OF_PEOPLE)))
_COLUMN_OF_PEOPLE = re.compile(r"contact|ethics|primarysponsor|secondarysponsor", re.IGNORECASE)


def shown_study(value: Any) -> str:
    """Return JSON without the parts that name people."""
    return json.dumps(_without_people(value), ensure_ascii=False, default=str)


def shown_broken(raw: bytes) -> str:
    """Return the beginning of JSON that breaks off, up to where it might name somebody."""
    return _PART_OF_PEOPLE.split(raw.decode("utf-8", "replace"), maxsplit=1)[0]


def _without_people(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_people(one) for name, one in value.items() if name not in _OF_PEOPLE}
    return [_without_people(one) for one in value] if isinstance(value, list) else value


def shown_fields(fields: Mapping[str, str]) -> str:
    """Return the columns of a trial of an ICTRP export, one a line, without those that may name people."""
    return "\n".join(f"{name}: {text}" for name, text in fields.items() if text and not _COLUMN_OF_PEOPLE.search(name))
