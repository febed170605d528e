"""Pages that anybody may read before they trust the window with anything."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("address", "says", "says_in_japanese"),
    [
        ("/about", "It gives no regulatory advice", "薬事に関する助言は行いません"),
        ("/who-sees-what", "Only under an NDA in force", "秘密保持契約の有効期間中に限る"),
        ("/accessibility", "WCAG", "キーボードだけで操作"),
    ],
)
async def test_a_visitor_reads_it_in_both_languages(
    client: httpx.AsyncClient, address: str, says: str, says_in_japanese: str
) -> None:
    assert says in (await client.get(address)).text
    assert says_in_japanese in (await client.get(address, headers={"Accept-Language": "ja"})).text


async def test_every_page_leads_to_them(client: httpx.AsyncClient) -> None:
    page = (await client.get("/sign-in")).text
    for address in ("/about", "/who-sees-what", "/how-we-count", "/guide", "/terms", "/accessibility"):
        assert f'<a href="{address}">' in page
        assert (await client.get(address)).status_code == 200


async def test_the_operator_is_named(client: httpx.AsyncClient) -> None:
    assert "見本運営機構" in (await client.get("/about", headers={"Accept-Language": "ja"})).text
