"""A ClinicalTrials.gov of our own on a free port, following the registry's specification (ctg-oas-v2.yaml).

Ten lines to use it:

    with StandIn(fictional.studies()) as registry:
        registry.will("NCT00000001", busy(after=1), broken())   # the next two answers; then the study
        ...  # point CTGOV_URL at registry.url
        assert registry.asked == ["/studies/NCT00000001", ...]
"""

import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
BASE = "/api/v2"
NCT_ID = re.compile(r"(NCT|nct)\d{8}")
DEFAULT_PAGE, LARGEST_PAGE = 10, 1000


@dataclass(frozen=True)
class Answer:
    """What one request is answered with; `delay` seconds pass before it, `drip` between its bytes."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    hang_up: bool = False


def as_json(value: object, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(value).encode())


def plain(status: int, words: str, **headers: str) -> Answer:
    """Answer with an error as the specification words it: text/plain."""
    return Answer(status, words.encode(), "text/plain", headers)


def busy(after: str = "1") -> Answer:
    """Answer 429 with a Retry-After."""
    return plain(429, "Too many requests", **{"Retry-After": after})


def broken(status: int = 500) -> Answer:
    """Answer with a server's error."""
    return plain(status, "Internal server error")


def slow(seconds: float = 2.0) -> Answer:
    """Answer only after a while."""
    return Answer(body=b"{}", delay=seconds)


def not_json() -> Answer:
    """Answer 200 with a page instead of JSON."""
    return Answer(body=b"<!doctype html><title>Maintenance</title>", kind="text/html")


def another_shape() -> Answer:
    """Answer 200 with JSON that is no study."""
    return as_json({"FullStudiesResponse": {"FullStudies": []}})


class StandIn:
    """The registry of a test: serves studies, keeps what it was asked, and misbehaves when told to."""

    def __init__(self, studies: Iterable[Json]) -> None:
        self.studies = {study["protocolSection"]["identificationModule"]["nctId"]: study for study in studies}
        self.asked: list[str] = []
        self._will: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._always: dict[str, Answer] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give as CTGOV_URL."""
        return f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def will(self, number: str, *answers: Answer) -> None:
        """Answer the next requests for a number with these, one each, before the study itself."""
        self._will[number].extend(answers)

    def always(self, number: str, answer: Answer) -> None:
        """Answer every request for a number with this."""
        self._always[number] = answer

    def answer(self, target: str) -> Answer:
        """Return the answer to one GET."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), parse_qs(parts.query, keep_blank_values=True)
        if not path.startswith(BASE):
            return plain(404, "Not found")
        path = path.removeprefix(BASE)
        self.asked.append(path)
        if path == "/version":
            return as_json({"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"})
        if path == "/studies":
            return self._page(query)
        return self._one(path.removeprefix("/studies/"), query) if path.startswith("/studies/") else plain(404, "")

    def _one(self, number: str, query: dict[str, list[str]]) -> Answer:
        if self._will[number]:
            return self._will[number].popleft()
        if number in self._always:
            return self._always[number]
        if not NCT_ID.fullmatch(number):
            return plain(400, f"`{number}` is not an NCT number")
        study = self.studies.get(number.upper())
        return plain(404, f"NCT number {number} not found") if study is None else as_json(_chosen(study, query))

    def _page(self, query: dict[str, list[str]]) -> Answer:
        try:
            size = min(int(query.get("pageSize", ["0"])[0]), LARGEST_PAGE) or DEFAULT_PAGE
            start = int(query.get("pageToken", ["0"])[0], 36)
        except ValueError:
            return plain(400, "`pageSize` or `pageToken` is wrong")
        if size < 0:
            return plain(400, "`pageSize` must not be negative")
        found = self._found(query)
        page: Json = {"studies": [_chosen(study, query) for study in found[start : start + size]]}
        if start == 0 and query.get("countTotal") == ["true"]:
            page["totalCount"] = len(found)
        if start + size < len(found):
            page["nextPageToken"] = _base36(start + size)
        return as_json(page)

    def _found(self, query: dict[str, list[str]]) -> list[Json]:
        wanted = {number for text in query.get("filter.ids", []) for number in re.split(r"[,|\s]+", text.upper())}
        return [study for number, study in self.studies.items() if not wanted or number in wanted]


def _chosen(study: Json, query: dict[str, list[str]]) -> Json:
    """Return the sections that `fields` names (areas only), the whole study without it."""
    names = {name[:1].lower() + name[1:] for name in re.split(r"[,|]", query.get("fields", [""])[0]) if name}
    return {name: part for name, part in study.items() if name in names} if names else study


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = stand_in.answer(self.path)
            time.sleep(answer.delay)
            if answer.hang_up:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            try:
                for piece in (
                    [answer.body[i : i + 1] for i in range(len(answer.body))] if answer.drip else [answer.body]
                ):
                    self.wfile.write(piece)
                    time.sleep(answer.drip)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has given up, as a test of patience wants it to

        def log_message(self, *words: object) -> None:
            """Say nothing: a test's output is its result."""

    return Handler


def real_studies(shared: Path) -> list[Json]:
    """Return the 145 studies of data/ctgov/studies.jsonl."""
    text = (shared / "data/ctgov/studies.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def studies_to_serve(shared: Path | None) -> list[Json]:
    """Return the real studies where they are at hand, and our fictional ones always."""
    from tests.enquiries.fictional import studies

    return [*studies(), *(real_studies(shared) if shared else [])]
