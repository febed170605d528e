"""Words are marked where they are written and spoken where they are read; English sentences are the message ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel.support import Translations

Locale = Literal["en", "ja"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
LOCALE_FOLDER = Path(__file__).parents[2] / "locales"


class CataloguesMissing(RuntimeError):
    """The Japanese catalogue is not compiled."""


@cache
def catalogue(locale: Locale) -> NullTranslations:
    """Return the words of a language; English needs none, since its sentences are the ids.

    Raises CataloguesMissing where the compiled Japanese is absent: English words on a Japanese
    page would go unnoticed.
    """
    if locale == "en":
        return NullTranslations()
    found = Translations.load(str(LOCALE_FOLDER), [locale], "messages")
    if not isinstance(found, Translations):
        raise CataloguesMissing(f"{LOCALE_FOLDER}: run `pybabel compile -d locales` first")
    return found


@dataclass(frozen=True)
class Message:
    """A sentence marked for translation now, put into words later."""

    msgid: str

    def in_(self, locale: Locale, **details: object) -> str:
        """Say it in a language; a detail that is itself a Message is said in the same language."""
        words = catalogue(locale).gettext(self.msgid)
        return words % spoken(details, locale) if details else words


@dataclass(frozen=True)
class Plural:
    """A sentence about a number of things; `count` is always among its details."""

    one: str
    many: str

    def in_(self, locale: Locale, *, count: int, **details: object) -> str:
        """Say it in a language for this many."""
        words = catalogue(locale).ngettext(self.one, self.many, count)
        return words % {"count": count, **spoken(details, locale)}


@dataclass(frozen=True)
class Said:
    """A message together with what fills its holes."""

    message: Message
    details: Mapping[str, object]

    def in_(self, locale: Locale) -> str:
        """Say it in a language."""
        return self.message.in_(locale, **self.details)


def _(msgid: str) -> Message:
    """Mark a whole sentence; never a fragment, never an f-string."""
    return Message(msgid)


def n_(one: str, many: str) -> Plural:
    """Mark a sentence with its plural."""
    return Plural(one, many)


def say(message: Message, **details: object) -> Said:
    """Pair a message with its details, to be spoken later."""
    return Said(message, details)


def spoken(details: Mapping[str, object], locale: Locale) -> dict[str, object]:
    """Return the details with every message among them said in the language."""
    return {
        name: detail.in_(locale) if isinstance(detail, Message | Said) else detail for name, detail in details.items()
    }


def locale_of(text: str | None, default: Locale = "en") -> Locale:
    """Return the language that a cookie, a form or a column names, or the default."""
    return text if text in LOCALES else default


def preferred(accept_language: str) -> Locale:
    """Return the reader's language from an Accept-Language header: the first of ours that it names."""
    weighted = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        tag, _separator, weight = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        if language in LOCALES:
            weighted.append((-_weight(weight), position, language))
    return locale_of(min(weighted)[2]) if weighted else "en"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
