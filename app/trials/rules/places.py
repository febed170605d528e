"""Where a site is, as far as the text says so, and whether the text names a hospital at all."""

import re
from collections.abc import Iterable
from functools import cache

from babel.core import Locale

from app.trials.record import Country, Text
from app.trials.rules.lists import once
from app.trials.rules.texts import folded, tight

# JIS X 0401, as in the vocabulary pref.01 to pref.47; the endings 都, 府, 県 and -ken may be left out in English.
_PREFECTURES = (
    "北海道 Hokkaido,青森県 Aomori,岩手県 Iwate,宮城県 Miyagi,秋田県 Akita,山形県 Yamagata,福島県 Fukushima,茨城県 Ibaraki,"
    "栃木県 Tochigi,群馬県 Gunma,埼玉県 Saitama,千葉県 Chiba,東京都 Tokyo,神奈川県 Kanagawa,新潟県 Niigata,富山県 Toyama,"
    "石川県 Ishikawa,福井県 Fukui,山梨県 Yamanashi,長野県 Nagano,岐阜県 Gifu,静岡県 Shizuoka,愛知県 Aichi,三重県 Mie,"
    "滋賀県 Shiga,京都府 Kyoto,大阪府 Osaka,兵庫県 Hyogo,奈良県 Nara,和歌山県 Wakayama,鳥取県 Tottori,島根県 Shimane,"
    "岡山県 Okayama,広島県 Hiroshima,山口県 Yamaguchi,徳島県 Tokushima,香川県 Kagawa,愛媛県 Ehime,高知県 Kochi,"
    "福岡県 Fukuoka,佐賀県 Saga,長崎県 Nagasaki,熊本県 Kumamoto,大分県 Oita,宮崎県 Miyazaki,鹿児島県 Kagoshima,沖縄県 Okinawa"
)
_BY_NAME = {
    name: f"pref.{number:02d}"
    for number, pair in enumerate(_PREFECTURES.split(","), 1)
    for name in (pair.split(" ")[0], pair.split(" ")[1].lower())
}
_JAPANESE = {name: code for name, code in _BY_NAME.items() if not name.isascii()}
# A city of this name lies in another prefecture (Ibaraki in Osaka), so the bare word is two places.
_TWO_PLACES = {"ibaraki"}
# A city that has the name of a prefecture lies in it (Chiba-shi), but for the one above.
_ENDING = re.compile(r"[ -](?:ken|fu|to|prefecture|pref\.?|shi|city)$")
_MACRONS = str.maketrans("āīūēōĀĪŪĒŌ", "aiueoAIUEO")
# How registries write countries, where CLDR has another name.
_ALIASES = {
    "usa": "US", "u.s.a.": "US", "us": "US", "united states of america": "US", "アメリカ": "US", "米国": "US", "uk": "GB",
    "great britain": "GB", "イギリス": "GB", "英国": "GB", "england": "GB", "korea, republic of": "KR", "korea": "KR",
    "republic of korea": "KR", "south korea": "KR", "韓国": "KR", "taiwan, province of china": "TW", "台湾": "TW",
    "viet nam": "VN", "russian federation": "RU", "turkey": "TR", "türkiye": "TR", "turkey (türkiye)": "TR",
    "czech republic": "CZ", "hong kong": "HK", "香港": "HK", "macau": "MO", "iran, islamic republic of": "IR",
    "moldova, republic of": "MD", "former serbia and montenegro": "RS", "north macedonia": "MK", "slovak republic": "SK",
    "the netherlands": "NL", "中国": "CN", "中華人民共和国": "CN", "日本国": "JP", "puerto rico": "PR",
    "macedonia, the former yugoslav republic of": "MK", "bosnia and herzegovina": "BA", "ivory coast": "CI",
    "côte d'ivoire": "CI", "myanmar": "MM", "palestinian territory, occupied": "PS", "venezuela": "VE",
    "syrian arab republic": "SY", "lao people's democratic republic": "LA", "tanzania": "TZ", "brunei darussalam": "BN",
    "libyan arab jamahiriya": "LY", "congo, the democratic republic of the": "CD", "democratic republic of the congo": "CD",
    "congo": "CG", "trinidad and tobago": "TT", "antigua and barbuda": "AG", "saint kitts and nevis": "KN",
    "réunion": "RE", "reunion": "RE", "holy see": "VA", "eswatini": "SZ", "swaziland": "SZ",
}  # fmt: skip
_PARTED = re.compile(r"\s*(?:[;/\n、，・]|,(?! (?:republic of|the|province|islamic|occupied)))\s*", re.IGNORECASE)
_NOWHERE = {"なし", "無し", "none", "no", "n/a", "not applicable", "該当なし", "-"}


def prefecture_of(*texts: str | None) -> str | None:
    """Return the prefecture that the first of some texts names, None where none does or the word is two places.

    Japanese texts begin with it (神奈川県伊勢原市…); in English a whole part between commas must be its name:
    "Bunkyo-ku, Tokyo", "Fukushima, Japan". A city is not looked up, and nothing is guessed from a map.
    """
    for text in texts:
        if text and (found := _prefecture(text)):
            return found
    return None


def _prefecture(text: str) -> str | None:
    plain = tight(text)
    for name, code in _JAPANESE.items():
        if plain.startswith((name, "日本" + name)):
            return code
    for part in reversed(folded(text.translate(_MACRONS)).split(",")):
        word = part.strip()
        bare = _ENDING.sub("", word)
        if bare in _BY_NAME and (bare not in _TWO_PLACES or "," in text):
            return _BY_NAME[bare]
    return None


def countries_in(text: Text) -> tuple[Country, ...]:
    """Return each country that a text lists, once; words that are no country (ASIA) keep code None. なし names none."""
    named = [
        Country(Text(**{language: part}), country_code(part))
        for language, words in (("en", text.en), ("ja", text.ja))
        for part in _PARTED.split(" ".join((words or "").replace("\n", ";").split()))
        if part.strip() and folded(part) not in _NOWHERE
    ]
    english = [country for country in named if country.text.en]
    if not english or all(country.code is None for country in english):
        english = [country for country in named if country.text.ja] or english
    return once(english, lambda country: country.code or country.text.any())


def country_code(name: str) -> str | None:
    """Return country.XX (ISO 3166-1) for the name of a country in English or Japanese, None for anything else."""
    code = _ALIASES.get(folded(name)) or _territories().get(folded(name))
    return f"country.{code}" if code else None


@cache
def _territories() -> dict[str, str]:
    return {
        folded(name): code
        for language in ("ja", "en")
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO")
    }


def is_international(countries: Iterable[Country]) -> bool | None:
    """Say whether a country beside Japan, or words that are no country (ASIA), stand beside it; None for no country."""
    codes = {country.code for country in countries}
    return codes != {"country.JP"} if codes else None


_HOSPITAL = re.compile(
    r"hosp|clinic(?!al)|medical|medicine|m[eé]dic|university|college|institut|infirmary|health|centre hosp|klinik|kliniken|cent(?:er|re)\b"
    r"|ospedal|h[oô]pital|chu\b|病院|医院|クリニック|診療所|大学|センター|医療|研究所|療養所|保健|診療",
    re.IGNORECASE,
)
_MASKED = re.compile(
    r"(?:investigat\w*|research|selected|study|trial|clinical(?: (?:trials?|research|study))?)[ -]sites?\b"
    r"|^sites?(?: reference)?(?: id)?[ /#:.-]*(?:no\.?|number)?[ /#:.-]*[a-z]{0,4}[ -]?\d*[a-z]?$|^local institution"
    r"|^(?:facility|institution|location|center|centre|site)[ #:-]*\d+$|^(?:many|multiple|various|several) (?:location|site)"
    r"|for additional information|call for info|please (?:contact|call)|contact (?:the )?(?:study|site)|(?:investigative|investigational) (?:center|centre)"
    r"|(?:治験)?(?:実施)?(?:施設|医療機関)(?:名)?(?:非公開|は非公開|非開示)|^非公開$|^非開示$",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:co\.?,? ?ltd|inc|k\.?k|corp(?:oration)?|llc|gmbh|plc|pty|company)\b\.?|株式会社|\(株\)|㈱", re.IGNORECASE
)
_PERSON = re.compile(
    r"^(?:dr|prof|professor)\.? |(?:, ?| )(?:m\.?d\.?|ph\.?d\.?|d\.?o\.?)(?:,|$)|(?:医師|先生)$", re.IGNORECASE
)
_LONGEST_NAME = 500
_NUMBERED = re.compile(r"\s*/?\s*(?:ID#|\(?site\b|#).*$", re.IGNORECASE)


def undisclosed(facility: Text, around: Iterable[str | None], sponsors: Iterable[str], *, japan: bool) -> str | None:
    """Return why a facility's text names no hospital (silent, masked, person, sponsor, place, company); None if it does.

    `around` are the city, state, country of the same row: "Nagoya, Japan" is a place and not a hospital. A company or
    the sponsor's own name is a reason in Japan only, where a hospital never is one; elsewhere they run clinics.
    """
    words = " ".join((facility.ja or facility.en or "")[:_LONGEST_NAME].split())
    if not words:
        return "silent"
    if _MASKED.search(folded(words)):
        return "masked"
    if _HOSPITAL.search(words):
        return None
    if is_person(words):
        return "person"
    bare = tight(_NUMBERED.sub("", words))
    if japan and any(bare and tight(name).startswith(bare) for name in sponsors if name):
        return "sponsor"
    if _is_place(words, around):
        return "place"
    return "company" if japan and _COMPANY.search(words) else None


def is_person(words: str) -> bool:
    """Say whether words read as a person (Dr. …, …, M.D.) rather than as a place where people are treated."""
    return bool(_PERSON.search(words.strip())) and not _HOSPITAL.search(words)


def _is_place(words: str, around: Iterable[str | None]) -> bool:
    places = {tight(place.translate(_MACRONS)) for text in around if text for place in (text, *text.split(","))}
    for part in words.translate(_MACRONS).split(","):
        bare = re.sub(r"[ -](?:shi|ku|ken|cho|city|prefecture)$", "", folded(part))
        known = bare in _BY_NAME or tight(part) in places or tight(bare) in places or part.strip() in _JAPANESE
        if not (known or country_code(part)):
            return False
    return True
