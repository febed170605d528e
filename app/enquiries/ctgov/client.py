"""ClinicalTrials.gov asked for one study, in the few values that a draft takes over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from app.enquiries.ctgov.study import NotAStudy, Study, read_study
from app.trials.ctgov.api import LARGEST_ANSWER, Api, Patience, opened
from app.trials.ctgov.errors import (
    NoSuchStudy,
    RegistryBusy,
    RegistryError,
    RegistryNotUnderstood,
    RegistrySlow,
    RegistryUnavailable,
)

__all__ = [
    "LARGEST_ANSWER", "ClinicalTrialsGov", "NoSuchStudy", "Patience", "RegistryBusy", "RegistryError",
    "RegistryNotUnderstood", "RegistrySlow", "RegistryUnavailable", "registry",
]  # fmt: skip
# Results and documents of a study are left at the registry: what a draft takes over stands in these two sections.
SECTIONS = "ProtocolSection|DerivedSection"
AGENT = "Madoguchi (one record at a person's request)"


class ClinicalTrialsGov:
    """The registry, one study at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def study(self, number: str) -> Study:
        """Return the study of an NCT number, in a form the rules have already checked.

        Raises NoSuchStudy, RegistryBusy, RegistrySlow, RegistryUnavailable or RegistryNotUnderstood.
        """
        answer = await self._api.get(
            f"studies/{number}", {"format": "json", "fields": SECTIONS}, largest=LARGEST_ANSWER
        )
        return _study(answer, number)


@asynccontextmanager
async def registry(base_url: str, patience: Patience | None = None) -> AsyncIterator[ClinicalTrialsGov]:
    """Open the registry at its address (the setting CTGOV_URL) for a few readings."""
    async with opened(base_url, patience or Patience(), agent=AGENT) as api:
        yield ClinicalTrialsGov(api)


def _study(answer: bytes, number: str) -> Study:
    try:
        study = read_study(orjson.loads(answer))
    except (orjson.JSONDecodeError, NotAStudy) as error:
        raise RegistryNotUnderstood(str(error)) from error
    if number not in (study.number, *(study.aliases or ())):
        raise RegistryNotUnderstood(f"asked for {number}, answered with {study.number}")
    return study
