"""The vocabularies as pages: to look through, to search, each term with its source and its codes."""

from collections.abc import Iterator

import httpx
import pytest

from app.ground.templates import environment
from tests.pages.pseudo import speak_in_brackets
from tests.pages.visible import untranslated


@pytest.fixture
def in_brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put every translation in brackets."""
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


async def test_the_first_page_lists_the_vocabularies_with_their_sizes(client: httpx.AsyncClient) -> None:
    page = (await client.get("/terms")).text
    assert 'href="/terms?vocabulary=condition"' in page
    assert "585 terms" in page
    assert "in our wording, not yet reviewed" in page
    assert "NANDO" in page


async def test_a_vocabulary_is_read_page_by_page(client: httpx.AsyncClient) -> None:
    first = (await client.get("/terms", params={"vocabulary": "condition"})).text
    assert "1 to 50 of 585" in first
    assert 'href="?vocabulary=condition&amp;page=2"' in first
    last = (await client.get("/terms", params={"vocabulary": "condition", "page": "12"})).text
    assert "551 to 585 of 585" in last
    assert "cond.healthy" in last


@pytest.mark.parametrize("page", ["0", "-3", "many", "٣", "999999999999", ""])
async def test_a_page_number_that_is_none_is_the_first(client: httpx.AsyncClient, page: str) -> None:
    answer = await client.get("/terms", params={"vocabulary": "phase", "page": page})
    assert "1 to 8 of 8" in answer.text


@pytest.mark.parametrize("word", ["肺癌", "肺がん", "lung cancer", "NSCLC"])
async def test_a_word_finds_terms_and_stays_in_its_field(client: httpx.AsyncClient, word: str) -> None:
    page = (await client.get("/terms", params={"q": word})).text
    assert 'href="/terms/cond.lung_cancer_nsclc"' in page
    assert f'value="{word}"' in page


async def test_a_chosen_code_leads_to_its_term(client: httpx.AsyncClient) -> None:
    answer = await client.get("/terms", params={"q": "cond.asthma"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/terms/cond.asthma")


async def test_what_no_word_finds_is_said_in_the_readers_language(client: httpx.AsyncClient) -> None:
    page = (await client.get("/terms", params={"q": "<b>zzz"}, headers={"Accept-Language": "ja"})).text
    assert "該当する用語はありません" in page
    assert "&lt;b&gt;zzz" in page


async def test_an_unknown_vocabulary_or_code_is_not_found(client: httpx.AsyncClient) -> None:
    for address in ("/terms?vocabulary=planets", "/terms/cond.none", "/terms/%00"):
        assert (await client.get(address)).status_code == 404


async def test_a_term_shows_words_codes_and_how_they_fit(client: httpx.AsyncClient) -> None:
    page = (await client.get("/terms/cond.lung_cancer_nsclc_egfr")).text
    for shown in ("EGFRm NSCLC", "EGFR変異陽性肺癌", "Carcinoma, Non-Small-Cell Lung", "wider than our term"):
        assert shown in page
    assert 'href="https://id.nlm.nih.gov/mesh/D002289.html"' in page
    assert "Our wording, not yet reviewed" in page
    assert 'href="/terms/cond.lung_cancer_nsclc"' in page
    assert 'href="/terms/area.oncology"' in page


async def test_a_name_of_nando_names_its_entry(client: httpx.AsyncClient) -> None:
    page = (await client.get("/terms/cond.parkinson", headers={"Accept-Language": "ja"})).text
    assert 'href="http://nanbyodata.jp/ontology/NANDO_1200010"' in page
    assert "パーキンソン病" in page
    assert "未確認" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/terms",
        "/terms?vocabulary=condition",
        "/terms?vocabulary=capability",
        "/terms?q=asthma",
        "/terms?q=nothing-at-all",
        "/terms/cond.lung_cancer",
        "/terms/fih.beds",
        "/terms/modality.car_t",
        "/terms/region.kanto",
    ],
)
async def test_every_word_of_the_pages_is_translated_or_data(
    client: httpx.AsyncClient, in_brackets: None, address: str
) -> None:
    answer = await client.get(address, headers={"Accept-Language": "ja"})
    assert answer.status_code == 200
    assert untranslated(answer.text) == []
