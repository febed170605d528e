"""The names of all institutions, made ready once and read by many texts."""

import re
from collections.abc import Iterable
from dataclasses import replace

from app.terms.rules import fold
from app.trials.rules.linking.english import English, place_words
from app.trials.rules.linking.japanese import Japanese
from app.trials.rules.linking.places import Prefectures
from app.trials.rules.linking.shapes import Home, Name

BRACKETS = re.compile(r"[（(][^）)]*[）)]")


class Index:
    """Names, homes and prefectures; the order in which they are given makes no difference."""

    def __init__(
        self, names: Iterable[Name], homes: Iterable[Home], prefectures: Iterable[tuple[str, str, str]]
    ) -> None:
        """Take the names, the home of each institution, and code, English and Japanese name of each prefecture."""
        every = sorted({*names} | {body for name in names if (body := body_of(name))}, key=_order)
        self.homes = {home.code: home for home in sorted(homes, key=lambda home: home.code)}
        listed = sorted(prefectures)
        of_code = {code: (english, japanese) for code, english, japanese in listed}
        self.prefectures = Prefectures(listed)
        latin, kanji = {}, {}
        for code, home in self.homes.items():
            english, japanese = of_code.get(home.prefecture, ("", ""))
            latin[code] = place_words(english, home.city_en)
            places = {japanese, japanese.rstrip("都道府県"), home.city_ja, home.city_ja.rstrip("市区町村"), "日本"}
            kanji[code] = frozenset(fold(place) for place in places if place)
        self.english = English([name for name in every if name.language == "en"], latin)
        self.japanese = Japanese([name for name in every if name.language == "ja"], kanji)


def body_of(name: Name) -> Name | None:
    """The university of a university hospital's name, which alone is no hospital; None for any other name."""
    if name.bears != "hospital":
        return None
    text = BRACKETS.sub("", name.text).strip()
    if name.language == "ja":
        found = re.fullmatch(r"(.+大学)(?:医学部)?(?:附属|付属)?病院", text)
        return replace(name, text=found[1], bears="body") if found else None
    found = re.fullmatch(r"(?:the )?(\w+ university|university of \w+) hospital", text, re.IGNORECASE)
    return replace(name, text=found[1], bears="body") if found else None


def _order(name: Name) -> tuple[str, str, str, str]:
    return name.code, name.language, name.text, name.bears
