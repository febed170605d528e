"""One request, one transaction; proofs of origin; headers; refusals in words."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Integer, String, cast, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.asking.transaction import Transaction
from app.ground.errors import Conflict, Unacceptable
from app.ground.i18n import _
from app.identity.models import Attempt
from app.main import LARGEST_BODY, create_app
from app.settings import Settings
from tests.conftest import a_browser

WRITE = text("INSERT INTO attempt (id, kind, who_hash, at) VALUES (gen_random_uuid(), 'probe', 'x', now())")
COUNT = text("SELECT count(*) FROM attempt WHERE kind = 'probe'")
# A promise that the database checks only when the transaction commits.
DEFERRED = (
    "CREATE TEMP TABLE promise (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP",
    "INSERT INTO promise VALUES (1), (1)",
)


@pytest.fixture
def probing(application: FastAPI) -> FastAPI:
    """The service with three doors more: one that writes, one that writes and refuses, one that breaks."""

    @application.post("/probe/write")
    async def write(session: Transaction) -> str:
        await session.execute(WRITE)
        return "written"

    @application.post("/probe/refuse")
    async def refuse(session: Transaction) -> str:
        await session.execute(WRITE)
        raise Conflict

    @application.get("/api/v1/probe/refuse")
    async def refuse_fields() -> str:
        raise Unacceptable({"age": _("Enter a name.")})

    @application.get("/probe/ask")
    async def ask(session: Transaction, word: str, number: str = "1") -> bool:
        question = select(func.count()).where(Attempt.kind == word, cast(literal(number, String), Integer) > 0)
        return bool(await session.scalar(question))

    @application.get("/probe/broken")
    async def broken() -> str:
        raise RuntimeError("the secret cause")

    application.router.routes.insert(0, application.router.routes.pop())
    return application


async def probes(sessions: async_sessionmaker[AsyncSession]) -> int:
    async with sessions() as session:
        return await session.scalar(COUNT) or 0


async def test_what_a_request_wrote_is_kept_when_it_succeeds_and_gone_when_it_is_refused(
    probing: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with a_browser(probing) as browser:
        assert (await browser.post("/probe/write")).status_code == 200
        assert await probes(sessions) == 1
        assert (await browser.post("/probe/refuse")).status_code == 409
        assert await probes(sessions) == 1


async def test_a_commit_that_fails_is_an_error_page_and_never_a_false_saved(settings: Settings) -> None:
    application = create_app(settings)

    @application.post("/probe/late")
    async def late(session: Transaction) -> str:
        for statement in DEFERRED:
            await session.execute(text(statement))
        return "saved"

    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://t") as http,
    ):
        answer = await http.post("/probe/late", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 500
    assert "saved" not in answer.text.replace("not saved", "")


async def test_a_failure_says_a_number_and_nothing_of_its_cause(probing: FastAPI) -> None:
    transport = httpx.ASGITransport(probing, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        page = await http.get("/probe/broken", headers={"Accept-Language": "ja"})
    assert page.status_code == 500
    assert "secret cause" not in page.text
    assert "サービス側で問題が発生しました" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_machine_gets_problem_json(probing: FastAPI) -> None:
    async with a_browser(probing, **{"Accept-Language": "ja"}) as browser:
        answer = await browser.get("/api/v1/probe/refuse")
        unknown = await browser.get("/api/v1/nothing-here")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "unacceptable",
        "detail": "入力内容に修正が必要な箇所があります。各欄の説明をご確認ください。",
        "errors": [{"field": "age", "detail": "名称を入力してください。"}],
    }
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_must_come_from_a_page_of_ours(probing: FastAPI, headers: dict[str, str], status: int) -> None:
    transport = httpx.ASGITransport(probing)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        assert (await http.post("/probe/write", headers=headers)).status_code == status


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/nothing-here", "/api/v1/health", "/static/css/madoguchi.css"):
        headers = (await client.get(path)).headers
        assert "'unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
    assert (await client.get("/")).headers["cache-control"] == "no-store"


async def test_cookies_insist_on_https_where_the_address_is_https(settings: Settings) -> None:
    application = create_app(settings.model_copy(update={"public_url": "https://window.example"}))
    transport = httpx.ASGITransport(application)
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="https://t") as http,
    ):
        answer = await http.post("/language", data={"language": "ja"}, headers=headers)
        out = await http.post("/sign-out", headers=headers)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert out.headers["set-cookie"].startswith("__Host-madoguchi_session=")


async def test_a_body_is_not_read_past_its_limit(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"email": "x" * (LARGEST_BODY + 10)})
    assert answer.status_code == 413
    assert "larger than the service accepts" in answer.text


async def test_an_unknown_address_a_wrong_method_and_a_bad_id_are_answered_in_words(client: httpx.AsyncClient) -> None:
    assert (await client.get("/no-such-page")).status_code == 404
    assert (await client.put("/sign-in")).status_code == 405
    japanese = await client.get("/no-such-page", headers={"Accept-Language": "ja,en;q=0.5"})
    assert "このアドレスには、閲覧できる内容がありません。" in japanese.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ja", "ja"),
        ("en-GB,ja;q=0.9", "en"),
        ("fr,ja;q=0.2,en;q=0.1", "ja"),
        ("", "en"),
        ("de;q=x, ja;q=bad", "ja"),
        ("*", "en"),
    ],
)
async def test_a_visitor_is_greeted_in_the_language_that_the_browser_prefers(
    client: httpx.AsyncClient, header: str, language: str
) -> None:
    page = await client.get("/", headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in page.text


async def test_the_language_switch_of_a_refused_form_leads_back_to_where_the_form_was_opened(
    client: httpx.AsyncClient,
) -> None:
    switch = 'name="next" value="{}"'
    sent = await client.post(
        "/sign-in", data={"email": "x"}, headers={"Referer": "http://testserver/sign-in?next=%2Fpeople"}
    )
    assert switch.format("/sign-in?next=%2Fpeople") in sent.text
    for elsewhere in ("http://evil.example/trap", ""):
        sent = await client.post("/sign-up", data={"email": "x"}, headers={"Referer": elsewhere})
        assert switch.format("/sign-up") in sent.text


async def test_a_text_that_no_database_can_hold_is_refused_in_words(probing: FastAPI) -> None:
    transport = httpx.ASGITransport(probing, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        unstorable = await http.get("/probe/ask?word=a%00b")
        other_fault = await http.get("/probe/ask?word=a&number=x")
    assert unstorable.status_code == 422
    assert "not as this service expects it" in unstorable.text
    assert other_fault.status_code == 500, "any other fault of the database is ours"


async def test_no_page_breaks_on_such_a_text(client: httpx.AsyncClient) -> None:
    page = await client.get("/sign-in/use?token=a%00b")
    form = await client.post("/sign-in/use", data={"token": "a\x00b"})
    machine = await client.get("/api/v1/sites?q=a%00b")
    assert [page.status_code, form.status_code] == [410, 409], "a token is only compared by its hash"
    assert machine.status_code in {200, 422}
    for address in ("/sites?q=%00", "/terms?q=%00", "/sites/%00", "/terms/%00"):
        assert (await client.get(address)).status_code < 500, address


async def test_a_machine_is_told_which_parameter_is_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/sites?page=first")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "page", "detail": "A value of another kind is expected here."}]
