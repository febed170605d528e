"""Whether the place that a record gives is the place of an institution."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache

from app.terms.rules import fold
from app.trials.rules.linking.shapes import Facility, Home

# First two digits of a Japanese postal code: the prefecture, as Japan Post hands the codes out. A few villages on a
# border have the code of the neighbour; a link is made doubtful by that, and never wrong.
POSTAL: Mapping[str, tuple[str, ...]] = {
    "pref.01": ("00", "04", "05", "06", "07", "08", "09"), "pref.05": ("01",), "pref.03": ("02",), "pref.02": ("03",),
    "pref.13": ("10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"),
    "pref.14": ("21", "22", "23", "24", "25"), "pref.12": ("26", "27", "28", "29"), "pref.08": ("30", "31"),
    "pref.09": ("32",), "pref.11": ("33", "34", "35", "36"), "pref.10": ("37",), "pref.20": ("38", "39"),
    "pref.19": ("40",), "pref.22": ("41", "42", "43"), "pref.23": ("44", "45", "46", "47", "48", "49"),
    "pref.21": ("50",), "pref.24": ("51",), "pref.25": ("52",), "pref.27": ("53", "54", "55", "56", "57", "58", "59"),
    "pref.26": ("60", "61", "62"), "pref.29": ("63",), "pref.30": ("64",), "pref.28": ("65", "66", "67"),
    "pref.31": ("68",), "pref.32": ("69",), "pref.33": ("70", "71"), "pref.34": ("72", "73"), "pref.35": ("74", "75"),
    "pref.37": ("76",), "pref.36": ("77",), "pref.39": ("78",), "pref.38": ("79",),
    "pref.40": ("80", "81", "82", "83"), "pref.41": ("84",), "pref.42": ("85",), "pref.43": ("86",),
    "pref.44": ("87",), "pref.45": ("88",), "pref.46": ("89",), "pref.47": ("90",), "pref.18": ("91",),
    "pref.17": ("92",), "pref.16": ("93",), "pref.15": ("94", "95"), "pref.07": ("96", "97"), "pref.04": ("98",),
    "pref.06": ("99",),
}  # fmt: skip
PREFECTURE_OF = {digits: code for code, starts in POSTAL.items() for digits in starts}
ADMINISTRATIVE = {"shi", "ku", "city", "cho", "gun", "machi", "mura", "to", "fu", "ken", "prefecture", "pref",
                  "metropolis", "japan", "ward"}  # fmt: skip
LONG_VOWELS = ((r"oh(?![aeiouy])", "o"), ("ou", "o"), ("oo", "o"), ("uu", "u"))
KUNREI = (("sy", "sh"), ("ty", "ch"), ("jy", "j"), ("zy", "j"), ("tu", "tsu"), ("ttsu", "tsu"), (r"(?<![cs])hu", "fu"),
          (r"si(?!g)", "shi"), (r"m(?=[bp])", "n"))  # fmt: skip

SPELLINGS = [(re.compile(written), meant) for written, meant in (*LONG_VOWELS, *KUNREI)]


def romanised(word: str) -> str:
    """Return one spelling for the ways to romanise a Japanese word: Kyusyu and Kyushu, Ohsaka and Osaka, Hukuoka."""
    for written, meant in SPELLINGS:
        word = written.sub(meant, word)
    return word


def latin_words(text: str) -> list[str]:
    """The words of a place in Latin letters, in one romanisation, without the word for city, ward or prefecture."""
    found = re.findall(r"[a-z]+", bare(text))
    return [romanised(word) for word in found if word not in ADMINISTRATIVE]


def bare(text: str) -> str:
    """Return the text in lower case, half width and without accents; an apostrophe parts no word."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return re.sub("[\u0300-\u036f'’`]", "", text)


def digits_of(postal_code: str) -> str:
    """The digits of a postal code, however it is written; a leading zero that a sheet ate is put back."""
    found = re.sub(r"\D", "", unicodedata.normalize("NFKC", postal_code))
    return found.zfill(7) if len(found) == 6 else found


class Agreement(Enum):
    """How the place of a record goes with the home of an institution."""

    CITY = "city"
    PREFECTURE = "prefecture"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


class Prefectures:
    """Finds prefectures in what a record gives as city, prefecture and postal code."""

    def __init__(self, names: Iterable[tuple[str, str, str]]) -> None:
        """Take code, English and Japanese name of each prefecture."""
        self._kept = lru_cache(maxsize=65536)(self._agreement)
        self._latin: dict[str, str] = {}
        self._japanese: dict[str, str] = {}
        for code, english, japanese in sorted(names):
            self._latin[romanised(bare(english))] = code
            self._japanese[fold(japanese)] = code
            self._japanese.setdefault(fold(japanese if code == "pref.01" else japanese[:-1]), code)

    def of_word(self, word: str) -> str | None:
        """The prefecture that a Latin word names, in one romanisation."""
        return self._latin.get(word)

    def of_text(self, text: str) -> set[str]:
        """Every prefecture that a text names, by code too; 京都市 and Chiba-shi name one, since they lie in it."""
        if text in self._latin.values():
            return {text}
        found = {code for word in latin_words(text) if (code := self._latin.get(word))}
        folded = fold(text)
        named = {code for name, code in self._japanese.items() if folded.startswith(name)}
        return found | named

    def agreement(self, facility: Facility, home: Home) -> Agreement:
        """Hold the place of a record against the home of an institution; places recur, so answers are kept."""
        return self._kept(facility.city, facility.prefecture, facility.postal_code, home)

    def _agreement(self, city: str, prefecture: str, postal_code: str, home: Home) -> Agreement:
        """Hold a place against a home.

        One voice against it is enough for DIFFERS: another prefecture by name or by postal code, or a city that is
        not the institution's and no prefecture. A map point is never asked: registries get them wrong.
        """
        voices = self.of_text(prefecture) | self.of_text(city)
        digits = digits_of(postal_code)
        if len(digits) >= 3 and (code := PREFECTURE_OF.get(digits[:2])):
            voices.add(code)
        if voices - {home.prefecture}:
            return Agreement.DIFFERS
        same = self._city(city, home)
        if same is not None:
            return Agreement.CITY if same else Agreement.DIFFERS
        return Agreement.PREFECTURE if voices else Agreement.UNKNOWN

    def _city(self, given: str, home: Home) -> bool | None:
        """Whether the city is the home's; None where the record or the registry names no city."""
        folded = fold(given)
        if home.city_ja and fold(home.city_ja.rstrip("市区町村")) in folded:
            return True
        words = latin_words(given)
        wanted = latin_words(home.city_en)
        if wanted and set(wanted) <= set(words):
            return True
        known = bool(home.city_en or home.city_ja)
        says_more = any(self.of_word(word) is None for word in words) or (not words and self._more(folded))
        return False if known and says_more else None

    def _more(self, folded: str) -> bool:
        """Whether a folded Japanese text names more than a prefecture."""
        return bool(folded) and folded not in self._japanese and not folded.isdigit()
