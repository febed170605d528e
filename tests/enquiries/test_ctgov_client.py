"""The registry asked over real HTTP: what may pass is tried again, everything else is one of five refusals."""

import inspect
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio

from app.enquiries.ctgov import client
from app.enquiries.ctgov.client import (
    ClinicalTrialsGov,
    NoSuchStudy,
    Patience,
    RegistryBusy,
    RegistryError,
    RegistryNotUnderstood,
    RegistrySlow,
    RegistryUnavailable,
    registry,
)
from app.trials.ctgov.errors import RegistryForbids, RegistryRejects
from tests.enquiries import fictional
from tests.enquiries.stand_in import Answer, StandIn, another_shape, as_json, broken, busy, not_json, plain, slow

HURRIED = Patience(tries=3, seconds=0.3, longest_wait=0.2, first_wait=0.01)
NUMBER = "NCT00000001"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(fictional.studies()) as running:
        yield running


@pytest_asyncio.fixture
async def ctgov(stand_in: StandIn) -> AsyncIterator[ClinicalTrialsGov]:
    async with registry(stand_in.url, HURRIED) as opened:
        yield opened


async def test_a_study_is_read_by_its_number(stand_in: StandIn, ctgov: ClinicalTrialsGov) -> None:
    study = await ctgov.study(NUMBER)
    assert (study.number, study.phases, study.mesh) == (NUMBER, ["PHASE2"], ["D002289"])
    assert stand_in.asked == [f"/studies/{NUMBER}"]


async def test_an_unknown_number_is_told_without_a_second_try(stand_in: StandIn, ctgov: ClinicalTrialsGov) -> None:
    with pytest.raises(NoSuchStudy):
        await ctgov.study("NCT00000099")
    assert len(stand_in.asked) == 1


async def test_what_passes_is_tried_again(stand_in: StandIn, ctgov: ClinicalTrialsGov) -> None:
    stand_in.will(NUMBER, busy(after="0"), broken(503))
    assert (await ctgov.study(NUMBER)).number == NUMBER
    assert len(stand_in.asked) == 3


@pytest.mark.parametrize(
    ("answer", "refusal", "tries"),
    [
        (busy(after="0"), RegistryBusy, 3),
        (busy(after="soon"), RegistryBusy, 3),
        (busy(after="3600"), RegistryBusy, 1),
        (busy(after=format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)), RegistryBusy, 1),
        (busy(after="Fri, 20 Nov 2026 00:00:00 GMT"), RegistryBusy, 3),
        (broken(500), RegistryUnavailable, 3),
        (broken(502), RegistryUnavailable, 3),
        (plain(403, "Forbidden"), RegistryForbids, 1),
        (plain(400, "Bad request"), RegistryRejects, 1),
        (Answer(hang_up=True), RegistryUnavailable, 3),
        (Answer(302, headers={"Location": f"/api/v2/studies/{NUMBER}"}), RegistryUnavailable, 4),
        (Answer(302, headers={"Location": "http://[not an address"}), RegistryUnavailable, 3),
        (slow(1.0), RegistrySlow, 3),
        (Answer(body=b"{}" * 400, drip=0.01), RegistrySlow, 3),
        (not_json(), RegistryNotUnderstood, 1),
        (another_shape(), RegistryNotUnderstood, 1),
        (Answer(), RegistryNotUnderstood, 1),
        (as_json([]), RegistryNotUnderstood, 1),
        (as_json(fictional.a_study("NCT00000002")), RegistryNotUnderstood, 1),
        (Answer(body=b"\xff\xfe"), RegistryNotUnderstood, 1),
    ],
)
async def test_every_way_to_fail_is_a_refusal_of_ours(
    stand_in: StandIn, ctgov: ClinicalTrialsGov, answer: Answer, refusal: type[RegistryError], tries: int
) -> None:
    stand_in.always(NUMBER, answer)
    with pytest.raises(RegistryError) as refused:
        await ctgov.study(NUMBER)
    assert type(refused.value) is refusal
    assert len(stand_in.asked) == tries


async def test_an_alias_leads_to_the_study_that_took_it_in(stand_in: StandIn, ctgov: ClinicalTrialsGov) -> None:
    stand_in.always("NCT00000090", Answer(301, headers={"Location": "/api/v2/studies/NCT00000091"}))
    named = {"nctId": "NCT00000091", "nctIdAliases": ["NCT00000090"]}
    stand_in.always("NCT00000091", as_json(fictional.a_study("NCT00000091", identificationModule=named)))
    assert (await ctgov.study("NCT00000090")).number == "NCT00000091"


async def test_an_answer_larger_than_any_study_is_cut_off(
    stand_in: StandIn, ctgov: ClinicalTrialsGov, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 500)
    with pytest.raises(RegistryNotUnderstood, match="500 bytes"):
        await ctgov.study(NUMBER)


async def test_a_registry_that_is_down_is_unavailable() -> None:
    with StandIn([]) as gone:
        address = gone.url
    async with registry(address, HURRIED) as ctgov:
        with pytest.raises(RegistryUnavailable) as refused:
            await ctgov.study(NUMBER)
    assert type(refused.value) is RegistryUnavailable


def test_every_refusal_has_its_own_code() -> None:
    kinds = [kind for _name, kind in inspect.getmembers(client, inspect.isclass) if issubclass(kind, RegistryError)]
    codes = [kind.code for kind in kinds if kind is not RegistryError]
    assert len(codes) == len(set(codes)) == 5
