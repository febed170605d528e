"""Ways in which ClinicalTrials.gov gives no answer; `code` is kept and said in the reader's language.

RegistryError
├── NoSuchStudy            the registry knows no study of this number
├── RegistryBusy           it asked us to come back later (429), and for longer than we wait
├── RegistryUnavailable    it cannot be reached, or says that it is broken
│   ├── RegistrySlow       it did not answer in time
│   ├── RegistryForbids    it refuses us (403)
│   └── RegistryRejects    it does not take the question (400): a page token that is too old
└── RegistryNotUnderstood  what it said is not a study that we can read
    └── TooLarge           more than we take in one answer
"""

from typing import ClassVar


class RegistryError(Exception):
    """The registry gave no study; `code` is kept with the reading and said in the reader's language."""

    code: ClassVar[str]


class NoSuchStudy(RegistryError):
    """The registry knows no study of this number."""

    code = "no_such_study"


class RegistryBusy(RegistryError):
    """The registry asks us to come back later; `wait` says in how many seconds, where it said so."""

    code = "busy"

    def __init__(self, because: str = "", wait: float | None = None) -> None:
        super().__init__(because)
        self.wait = wait


class RegistryUnavailable(RegistryError):
    """The registry cannot be reached, or says that it is broken."""

    code = "unavailable"


class RegistrySlow(RegistryUnavailable):
    """The registry did not answer in time."""

    code = "slow"


class RegistryForbids(RegistryUnavailable):
    """The registry refuses us."""


class RegistryRejects(RegistryUnavailable):
    """The registry does not take the question as it is."""


class RegistryNotUnderstood(RegistryError):
    """The registry answered with something that is not a study."""

    code = "not_understood"


class TooLarge(RegistryNotUnderstood):
    """The answer is larger than what we take."""
