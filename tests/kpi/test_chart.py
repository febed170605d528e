"""The chart: drawn from the figures, in both languages, obeying the page's security policy."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from app.ground import pictures
from app.ground.i18n import Locale
from app.kpi import chart, rules

from .cases import a_case, counted, on

NOVEMBER_20 = on(11, 20)
SVG = "{http://www.w3.org/2000/svg}"


def nine_cases() -> rules.Count:
    days = [(4, 14), (5, 20), (6, 9), (8, 4), (8, 26), (9, 15), (10, 19), (10, 27), (11, 4)]
    return counted(*(a_case(received_at=on(*day)) for day in days), at=NOVEMBER_20)


async def drawn(count: rules.Count, locale: Locale = "en", size: chart.Size = chart.WIDE) -> Element:
    picture = chart.Picture(count, 15, locale, size)
    text = await pictures.drawn(chart.specification(picture), chart.CLASSES, chart.accessible_name(picture))
    return fromstring(text)


def words_of(svg: Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def of_class(svg: Element, name: str) -> list[Element]:
    return [part for part in svg.iter() if name in (part.get("class") or "").split()]


async def test_the_chart_shows_months_total_target_and_outlook() -> None:
    svg = await drawn(nine_cases())
    words = words_of(svg)
    assert [word for word in words if word.isdigit()] == ["0", "5", "10", "15"], "the axis begins at 0"
    assert words[4:] == [
        *("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"),
        "Target: 15",
        "Total: 9",
        "Outlook: 14",
        "80 % interval: 11 to 17",
    ]
    assert len(of_class(svg, "c-bar")) == 8
    for name in ("c-band", "c-line", "c-forecast", "c-target", "c-dot", "c-axis"):
        assert len(of_class(svg, name)) == 1, name


async def test_the_japanese_chart_keeps_its_words_as_text() -> None:
    svg = await drawn(nine_cases(), "ja")
    assert {"4月", "目標値 15件", "累計 9件", "年度末見込み 14件"} <= set(words_of(svg))
    assert svg.get("aria-label") == ("これまでの計上は9件。年度末見込みは14件（80％区間 11～17件）。目標値は15件。")


async def test_the_narrow_chart_names_every_other_month_and_fits_its_width() -> None:
    svg = await drawn(nine_cases(), size=chart.NARROW)
    assert svg.get("viewBox") == "0 0 360 300"
    assert [word for word in words_of(svg) if len(word) == 3] == ["Apr", "Jun", "Aug", "Oct", "Dec", "Feb"]


async def test_a_chart_carries_no_style_no_script_and_one_name() -> None:
    svg = await drawn(nine_cases())
    assert svg.get("role") == "img"
    for part in svg.iter():
        assert "style" not in part.attrib
        assert not any(name.startswith("on") for name in part.attrib)
        assert part.tag.removeprefix(SVG) in {"svg", "g", "path", "line", "text"}
        assert part is svg or not {"role", "aria-label"} & set(part.attrib)


@pytest.mark.parametrize("at", [on(4, 1), on(4, 14)])
async def test_the_first_days_of_a_year_can_be_drawn(at: object) -> None:
    svg = await drawn(counted(a_case(received_at=on(4, 14)), at=at))  # type: ignore[arg-type]
    assert len(of_class(svg, "c-bar")) == 1


async def test_a_year_that_is_over_has_no_outlook() -> None:
    svg = await drawn(counted(a_case(), at=on(5, 1, year=2027)))
    assert of_class(svg, "c-band") == of_class(svg, "c-forecast") == []
    assert svg.get("aria-label") == "Cases counted: 1. Target: 15."


async def test_more_cases_than_the_target_stay_inside_the_picture() -> None:
    count = counted(*(a_case() for _ in range(70)), at=on(3, 31, year=2027))
    svg = await drawn(count)
    assert [word for word in words_of(svg) if word.isdigit()] == ["0", "20", "40", "60"]


async def test_words_are_written_as_text_and_never_become_marks() -> None:
    spec = {
        "data": {"values": [{"words": "<script>alert(1)</script>"}]},
        "mark": "text",
        "encoding": {"text": {"field": "words"}},
    }
    svg = await pictures.drawn(spec, {}, 'a "name" <b>')
    assert "<script" not in svg
    assert fromstring(svg).get("aria-label") == 'a "name" <b>'
