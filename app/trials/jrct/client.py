"""One question to jRCT over HTTP: callers never see httpx, and nothing here asks twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Literal

import httpx

from app.settings import Settings
from app.trials.jrct.errors import (
    LayoutChanged,
    NoSuchRecord,
    RegistryBusy,
    RegistryNotUnderstood,
    RegistrySlow,
    RegistryUnavailable,
)
from app.trials.rules.pages import is_registry_page, is_whole, missing_parts
from app.trials.rules.turns import asked_wait

Language = Literal["ja", "en"]
PATHS: dict[Language, str] = {"ja": "latest-detail", "en": "en-latest-detail"}
# A record of 300 hospitals is about 3 MB.
LARGEST_ANSWER = 16 * 1024 * 1024
BUSY = (429, 503)
GONE = (404, 410)


class Forbidden(Exception):
    """The registry refused us (403); whoever asked stops everybody."""


@dataclass(frozen=True)
class Known:
    """What the registry said of a page when it last gave it."""

    tag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Answer:
    """A page; `page` is None where it stands as it stood."""

    address: str
    page: str | None
    known: Known


def agent(settings: Settings) -> str:
    """Return who we are: the product, what it does, where it runs and whom to write to."""
    contact = parseaddr(settings.mail_from)[1]
    said = f"Madoguchi (one record at a person's request; +{settings.public_url}; {contact})"
    return said.encode("ascii", "ignore").decode()


class JrctPages:
    """The registry's pages, one question a call."""

    def __init__(self, http: httpx.AsyncClient, seconds: float) -> None:
        self._http = http
        self._seconds = seconds

    async def page(self, number: str, language: Language, known: Known) -> Answer:
        """Return the page of a number.

        Raises Forbidden, NoSuchRecord, RegistryBusy, RegistrySlow, RegistryUnavailable, RegistryNotUnderstood and
        LayoutChanged.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await self._asked(number, language, known)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RegistrySlow from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RegistryUnavailable(f"{type(error).__name__}: {error}") from error

    async def results(self, number: int) -> str:
        """Return a page of the list of all trials, newest publication first (facts: registries.md, A.2).

        Raises what `page` raises; which records it has is for others to read.
        """
        wanted = {
            "searched": "1",
            "page": str(number),
            "rec": "1,2,3,4,5",
            "free_op": "0",
            "dis_op": "0",
            "sort": "record_cert_date",
        }
        try:
            async with asyncio.timeout(self._seconds), self._http.stream("GET", "search", params=wanted) as response:
                _refuse_busy(response)
                text = _decoded(await _bounded(response))
                if not response.is_success:
                    raise RegistryUnavailable(f"HTTP {response.status_code}")
                if not is_whole(text):
                    raise RegistryUnavailable("the page breaks off")
                return text
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RegistrySlow from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RegistryUnavailable(f"{type(error).__name__}: {error}") from error

    async def _asked(self, number: str, language: Language, known: Known) -> Answer:
        said = {"If-None-Match": known.tag, "If-Modified-Since": known.last_modified}
        headers = {name: value for name, value in said.items() if value}
        async with self._http.stream("GET", f"{PATHS[language]}/{number}", headers=headers) as response:
            now_known = Known(response.headers.get("ETag"), response.headers.get("Last-Modified"))
            if response.status_code == httpx.codes.NOT_MODIFIED and headers:
                return Answer(str(response.url), None, now_known)
            _refuse_busy(response)
            text = _decoded(await _bounded(response))
            _refuse_failure(response, text, number)
            _refuse_other_pages(text, number, language)
            return Answer(str(response.url), text, now_known)


@asynccontextmanager
async def registry(settings: Settings, seconds: float) -> AsyncIterator[JrctPages]:
    """Open the registry at JRCT_URL; `seconds` bounds one question as a whole. Redirects are followed nowhere."""
    async with httpx.AsyncClient(
        base_url=f"{settings.jrct_url.rstrip('/')}/",
        timeout=httpx.Timeout(seconds, connect=min(10.0, seconds)),
        follow_redirects=False,
        headers={"Accept": "text/html", "Accept-Language": "ja", "User-Agent": agent(settings)},
    ) as http:
        yield JrctPages(http, seconds)


def _refuse_busy(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.FORBIDDEN:
        raise Forbidden
    if response.status_code in BUSY:
        raise RegistryBusy(asked_wait(response.headers.get("Retry-After"), now=datetime.now(UTC)))
    if response.is_redirect:
        raise RegistryUnavailable(f"sent on to {response.headers.get('Location', '')[:200]}")


def _refuse_failure(response: httpx.Response, text: str, number: str) -> None:
    """Tell an unknown number (500 under the registry's own name) from an outage (anything else that speaks for it)."""
    if response.status_code in GONE:
        raise NoSuchRecord(number=number)
    if response.status_code == httpx.codes.INTERNAL_SERVER_ERROR and is_registry_page(text):
        raise NoSuchRecord(number=number)
    if not response.is_success:
        raise RegistryUnavailable(f"HTTP {response.status_code}")


def _refuse_other_pages(text: str, number: str, language: Language) -> None:
    if not is_whole(text):
        raise RegistryUnavailable("the page breaks off")
    if "�" in text or "\0" in text:
        raise RegistryNotUnderstood("the page is not in the encoding that it names")
    if number.lower() not in text.lower():
        raise RegistryNotUnderstood("the page does not have the number that was asked for")
    if language == "ja" and (missing := missing_parts(text, number)):
        raise LayoutChanged(", ".join(missing))


async def _bounded(response: httpx.Response) -> bytes:
    """Return the body, refusing one larger than any record before it is all in memory."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise RegistryNotUnderstood(f"more than {LARGEST_ANSWER} bytes")
    return bytes(body)


def _decoded(body: bytes) -> str:
    """Return the text in UTF-8, which every page of jRCT is in; what is not becomes a replacement sign, and is refused."""
    return body.decode("utf-8-sig", "replace")
