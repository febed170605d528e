"""Requests and sites that hypothesis makes up; small vocabularies, so that they meet each other often."""

from datetime import date

from hypothesis import strategies as st

from app.matching.rules import Fact, Place, Request, Site, SourceKind, State, capacity_code, site_with

REGIONS = ("region.hokkaido", "region.kanto", "region.kinki")
AREAS = ("area.oncology", "area.neurology")
CAPABILITIES = (
    "fih.unit",
    "fih.healthy_volunteers",
    "ct.cpc",
    "dct.telemedicine",
    "dct.trials_run",
    "dct.sop_available",
    "site.therapeutic_areas",
    "new.capability",
    *(capacity_code(area, "phase.1") for area in AREAS),
)
days = st.none() | st.dates(date(2008, 1, 1), date(2026, 11, 20))
words = st.none() | st.sampled_from(["Phase 1 ward, 12 beds", "第Ⅰ相病棟12床", "<b>'; DROP"])


def few(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the codes, in any order, some of them twice."""
    return st.lists(st.sampled_from(codes), max_size=4).map(tuple)


requests = st.builds(
    Request,
    first_in_human=st.sampled_from([None, "yes", "no", "not_decided"]),
    healthy_volunteers=st.sampled_from([None, "yes", "no"]),
    phase=st.sampled_from([None, "phase.1", "phase.3"]),
    areas=few(AREAS),
    needs=few(("ct.cpc", "fih.unit", "new.capability")),
    wishes=few(("dct.telemedicine", "ct.cpc")),
    dct=few(("dct.telemedicine",)),
    regions=few(REGIONS),
)


def facts_about(capability: str) -> st.SearchStrategy[Fact]:
    """Any fact about a capability."""
    return st.builds(
        Fact,
        capability=st.just(capability),
        state=st.sampled_from(State),
        source_kind=st.sampled_from([SourceKind.PUBLIC_PAGE, SourceKind.SITE, SourceKind.DEMONSTRATION]),
        confirmed=st.booleans(),
        stale=st.booleans(),
        value=st.none() | st.sampled_from(["area.oncology", "area.neurology|area.oncology", "30"]),
        note_en=words,
        note_ja=words,
        source_url=st.none() | st.just("https://hospital.example/unit"),
        as_of=days,
    )


facts = st.lists(st.sampled_from(CAPABILITIES).flatmap(facts_about), max_size=8)


@st.composite
def one_site(draw: st.DrawFn, number: int = 0) -> Site:
    """A site with any facts."""
    region = draw(st.sampled_from(REGIONS))
    code = f"S-{number:03}"
    place = Place(f"id-{number}", code, f"Hospital {code}", f"病院{code}", "partner", "tokyo", region)
    return site_with(place, draw(facts))


sites = st.integers(0, 4).flatmap(lambda count: st.tuples(*(one_site(number) for number in range(count))))
