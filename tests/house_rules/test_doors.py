"""Every door is locked, except the public ones."""

import re
from uuid import uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.house_rules.public_doors import PUBLIC

TURNED_AWAY = {401, 403}


def doors_of(application: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, context.path)
        for context in iter_route_contexts(application.routes)
        for method in (getattr(context, "methods", None) or ())
        if method != "HEAD"
    }


def filled_in(path: str) -> str:
    return re.sub(r"{[^}]*}", str(uuid4()), path)


def turned_away(response: httpx.Response) -> bool:
    led_to_sign_in = response.status_code == 303 and response.headers["location"].startswith("/sign-in")
    return response.status_code in TURNED_AWAY or led_to_sign_in


async def test_every_door_is_locked_except_the_public_ones(application: FastAPI, client: httpx.AsyncClient) -> None:
    doors = doors_of(application)
    assert {("GET", "/people"), ("GET", "/api/v1/health")} <= doors, "the walk must see pages and API"
    let_in = {
        f"{method} {path}" for method, path in doors if not turned_away(await client.request(method, filled_in(path)))
    }
    assert let_in - PUBLIC == set(), "these doors are open to strangers; list them or lock them"
    assert PUBLIC - let_in == set(), "these doors are listed as public and are locked or gone"


async def test_no_form_of_another_site_changes_anything(application: FastAPI, client: httpx.AsyncClient) -> None:
    changing = [(method, path) for method, path in doors_of(application) if method not in {"GET", "OPTIONS"}]
    assert changing
    for method, path in changing:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = await client.request(method, filled_in(path), headers=headers)
            assert answer.status_code == 403, (method, path, headers)
