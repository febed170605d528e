"""Walks the pages as a reader does: from link to link, from the first page and from every address without a hole."""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

# So many addresses of one route (profiles, terms) are read, and so many queries of one address (filters, pages).
OF_ONE_ROUTE = 3
# What these show depends on how far a case has come, so that all of the demonstration's are read.
BY_STATE = {"/consultations/{number}", "/enquiries/{enquiry_id}", "/desk/requests/{number}"}
AS_MANY_STATES = 8
# What differs between two people of one role.
OWN = BY_STATE | {"/enquiries", "/consultations", "/desk"}
OF_ONE_ADDRESS = 2


@dataclass(frozen=True)
class Seen:
    """One page as it was answered: its address, the route that answered, and what it said ("" for a file)."""

    address: str
    route: str
    status: int
    html: str


class Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.targets += [value for name, value in attrs if name == "href" and value]


def page_routes(application: FastAPI) -> dict[str, re.Pattern[str]]:
    """Return every GET route outside the API with the pattern of its addresses, fixed addresses first."""
    paths = {
        context.path
        for context in iter_route_contexts(application.routes)
        if context.path and "GET" in (context.methods or ()) and not context.path.startswith("/api/")
    }
    ordered = sorted(paths, key=lambda path: (path.count("{"), path))
    return {path: re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) + r"\Z") for path in ordered}


def route_of(routes: dict[str, re.Pattern[str]], address: str) -> str | None:
    path = urlsplit(address).path
    return next((route for route, pattern in routes.items() if pattern.match(path)), None)


def leads_to(html: str, base: str) -> Iterable[str]:
    """Return the addresses of this service that a page links to."""
    links = Links()
    links.feed(html)
    for target in links.targets:
        split = urlsplit(urljoin(f"http://walk.example{base}", target))
        if split.netloc == "walk.example" and split.scheme == "http":
            yield split.path + (f"?{split.query}" if split.query else "")


def is_page(seen: Seen) -> bool:
    """Say whether there is something to read: not a file, not a door that led elsewhere."""
    return bool(seen.html)


async def walk(
    client: httpx.AsyncClient,
    application: FastAPI,
    *starts: str,
    of_one_route: int = OF_ONE_ROUTE,
    only: set[str] | None = None,
) -> list[Seen]:
    """Return the pages that this client's reader can reach, a few of each kind; or only those of some routes."""
    routes = page_routes(application)
    assert "/" in routes, "the walk does not see the first page"
    waiting = deque(dict.fromkeys(["/", *starts, *(route for route in routes if "{" not in route)]))
    known, taken, seen = set(waiting), Counter[str](), []
    while waiting:
        address = waiting.popleft()
        route = route_of(routes, address)
        if route is None or (only and route not in only) or _enough(taken, route, address, of_one_route):
            continue
        answer = await client.get(address)
        html = answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""
        seen.append(Seen(address, route, answer.status_code, html))
        for target in [*leads_to(html, address), *_led_on(answer)]:
            if target not in known:
                known.add(target)
                waiting.append(target)
    return seen


def _led_on(answer: httpx.Response) -> list[str]:
    """Return where a redirect leads, within this service."""
    location = answer.headers.get("location", "")
    return [location] if location.startswith("/") else []


def _enough(taken: Counter[str], route: str, address: str, most: int) -> bool:
    path = urlsplit(address).path
    if "?" not in address:
        taken[route] += 1
        return taken[route] > (AS_MANY_STATES * most if route in BY_STATE else most)
    taken[f"{path}?"] += 1
    return taken[f"{path}?"] > OF_ONE_ADDRESS or taken[f"{route}?"] > most
