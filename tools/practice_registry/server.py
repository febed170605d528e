"""The practice registry over HTTP: notes when it was asked, and misbehaves when a test tells it to.

There is no address by which it could be told to misbehave: whoever reaches it over HTTP gets plain answers.
"""

import hashlib
import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tools.practice_registry import pages, studies
from tools.practice_registry.records import Json, all_records

ROWS = 50  # of one page of a result list
API = "/api/v2"


@dataclass(frozen=True)
class Mood:
    """How requests are answered. `slow`: seconds before the answer; `drip`: between its pieces of 1 kB.

    `status` with `retry_after` and `body` instead of the page; `location`: a redirect; `blocks_after`: 403 from the
    request after so many; `cut_off`: half of the body and then the end; `hang_up`: no answer at all; `layout`: "ids" or
    "labels" are named differently; `encoding`: what the bytes are in, while the page says UTF-8; `padding`: so many bytes
    more. Of a study of the API, `layout` is the path of a part that is gone.
    """

    slow: float = 0.0
    drip: float = 0.0
    status: int | None = None
    retry_after: str | None = None
    location: str | None = None
    body: str | None = None
    blocks_after: int | None = None
    cut_off: bool = False
    hang_up: bool = False
    layout: str | None = None
    encoding: str = "utf-8"
    padding: int = 0


@dataclass
class Asked:
    """One request: its path, who asked, and the seconds at which it came and was answered, on one clock."""

    path: str
    agent: str
    came: float
    went: float = 0.0


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that has given up, as a test of patience wants it to."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class PracticeRegistry:
    """The service on a port of this machine, any free one unless told."""

    def __init__(
        self, port: int = 0, *, rows: int = ROWS, more: int = 0, largest: int = studies.LARGEST_PAGE, beyond: str = ""
    ) -> None:
        self.records = all_records()
        # What its list shows; a test may let it show what is not there.
        self.listed: dict[str, Json] | None = None
        self.rows = rows
        # The other registry: its studies (`more` beside those of the records), the moment of its data, its largest page,
        # and the generation of its page tokens: a test that raises it makes every token expire.
        self.studies = studies.all_studies(self.records, more)
        self.stamp = "2026-11-20T09:00:05"
        self.largest = largest
        self.generation = 1
        # Where it sends whoever asks for one study that is not fictional; "": there is none.
        self.beyond = beyond
        self.asked: list[Asked] = []
        self.mood = Mood()
        # A test may do something at the moment at which a request comes, before it is answered.
        self.on_asked: Callable[[str], object] = lambda path: None
        self._next: deque[Mood] = deque()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give as JRCT_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api_url(self) -> str:
        """The address to give as CTGOV_URL."""
        return f"{self.url}{API}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Answer until the process is told to stop."""
        self._server.serve_forever()

    def next_moods(self, *moods: Mood) -> None:
        """Answer the next requests in these moods, one each, before `mood` holds again."""
        self._next.extend(moods)

    def calm_down(self) -> None:
        """Answer plainly from now on."""
        self._next.clear()
        self.mood = Mood()

    def take_mood(self) -> Mood:
        """Return the mood for the request that has just come."""
        mood = self._next.popleft() if self._next else self.mood
        if mood.blocks_after is not None and len(self.asked) > mood.blocks_after:
            return Mood(status=403, body="Forbidden")
        return mood

    def page(self, target: str) -> tuple[int, str]:
        """Return the status and the page at an address; everything that is not there is a 500, as at jRCT."""
        parts = urlsplit(target)
        found = re.fullmatch(r"/(en-)?latest-detail/([^/]+)", unquote(parts.path))
        if found and (record := self.records.get(found[2].lower())):
            return 200, pages.detail(record, "en" if found[1] else "ja")
        if parts.path == "/search":
            return 200, self._results(dict(parse_qsl(parts.query)))
        if parts.path in ("/agreement", "/terms"):
            return 200, pages.agreement()
        return 500, pages.error()

    def answer(self, target: str, layout: str | None) -> tuple[int, str]:
        """Return the status and the JSON of the API at an address; of a redirect, the address that it leads to."""
        parts = urlsplit(target)
        path = parts.path.removeprefix(API)
        if path == "/version":
            return 200, _json({"apiVersion": "2.0.5", "dataTimestamp": self.stamp})
        if path == "/studies":
            try:
                given = studies.page(self.studies, parts.query, largest=self.largest, generation=self.generation)
            except studies.Rejected as problem:
                return 400, str(problem)
            if layout:
                given["studies"] = [studies.without(study, layout) for study in given["studies"]]
            return 200, _json(given)
        number = path.removeprefix("/studies/").upper()
        if study := self.studies.get(number) or studies.EXAMPLES.get(number):
            return 200, _json(study)
        if self.beyond and re.fullmatch(r"NCT(?!9999)\d{8}", number):
            return 302, f"{self.beyond}/studies/{number}?{parts.query}"
        return 404, "NCT number not found"

    def _results(self, query: dict[str, str]) -> str:
        language = "en" if query.get("language") == "en" else "ja"
        number = query.get("page", "1")
        page = int(number) if number.isdecimal() and 0 < len(number) < 6 else 1
        shown = self.records if self.listed is None else self.listed
        found = [record for record in shown.values() if _matches(record, query)]
        return pages.results(found, language, query, page=max(1, page), rows=self.rows)


def _matches(record: Json, query: dict[str, str]) -> bool:
    wanted = query.get("free", "").lower()
    words = " ".join(
        (record["number"], record["title"].ja, record["title"].en, record["condition"].ja, record["condition"].en)
    )
    kinds = {"3": "企業治験", "7": "医師主導治験"}
    return (
        wanted in words.lower()
        and str(record["status_code"]) in query.get("rec", "1,2,3,4,5").split(",")
        and record["kind"] == kinds.get(query.get("spec", ""), record["kind"])
    )  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _answer(registry: PracticeRegistry, mood: Mood, target: str, known: str | None) -> _Answer:
    ours = urlsplit(target).path.startswith(API)
    status, text = registry.answer(target, mood.layout) if ours else registry.page(target)
    if mood.status is not None:
        headers = {"Retry-After": mood.retry_after} if mood.retry_after else {}
        return _Answer(mood.status, (mood.body or pages.error()).encode(), headers)
    if mood.location is not None:
        return _Answer(302, headers={"Location": mood.location})
    if ours and status == 302:
        return _Answer(302, headers={"Location": text})
    if ours:
        return _Answer(status, (mood.body or text).encode() + b" " * mood.padding, {"Content-Type": "application/json"})
    body = _laid_out_anew(mood.body or text, mood.layout).encode(mood.encoding, "replace") + b" " * mood.padding
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if known == tag:
        return _Answer(304, headers={"ETag": tag})
    return _Answer(status, body, {"ETag": tag} if status == 200 else {})


def _laid_out_anew(page: str, layout: str | None) -> str:
    if layout == "ids":
        return page.replace("area-toggle-", "section-")
    if layout == "labels":
        return (
            page.replace("臨床研究実施計画番号", "登録ID")
            .replace("jRCT番号", "登録ID")
            .replace("所属機関（実施医療機関）", "施設")
        )
    return page


def _handler(registry: PracticeRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "PracticeRegistry"

        def do_GET(self) -> None:
            asked = Asked(self.path, self.headers.get("User-Agent", ""), time.monotonic())
            registry.asked.append(asked)
            registry.on_asked(self.path)
            mood = registry.take_mood()
            time.sleep(mood.slow)
            if mood.hang_up:
                self.close_connection = True
            else:
                self._send(_answer(registry, mood, self.path, self.headers.get("If-None-Match")), mood)
            asked.went = time.monotonic()

        def do_POST(self) -> None:
            """Show the page behind a button, as the registry's own forms ask for it."""
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def _send(self, answer: _Answer, mood: Mood) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/html; charset=UTF-8", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            body = answer.body[: len(answer.body) // 2] if mood.cut_off else answer.body
            self.close_connection = self.close_connection or mood.cut_off
            try:
                for start in range(0, len(body), 1024) if mood.drip else [0]:
                    self.wfile.write(body[start : start + 1024] if mood.drip else body)
                    time.sleep(mood.drip)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has given up, as a test of patience wants it to

        def log_message(self, *words: object) -> None:
            """Say nothing: what was asked is kept in `asked`."""

    return Handler
