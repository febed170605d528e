"""The three cookies: who is signed in, which language, and a visitor's own readings."""

from datetime import timedelta
from typing import Literal

from fastapi import Response

from app.ground.i18n import Locale
from app.settings import Settings

LANGUAGE_COOKIE = "language"
A_YEAR = timedelta(days=365)


def session_cookie(settings: Settings) -> str:
    """Return the name of the session cookie; `__Host-` ties it to this host where https allows."""
    return _name("madoguchi_session", settings)


def visitor_cookie(settings: Settings) -> str:
    """Return the name of the cookie that marks a visitor's own readings."""
    return _name("madoguchi_visitor", settings)


def _name(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if settings.served_over_https else name


def put(response: Response, name: str, value: str, *, lasts: timedelta, settings: Settings) -> None:
    """Set a cookie that no script can read. Lax and not Strict: people arrive from links in their webmail."""
    samesite: Literal["lax"] = "lax"
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite=samesite,
        secure=settings.served_over_https,
    )


def put_language(response: Response, locale: Locale, settings: Settings) -> None:
    """Keep the reader's choice of language for a year."""
    put(response, LANGUAGE_COOKIE, locale, lasts=A_YEAR, settings=settings)


def drop(response: Response, name: str, settings: Settings) -> None:
    """Delete a cookie with the same attributes that it was set with."""
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=settings.served_over_https)
