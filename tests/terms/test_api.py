"""The type-ahead's API: found terms as JSON, and every wrong parameter named in a problem."""

import httpx
import pytest

JAPANESE = {"Accept-Language": "ja"}


@pytest.mark.parametrize("word", ["肺癌", "肺がん", "lung cancer", "NSCLC"])
async def test_a_visitor_finds_lung_cancer(client: httpx.AsyncClient, word: str) -> None:
    answer = await client.get("/api/v1/terms", params={"q": word, "vocabulary": "condition"})
    assert answer.status_code == 200
    codes = [term["code"] for term in answer.json()["terms"]]
    assert codes[0] in {"cond.lung_cancer", "cond.lung_cancer_nsclc"}
    assert "cond.lung_cancer_nsclc" in codes


async def test_a_hit_says_by_which_word_it_was_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/terms", params={"q": "nsclc", "limit": "1"})
    assert answer.json()["terms"] == [
        {
            "code": "cond.lung_cancer_nsclc",
            "vocabulary": "condition",
            "name_en": "Non-small cell lung cancer",
            "name_ja": "非小細胞肺癌",
            "reviewed": False,
            "label": "NSCLC",
            "language": "en",
            "kind": "abbreviation",
        }
    ]


async def test_several_vocabularies_can_be_searched_at_once(client: httpx.AsyncClient) -> None:
    params = {"q": "infection", "vocabulary": ["condition", "area"], "limit": "50"}
    terms = (await client.get("/api/v1/terms", params=params)).json()["terms"]
    assert {term["vocabulary"] for term in terms} == {"condition", "area"}


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({"q": ""}, {"q"}),
        ({}, {"q"}),
        ({"q": "　"}, {"q"}),
        ({"q": "a" * 201}, {"q"}),
        ({"q": "a", "vocabulary": "planets"}, {"vocabulary"}),
        ({"q": "a", "limit": "0"}, {"limit"}),
        ({"q": "a", "limit": "51"}, {"limit"}),
        ({"q": "a", "limit": "٣"}, {"limit"}),
        ({"q": "", "vocabulary": "", "limit": "many"}, {"q", "vocabulary", "limit"}),
    ],
)
async def test_what_is_wrong_is_named_in_a_problem(
    client: httpx.AsyncClient, params: dict[str, str], fields: set[str]
) -> None:
    answer = await client.get("/api/v1/terms", params=params, headers=JAPANESE)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {error["field"] for error in problem["errors"]} == fields
    assert all(error["detail"].endswith("。") for error in problem["errors"])


async def test_one_term_comes_with_its_words_codes_and_what_is_above(client: httpx.AsyncClient) -> None:
    term = (await client.get("/api/v1/terms/cond.lung_cancer_nsclc_egfr")).json()
    assert term["ancestors"] == ["cond.lung_cancer_nsclc", "cond.lung_cancer", "cond.cancer"]
    assert term["codes"]["mesh"] == {"code": "D002289", "name": "Carcinoma, Non-Small-Cell Lung", "fit": "broader"}
    assert {"language": "ja", "kind": "preferred", "label": "EGFR遺伝子変異陽性非小細胞肺癌"} in term["labels"]


async def test_a_code_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/terms/cond.%00x", headers=JAPANESE)
    assert answer.status_code == 404
    assert (await client.get("/api/v1/terms/cond.none")).json()["code"] == "no_such_term"
