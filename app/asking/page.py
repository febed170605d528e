"""A page in the reader's language."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.asking.cookies import LANGUAGE_COOKIE
from app.asking.who import Asker
from app.ground.i18n import LOCALES, Locale, locale_of, preferred
from app.ground.templates import render
from app.identity.rules import VISITOR, Actor
from app.settings import Settings


@dataclass(frozen=True)
class Page:
    """What every template knows: the reader, the language, the address."""

    locale: Locale
    actor: Actor
    path: str
    query: str
    settings: Settings

    @property
    def other_locale(self) -> Locale:
        """The language that the switch offers."""
        return next(locale for locale in LOCALES if locale != self.locale)

    @property
    def demo(self) -> bool:
        """Whether the banner of the demonstration stands on top."""
        return self.settings.demonstration

    @property
    def environment(self) -> str:
        """dev, test or production."""
        return self.settings.environment

    @property
    def operator_name(self) -> str:
        """Who runs this window, in the reader's language."""
        return self.settings.operator_name_ja if self.locale == "ja" else self.settings.operator_name_en

    @property
    def here(self) -> str:
        """The address of this page with its query, for the language switch to come back to."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def show(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        """Return the template as a page."""
        text = render(template, self.locale, page=self, **context)
        return HTMLResponse(text, status_code=status, headers={"Content-Language": self.locale, **(headers or {})})

    def redirect(self, path: str) -> RedirectResponse:
        """Send the reader on after a change, so that reloading does not repeat it."""
        return RedirectResponse(path, status_code=303)


def page_for(request: Request, actor: Actor | None = None) -> Page:
    """Return the page of a request; for a refusal before anybody was identified, a visitor's."""
    who: Actor = actor or getattr(request.state, "actor", None) or VISITOR
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        locale = locale_of(chosen)
    else:
        locale = preferred(request.headers.get("accept-language", "")) if who.is_visitor else who.language
    path, query = _came_from(request)
    return Page(locale, who, path, query, request.app.state.settings)


def _came_from(request: Request) -> tuple[str, str]:
    """Return path and query of the page that is shown; a form sent back with its errors stands where it was opened."""
    if request.method == "GET":
        return request.url.path, request.url.query
    sent_from = urlsplit(request.headers.get("referer", ""))
    same_host = sent_from.netloc == request.headers.get("host")
    return (sent_from.path, sent_from.query) if same_host and sent_from.path else (request.url.path, "")


def page_of_asker(request: Request, actor: Asker) -> Page:
    """Return the page of whoever asks."""
    return page_for(request, actor)


InPage = Annotated[Page, Depends(page_of_asker)]
