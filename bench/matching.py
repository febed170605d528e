"""How matching grows: one request held against 200 and 2,000 sites, compared within one run of one machine."""

import gc
from collections.abc import Callable
from datetime import date
from functools import partial
from time import process_time

from app.matching.rules import (
    Fact,
    Place,
    Request,
    Site,
    SourceKind,
    State,
    asked,
    capacity_code,
    digest,
    preliminary,
    rank,
    request_json,
    result_json,
    site_with,
)

SMALL, LARGE = 200, 2_000
REPEATS = 7
REGIONS = ("hokkaido", "tohoku", "kanto", "chubu", "kinki", "chugoku", "shikoku", "kyushu")
REQUEST = Request(
    first_in_human="yes",
    phase="phase.1",
    areas=("area.oncology",),
    needs=("ct.cpc", "ct.apheresis"),
    wishes=("en.contracts", "irb.language"),
    dct=("dct.econsent", "dct.telemedicine", "dct.home_nursing"),
    regions=REGIONS[:6],
)
READ = (
    *(code for one in asked(REQUEST) for code in one.criterion.capabilities),
    capacity_code("area.oncology", "phase.1"),
)


def a_site(number: int) -> Site:
    """Return a site with every second fact known, in a fixed mixture of states, sources and ages."""
    region = number % len(REGIONS)
    place = Place(str(number), f"P-{number:05}", f"Clinic {number}", f"診療所{number}", "partner", "p", REGIONS[region],
                  region)  # fmt: skip
    facts = [_a_fact(code, number + position) for position, code in enumerate(READ) if (number + position) % 2]
    return site_with(place, facts)


def _a_fact(code: str, turn: int) -> Fact:
    kind = SourceKind.SITE if turn % 3 else SourceKind.PUBLIC_PAGE
    return Fact(
        code,
        tuple(State)[turn % len(State)],
        kind,
        confirmed=kind is SourceKind.SITE,
        stale=turn % 5 == 0,
        note_en=f"Statement {turn}",
        source_url="https://clinic.example/",
        as_of=date(2026, 1 + turn % 11, 1),
    )


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest of several runs, in time of this process: what others do on the machine and the collector are left out."""
    taken = []
    for _ in range(REPEATS):
        gc.collect()
        gc.disable()
        start = process_time()
        work()
        taken.append(process_time() - start)
        gc.enable()
    return min(taken)


def stored(sites: list[Site]) -> str:
    """Rank, put into JSON and digest, as a run of staff does."""
    run = rank(REQUEST, sites)
    return digest(request_json(run.request), result_json(run))


def main() -> None:
    """Print the milliseconds and, for each kind of work, the cost at 2,000 sites over the cost at 200."""
    large = [a_site(number) for number in range(LARGE)]
    works: dict[str, Callable[[list[Site]], object]] = {
        "preliminary picture": lambda sites: preliminary(REQUEST, sites),
        "ranking": lambda sites: rank(REQUEST, sites),
        "ranking, stored and digested": stored,
    }
    for name, work in works.items():
        at_small, at_large = (seconds(partial(work, sites)) for sites in (large[:SMALL], large))
        ratio = at_large / at_small
        print(
            f"{name}: {SMALL} sites {at_small * 1000:.1f} ms, {LARGE} sites {at_large * 1000:.1f} ms,"
            f" ratio {ratio:.1f} for {LARGE // SMALL} times the sites"
        )


if __name__ == "__main__":
    main()
