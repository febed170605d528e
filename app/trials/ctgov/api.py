"""The ClinicalTrials.gov API v2 asked over HTTP; callers never see httpx.

What may pass is asked again, and Retry-After is honoured within the patience of whoever asks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import stamina

from app.trials.ctgov.errors import (
    NoSuchStudy,
    RegistryBusy,
    RegistryError,
    RegistryForbids,
    RegistryRejects,
    RegistrySlow,
    RegistryUnavailable,
    TooLarge,
)

TOO_MANY = 429
LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True)
class Patience:
    """How long one answer may take: tries, seconds for one try, and the longest wait between two."""

    tries: int = 3
    seconds: float = 10.0
    longest_wait: float = 10.0
    first_wait: float = 0.5


class TryAgain(Exception):
    """A try that failed with what may pass; carries the refusal and the wait that the registry asked for."""

    def __init__(self, refusal: RegistryError, wait: float | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.wait = wait


Turn = Callable[[], AbstractAsyncContextManager[None]]


class Api:
    """The registry, one question at a time; every try is made in a `turn` of its own, where there are turns."""

    def __init__(self, http: httpx.AsyncClient, patience: Patience, turn: Turn = nullcontext) -> None:
        self._http = http
        self._patience = patience
        self._turn = turn

    async def get(self, path: str, wanted: Mapping[str, str | int], *, largest: int = LARGEST_ANSWER) -> bytes:
        """Return the body of an answer of at most `largest` bytes. Raises every RegistryError."""
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
                    async with self._turn():
                        return await self._one_try(path, wanted, largest)
        except TryAgain as failed:
            raise failed.refusal from failed
        raise AssertionError("stamina ends with an answer or a refusal")

    def _wait_before_another(self, error: Exception) -> bool | float:
        """Say whether another try is worth it, or how many seconds the registry asked us to wait before it."""
        if not isinstance(error, TryAgain):
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait <= self._patience.longest_wait else False

    async def _one_try(self, path: str, wanted: Mapping[str, str | int], largest: int) -> bytes:
        try:
            async with asyncio.timeout(self._patience.seconds):
                async with self._http.stream("GET", path, params=dict(wanted)) as response:
                    _refuse_unless_answered(response)
                    return await _bounded(response, largest)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryAgain(RegistrySlow(path)) from error
        except httpx.TransportError as error:
            raise TryAgain(RegistryUnavailable(str(error))) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RegistryUnavailable(str(error)) from error


@asynccontextmanager
async def opened(base_url: str, patience: Patience, *, agent: str, turn: Turn = nullcontext) -> AsyncIterator[Api]:
    """Open the registry at its address (the setting CTGOV_URL) for a few questions; `agent` says who asks."""
    async with httpx.AsyncClient(
        base_url=f"{base_url.rstrip('/')}/",
        timeout=httpx.Timeout(patience.seconds, connect=min(5.0, patience.seconds)),
        # Alias numbers answer with a redirect to the study that took them in.
        follow_redirects=True,
        max_redirects=3,
        headers={"Accept": "application/json", "User-Agent": agent},
    ) as http:
        yield Api(http, patience, turn)


def _refuse_unless_answered(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.NOT_FOUND:
        raise NoSuchStudy(str(response.url))
    if status == TOO_MANY:
        wait = _asked_wait(response)
        raise TryAgain(RegistryBusy(wait=wait), wait)
    if response.is_server_error:
        raise TryAgain(RegistryUnavailable(f"HTTP {status}"), _asked_wait(response))
    if status == httpx.codes.FORBIDDEN:
        raise RegistryForbids(f"HTTP {status}")
    if status == httpx.codes.BAD_REQUEST:
        raise RegistryRejects(f"HTTP {status}")
    if not response.is_success:
        raise RegistryUnavailable(f"HTTP {status}")


async def _bounded(response: httpx.Response, largest: int) -> bytes:
    """Return the body, refusing one larger than expected before it is all in memory."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise TooLarge(f"more than {largest} bytes")
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
