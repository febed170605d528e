"""One Jinja environment per language, so that no request can leak its language into another."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.ground import formats
from app.ground.assets import asset
from app.ground.i18n import Locale, catalogue

TEMPLATE_FOLDER = Path(__file__).parents[2] / "templates"


@cache
def environment(locale: Locale) -> Environment:
    """Return the environment of a language: strict about undefined names, escaping HTML."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    words = catalogue(locale)
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(formats.filters(locale))
    made.globals["locale"] = locale
    made.globals["asset"] = asset
    made.globals["in_japanese"] = lambda message: catalogue("ja").gettext(message)
    return made


def render(name: str, locale: Locale, **context: Any) -> str:
    """Return a template in words of a language."""
    return environment(locale).get_template(name).render(**context)


def forget() -> None:
    """Drop the environments and catalogues, so that the next page is made with the words of that moment."""
    environment.cache_clear()
    catalogue.cache_clear()
