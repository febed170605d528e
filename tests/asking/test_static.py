"""What browsers load may be kept for good under a marked address."""

import httpx

from app.ground.assets import asset


async def test_a_marked_file_is_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get(asset("css/madoguchi.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_an_unmarked_file_is_asked_for_again_and_not_sent_twice(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/css/madoguchi.css")
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get("/static/css/madoguchi.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_pages_name_their_files_with_the_mark(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert f'href="{asset("css/madoguchi.css")}"' in page
    assert "?v=" in asset("css/madoguchi.css")


async def test_an_absent_file_is_not_found_and_has_no_mark(client: httpx.AsyncClient) -> None:
    assert asset("css/absent.css") == "/static/css/absent.css"
    assert (await client.get("/static/css/absent.css")).status_code == 404
