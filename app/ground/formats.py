"""Dates, moments and numbers as a reader of each language writes them, in Japan time."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.core import Locale as CldrLocale
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from app.ground.calendar import JST, era_fiscal_year, fiscal_year, in_japan
from app.ground.i18n import Locale, Message, Said

_WEEKDAYS = "月火水木金土日"
COUNTRIES_IN_OFFICES = {"US": "米国", "GB": "英国"}
JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")


def day_text(day: date, locale: Locale) -> str:
    """Return "20 Nov 2026" or 2026年11月20日（金）."""
    if locale == "ja":
        return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
    return format_date(day, "d MMM y", locale="en_GB")


def moment_text(moment: datetime, locale: Locale) -> str:
    """Return a moment in Japan time: "20 Nov 2026, 14:05 JST" or 2026年11月20日（金）14:05."""
    local = moment.astimezone(JST)
    clock = local.strftime("%H:%M")
    day = day_text(local.date(), locale)
    return f"{day}{clock}" if locale == "ja" else f"{day}, {clock} JST"


def fiscal_year_text(year: int, locale: Locale) -> str:
    """Return "FY2028" or 2028年度（令和10年度）, the writing of official figures."""
    return f"FY{year}" if locale == "en" else f"{year}年度（{era_fiscal_year(year)}）"


def country_text(code: str, locale: Locale) -> str:
    """Return the name of a country (ISO 3166-1 alpha-2) as Unicode CLDR has it; an unknown code as it is.

    Offices write 米国 and 英国 where CLDR has アメリカ合衆国 and イギリス.
    """
    if locale == "ja" and code in COUNTRIES_IN_OFFICES:
        return COUNTRIES_IN_OFFICES[code]
    return str(CldrLocale.parse(locale).territories.get(code, code))


def number_text(number: float, locale: Locale) -> str:
    """Return a number with its thousands parted."""
    return format_decimal(number, locale=locale)


def filters(locale: Locale) -> dict[str, Callable[..., Any]]:
    """Return the filters of the templates in one language.

    `day` (of a date, or of a moment in Japan), `moment`, `fiscal_year` and `country` mark up data; `fiscal_year_of`
    is the year of a day; `number` and the filters ending in `_text` return text; `said` speaks a Message;
    `named` picks and marks up `name_en` or `name_ja` of a thing that has both.
    """

    def time(machine: str, text: str) -> Markup:
        return Markup('<time datetime="{}" translate="no" lang="{}">{}</time>').format(machine, locale, text)

    def day(moment: date | datetime) -> Markup:
        on = in_japan(moment) if isinstance(moment, datetime) else moment
        return time(on.isoformat(), day_text(on, locale))

    def named(thing: Any) -> Markup:
        return data(*pick(thing, locale))

    return {
        "day": day,
        "moment": lambda moment: time(moment.isoformat(), moment_text(moment, locale)),
        "fiscal_year": lambda year: data(fiscal_year_text(year, locale), locale),
        "fiscal_year_of": lambda day: data(fiscal_year_text(fiscal_year(day), locale), locale),
        "country": lambda code: data(country_text(code, locale), locale),
        "country_text": lambda code: country_text(code, locale),
        "fiscal_year_text": lambda year: fiscal_year_text(year, locale),
        "day_text": lambda day: day_text(day, locale),
        "moment_text": lambda moment: moment_text(moment, locale),
        "number": lambda number: number_text(number, locale),
        "said": lambda message: said(message, locale),
        "named": named,
        "name_text": lambda thing: pick(thing, locale)[0],
        "name_language": lambda thing: pick(thing, locale)[1],
        "data": data,
        "language_of": language_of,
    }


def pick(thing: Any, locale: Locale) -> tuple[str, Locale]:
    """Return the name of a thing in the reader's language and the language it is really in.

    Takes an object or a mapping with `name_en` and `name_ja`; a missing Japanese name falls back to the English one.
    """
    read = thing.get if isinstance(thing, dict) else lambda key: getattr(thing, key)
    if locale == "ja" and read("name_ja"):
        return str(read("name_ja")), "ja"
    return str(read("name_en")), "en"


def language_of(text: str) -> Locale:
    """Guess the language of a text that people typed or published: Japanese where it has kana or kanji."""
    return "ja" if JAPANESE.search(text) else "en"


def data(text: object, language: str) -> Markup:
    """Mark text up as data: never translated, in the language that it is in."""
    return Markup('<span translate="no" lang="{}">{}</span>').format(language, text)


def said(message: Message | Said | str, locale: Locale) -> str:
    """Speak a message; plain text passes as it is."""
    return message if isinstance(message, str) else message.in_(locale)
