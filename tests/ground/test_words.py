"""Words, dates and numbers as each language writes them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from app.ground import i18n
from app.ground.formats import day_text, fiscal_year_text, language_of, moment_text, number_text, pick
from app.ground.i18n import CataloguesMissing, Message, Plural, Said, locale_of

MOMENT = datetime(2026, 11, 20, 5, 5, tzinfo=UTC)


def test_dates_are_written_in_japan_time_in_each_language() -> None:
    assert day_text(date(2026, 11, 20), "en") == "20 Nov 2026"
    assert day_text(date(2026, 11, 20), "ja") == "2026年11月20日（金）"
    assert moment_text(MOMENT, "en") == "20 Nov 2026, 14:05 JST"
    assert moment_text(MOMENT, "ja") == "2026年11月20日（金）14:05"
    assert moment_text(datetime(2027, 3, 31, 22, 0, tzinfo=UTC), "ja").startswith("2027年4月1日")


def test_a_fiscal_year_carries_its_era_for_japanese_readers() -> None:
    assert fiscal_year_text(2028, "ja") == "2028年度（令和10年度）"
    assert fiscal_year_text(2019, "ja") == "2019年度（令和元年度）"
    assert fiscal_year_text(2028, "en") == "FY2028"


def test_numbers_are_parted() -> None:
    assert number_text(12345, "en") == number_text(12345, "ja") == "12,345"


def test_a_name_falls_back_to_english_and_says_so() -> None:
    both = {"name_en": "A Hospital", "name_ja": "ある病院"}
    assert pick(both, "ja") == ("ある病院", "ja")
    assert pick(both, "en") == ("A Hospital", "en")
    assert pick(SimpleNamespace(name_en="Co", name_ja=None), "ja") == ("Co", "en")


def test_the_language_of_a_text_is_seen_from_its_letters() -> None:
    assert [language_of(text) for text in ("Tokyo", "東京", "ｶﾀｶﾅ", "A 棟")] == ["en", "ja", "ja", "ja"]


def test_messages_within_messages_speak_the_same_language() -> None:
    inner, outer = Message("Sponsor"), Message("%(role)s: %(count)s")
    assert outer.in_("ja", role=inner, count=2) == "相談者: 2"
    assert Said(outer, {"role": inner, "count": 2}).in_("en") == "Sponsor: 2"
    assert Plural("%(count)s thing", "%(count)s things").in_("en", count=2) == "2 things"


def test_an_unknown_language_is_the_default() -> None:
    assert locale_of("fr") == locale_of(None) == "en"
    assert locale_of(None, "ja") == "ja"


def test_missing_japanese_is_noticed_and_not_shown_as_english(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    i18n.catalogue.cache_clear()
    with pytest.raises(CataloguesMissing):
        i18n.catalogue("ja")
    i18n.catalogue.cache_clear()
