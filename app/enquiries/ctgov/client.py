"""ClinicalTrials.gov asked for one study over HTTP; callers never see httpx.

RegistryError
├── NoSuchStudy            the registry knows no study of this number
├── RegistryBusy           it asked us to come back later (429), and for longer than we wait
├── RegistryUnavailable    it cannot be reached, or says that it is broken
│   └── RegistrySlow       it did not answer in time
└── RegistryNotUnderstood  what it said is not a study that we can read
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar

import httpx
import orjson
import stamina

from app.enquiries.ctgov.study import NotAStudy, Study, read_study

# Results and documents of a study are left at the registry: what a draft takes over stands in these two sections.
SECTIONS = "ProtocolSection|DerivedSection"
TOO_MANY = 429
LARGEST_ANSWER = 32 * 1024 * 1024


class RegistryError(Exception):
    """The registry gave no study; `code` is kept with the reading and said in the reader's language."""

    code: ClassVar[str]


class NoSuchStudy(RegistryError):
    """The registry knows no study of this number."""

    code = "no_such_study"


class RegistryBusy(RegistryError):
    """The registry asks us to come back later."""

    code = "busy"


class RegistryUnavailable(RegistryError):
    """The registry cannot be reached, or says that it is broken."""

    code = "unavailable"


class RegistrySlow(RegistryUnavailable):
    """The registry did not answer in time."""

    code = "slow"


class RegistryNotUnderstood(RegistryError):
    """The registry answered with something that is not a study."""

    code = "not_understood"


@dataclass(frozen=True)
class Patience:
    """How long one reading may take: tries, seconds for one try, and the longest wait between two."""

    tries: int = 3
    seconds: float = 10.0
    longest_wait: float = 10.0
    first_wait: float = 0.5


class _TryAgain(Exception):
    """A try that failed with what may pass; carries the refusal and the wait that the registry asked for."""

    def __init__(self, refusal: RegistryError, wait: float | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.wait = wait


class ClinicalTrialsGov:
    """The registry, one study at a time; retries what may pass and honours Retry-After within its patience."""

    def __init__(self, http: httpx.AsyncClient, patience: Patience | None = None) -> None:
        self._http = http
        self._patience = patience or Patience()

    async def study(self, number: str) -> Study:
        """Return the study of an NCT number, in a form the rules have already checked.

        Raises NoSuchStudy, RegistryBusy, RegistrySlow, RegistryUnavailable or RegistryNotUnderstood.
        """
        patience = self._patience
        tries = stamina.retry_context(
            on=self._wait_before_another,
            attempts=patience.tries,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.first_wait,
        )
        try:
            async for attempt in tries:
                with attempt:
                    answer = await self._one_try(number)
        except _TryAgain as failed:
            raise failed.refusal from failed
        return _study(answer, number)

    def _wait_before_another(self, error: Exception) -> bool | float:
        """Say whether another try is worth it, or how many seconds the registry asked us to wait before it."""
        if not isinstance(error, _TryAgain):
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait <= self._patience.longest_wait else False

    async def _one_try(self, number: str) -> bytes:
        try:
            async with asyncio.timeout(self._patience.seconds):
                return await self._asked(number)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _TryAgain(RegistrySlow(number)) from error
        except httpx.TransportError as error:
            raise _TryAgain(RegistryUnavailable(str(error))) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RegistryUnavailable(str(error)) from error

    async def _asked(self, number: str) -> bytes:
        wanted = {"format": "json", "fields": SECTIONS}
        async with self._http.stream("GET", f"studies/{number}", params=wanted) as response:
            _refuse_unless_answered(response)
            return await _bounded(response)


@asynccontextmanager
async def registry(base_url: str, patience: Patience | None = None) -> AsyncIterator[ClinicalTrialsGov]:
    """Open the registry at its address (the setting CTGOV_URL) for a few readings."""
    limits = patience or Patience()
    async with httpx.AsyncClient(
        base_url=f"{base_url.rstrip('/')}/",
        timeout=httpx.Timeout(limits.seconds, connect=min(5.0, limits.seconds)),
        # Alias numbers answer with a redirect to the study that took them in.
        follow_redirects=True,
        max_redirects=3,
        headers={"Accept": "application/json", "User-Agent": "Madoguchi (one record at a person's request)"},
    ) as http:
        yield ClinicalTrialsGov(http, limits)


def _refuse_unless_answered(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.NOT_FOUND:
        raise NoSuchStudy(str(response.url))
    if response.status_code == TOO_MANY:
        raise _TryAgain(RegistryBusy(), _asked_wait(response))
    if response.is_server_error:
        raise _TryAgain(RegistryUnavailable(f"HTTP {response.status_code}"), _asked_wait(response))
    if not response.is_success:
        raise RegistryUnavailable(f"HTTP {response.status_code}")


async def _bounded(response: httpx.Response) -> bytes:
    """Return the body, refusing one larger than any study before it is all in memory."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise RegistryNotUnderstood(f"more than {LARGEST_ANSWER} bytes")
    return bytes(body)


def _asked_wait(response: httpx.Response) -> float | None:
    """Return the seconds of Retry-After (RFC 9110, 10.2.3: seconds or a date), None where it says nothing usable."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _study(answer: bytes, number: str) -> Study:
    try:
        study = read_study(orjson.loads(answer))
    except (orjson.JSONDecodeError, NotAStudy) as error:
        raise RegistryNotUnderstood(str(error)) from error
    if number not in (study.number, *(study.aliases or ())):
        raise RegistryNotUnderstood(f"asked for {number}, answered with {study.number}")
    return study
