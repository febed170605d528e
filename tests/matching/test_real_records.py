"""Every real record that an enquiry may start from gives a picture of every institution."""

import json

import pytest

from app.enquiries import queries as enquiries
from app.enquiries.ctgov.study import read_study
from app.enquiries.rules import as_values, imported, provisional
from app.matching import queries, rules
from app.terms import queries as terms
from tests.conftest import NOW


@pytest.fixture
def studies(shared):
    lines = (shared / "data" / "ctgov" / "studies.jsonl").read_text(encoding="utf-8").splitlines()
    return [read_study(json.loads(line)) for line in lines]


async def test_every_record_asks_for_something_that_the_vocabularies_know_and_gets_a_picture(session, studies):
    asked = []
    for study in studies:
        values = provisional(as_values(imported(study, await enquiries.lookup(session, study))))
        asked.append(await queries.request_from(session, values))
    known = await terms.by_codes(session, {code for request in asked for code in request.codes})
    sites = await queries.sites_for(session, rules.Request(first_in_human="yes", phase="phase.1"), now=NOW)

    pictures = [rules.preliminary(request, sites) for request in asked]

    assert len(pictures) == len(studies) > 100
    assert {code for request in asked for code in request.codes} == set(known)
    assert sum(1 for request in asked if request.phase) > 100
    assert sum(1 for request in asked if request.areas) > 50
    for picture in pictures:
        shown = (*picture.meets, *picture.may, *picture.silent, *picture.fails)
        assert sorted(seen.place.code for seen in shown) == sorted(site.place.code for site in sites)
        assert not picture.fails, "no public source can make an institution fail"


async def test_the_seeded_institutions_meet_and_may_as_their_public_sources_say(session):
    """The request of the design's example: a first-in-human trial of cells, in solid tumours."""
    request = rules.Request(first_in_human="yes", phase="phase.1", areas=("area.oncology",), needs=("ct.cpc",))
    picture = rules.preliminary(request, await queries.sites_for(session, request, now=NOW))

    names = {seen.place.name_en for seen in picture.meets}
    assert "Osaka University Hospital" in names
    assert any("East" in name for name in names)
    assert len(picture.meets) == 2
    assert {one.criterion for one in picture.relaxations} == {"ct.cpc", "fih.unit"}
    for seen in picture.meets:
        for one in seen.required:
            assert all(fact.source_url or fact.source_words for fact in one.evidence)
            assert all(fact.as_of for fact in one.evidence)
            assert not any(fact.confirmed for fact in one.evidence)
