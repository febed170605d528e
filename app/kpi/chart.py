"""The chart of a year: cases month by month, their running total, the target and the outlook.

One definition for the page at both widths and for the file. One colour, the axis from 0, labels on
the lines; the colours written here are those of madoguchi.css, for the file outside the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.ground.calendar import fiscal_year_span, in_japan
from app.ground.i18n import Locale, Message, _
from app.kpi import rules

INK, QUIET, ACCENT, LINE, TINT, GRID = "#1a1a1a", "#4d4d4d", "#00428c", "#c0e4ff", "#dcf0ff", "#e6e6e6"
CLASSES: Final[Mapping[str, str]] = {
    "bars": "c-bar",
    "band": "c-band",
    "target": "c-target",
    "total": "c-line",
    "outlook": "c-forecast",
    "today": "c-dot",
    "axis": "c-axis",
    "say_month": "t-mid",
    "say_target": "t-strong",
    "say_total": "t-accent",
    "say_total_end": "t-accent t-end",
    "say_outlook": "t-accent",
    "say_outlook_end": "t-accent t-end",
    "say_interval": "t-plain",
}
MONTH_NAMES: Final[Mapping[int, Message]] = {
    4: _("Apr"),
    5: _("May"),
    6: _("Jun"),
    7: _("Jul"),
    8: _("Aug"),
    9: _("Sep"),
    10: _("Oct"),
    11: _("Nov"),
    12: _("Dec"),
    1: _("Jan"),
    2: _("Feb"),
    3: _("Mar"),
}
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_FONT: Final = "Noto Sans JP, Noto Sans CJK JP, Hiragino Sans, BIZ UDPGothic, Yu Gothic UI, sans-serif"


@dataclass(frozen=True)
class Size:
    """A drawing's size in CSS pixels, its margins, and every how many months one is named."""

    width: int
    height: int
    left: int
    right: int
    month_step: int
    top: int = 30
    bottom: int = 30

    @property
    def room_at_the_right(self) -> bool:
        """Whether labels may stand beside the end of a line rather than on it."""
        return self.right > 100


WIDE: Final = Size(1160, 360, 30, 165, 1)
NARROW: Final = Size(360, 300, 30, 14, 2)


@dataclass(frozen=True)
class Picture:
    """What one chart shows: the count, its months, the target of the strategy and the outlook."""

    count: rules.Count
    target: int
    locale: Locale
    size: Size

    @property
    def total(self) -> int:
        """Cases counted so far."""
        return len(self.count.counted)

    @property
    def outlook(self) -> rules.Outlook | None:
        """Where the year ends if the pace holds; None for a year that is over or to come."""
        return rules.outlook(self.count)

    @property
    def first(self) -> date:
        """The first of April."""
        return in_japan(fiscal_year_span(self.count.year)[0])

    @property
    def days(self) -> int:
        """Days of the fiscal year."""
        return (in_japan(fiscal_year_span(self.count.year)[1]) - self.first).days

    @property
    def today(self) -> int:
        """Days of the year that are gone, today included: 0 before it, all of them after it."""
        gone = (in_japan(self.count.at) - self.first).days + 1
        return min(max(gone, 0), self.days)

    @property
    def ceiling(self) -> float:
        """The top of the scale, with room for a label above the highest mark."""
        highest = max(self.target, self.total, self.outlook.high if self.outlook else 0)
        return highest * 1.12 + 0.5

    def say(self, message: Message, **details: object) -> str:
        """Speak in the language of the picture."""
        return message.in_(self.locale, **details)


def specification(picture: Picture) -> dict[str, Any]:
    """Return the Vega-Lite specification of a picture."""
    size = picture.size
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": size.width - size.left - size.right,
        "height": size.height - size.top - size.bottom,
        "padding": {"left": size.left, "right": size.right, "top": size.top, "bottom": size.bottom},
        "autosize": {"type": "none"},
        "background": None,
        "config": {"view": {"stroke": None}, "font": _FONT, "text": {"fontSize": 13}},
        "layer": [*_marks(picture), *_labels(picture)],
    }


def accessible_name(picture: Picture) -> str:
    """Return the whole chart in one sentence, for those who do not see it."""
    ahead = picture.outlook
    if ahead is None:
        return picture.say(_("Cases counted: %(total)s. Target: %(target)s."), **_numbers(picture))
    return picture.say(
        _(
            "Cases counted so far: %(total)s. Expected at the end of the year: %(expected)s"
            " (80 %% interval %(low)s to %(high)s). Target: %(target)s."
        ),
        **_numbers(picture),
        expected=ahead.expected,
        low=ahead.low,
        high=ahead.high,
    )


def _numbers(picture: Picture) -> dict[str, int]:
    return {"total": picture.total, "target": picture.target}


def _marks(picture: Picture) -> Iterator[dict[str, Any]]:
    step = next((s for s in _STEPS if picture.ceiling / s <= 6), _STEPS[-1])
    ticks = list(range(0, int(picture.ceiling) + 1, step))
    yield _layer("bars", {"type": "rect", "fill": LINE}, _bars(picture), _scales(picture, ticks), x2="to", y2=0)
    ahead = picture.outlook
    if ahead is not None:
        yield _layer("band", {"type": "area", "fill": TINT}, _band(picture, ahead), y2="high")
        dashes = {"type": "line", "stroke": ACCENT, "strokeWidth": 2, "strokeDash": [6, 4]}
        end = _at(picture.days, picture.total + (ahead.expected - picture.total))
        yield _layer("outlook", dashes, [_at(picture.today, picture.total), end])
    yield _rule("target", picture, picture.target, {"type": "line", "stroke": INK, "strokeWidth": 1.5})
    yield _layer("total", {"type": "line", "stroke": ACCENT, "strokeWidth": 3}, _path(picture))
    yield _layer(
        "today", {"type": "point", "filled": True, "size": 80, "fill": ACCENT}, [_at(picture.today, picture.total)]
    )
    yield _rule("axis", picture, 0, {"type": "line", "stroke": QUIET, "strokeWidth": 1})


def _labels(picture: Picture) -> Iterator[dict[str, Any]]:
    yield _layer("say_month", _text(0, "center", dy=21), list(_month_names(picture)))
    goal = picture.say(_("Target: %(target)s"), target=picture.target)
    yield _layer("say_target", _text(4, "left", dy=-8, fill=INK), [_at(0, picture.target, goal)])
    yield _total_label(picture)
    if picture.outlook is not None:
        yield from _outlook_labels(picture, picture.outlook)


def _total_label(picture: Picture) -> dict[str, Any]:
    """On the line, to its left where the year has gone far enough to leave room."""
    words = picture.say(_("Total: %(total)s"), total=picture.total)
    here = [_at(picture.today, picture.total, words)]
    if picture.today > picture.days / 3:
        return _layer("say_total_end", _text(-9, "right", dy=-8, fill=ACCENT), here)
    return _layer("say_total", _text(9, "left", dy=14 if picture.total else -8, fill=ACCENT), here)


def _outlook_labels(picture: Picture, ahead: rules.Outlook) -> Iterator[dict[str, Any]]:
    words = picture.say(_("Outlook: %(expected)s"), expected=ahead.expected)
    if not picture.size.room_at_the_right:
        clear = max(ahead.expected, picture.target) if abs(ahead.expected - picture.target) < 3 else ahead.expected
        yield _layer("say_outlook_end", _text(-2, "right", dy=-8, fill=ACCENT), [_at(picture.days, clear, words)])
        return
    yield _layer("say_outlook", _text(10, "left", dy=4, fill=ACCENT), [_at(picture.days, ahead.expected, words)])
    range_words = picture.say(_("80 %% interval: %(low)s to %(high)s"), low=ahead.low, high=ahead.high)
    yield _layer("say_interval", _text(10, "left", dy=22), [_at(picture.days, ahead.expected, range_words)])


def _at(x: float, y: float, words: str | None = None) -> dict[str, Any]:
    return {"x": x, "y": y, "words": words} if words is not None else {"x": x, "y": y}


def _text(dx: int, align: str, *, dy: int, fill: str = QUIET) -> dict[str, Any]:
    return {"type": "text", "dx": dx, "dy": dy, "align": align, "baseline": "alphabetic", "fill": fill}


def _rule(name: str, picture: Picture, y: float, mark: Mapping[str, Any]) -> dict[str, Any]:
    return _layer(name, mark, [_at(0, y), _at(picture.days, y)])


def _layer(
    name: str,
    mark: Mapping[str, Any],
    values: list[dict[str, Any]],
    scales: Mapping[str, Any] | None = None,
    *,
    x2: str | None = None,
    y2: str | int | None = None,
) -> dict[str, Any]:
    channels = scales or {"x": {}, "y": {}}
    encoding: dict[str, Any] = {axis: {"field": axis, "type": "quantitative", **channels[axis]} for axis in ("x", "y")}
    if x2 is not None:
        encoding["x2"] = {"field": x2}
    if y2 is not None:
        encoding["y2"] = {"datum": y2} if isinstance(y2, int) else {"field": y2}
    if mark["type"] == "text":
        encoding["text"] = {"field": "words"}
    return {"name": name, "mark": mark, "data": {"values": values}, "encoding": encoding}


def _scales(picture: Picture, ticks: list[int]) -> dict[str, Any]:
    axis = {"values": ticks, "ticks": False, "domain": False, "title": None, "labelFontSize": 13, "gridColor": GRID}
    return {
        "x": {"scale": {"domain": [0, picture.days], "nice": False}, "axis": None},
        "y": {"scale": {"domain": [0, picture.ceiling], "nice": False}, "axis": {**axis, "labelPadding": 6}},
    }


def _starts(picture: Picture) -> list[int]:
    """The day of the year on which each month begins, and the end of the year."""
    firsts = [date(month.year, month.month, 1) for month in rules.by_month(picture.count)]
    return [*((day - picture.first).days for day in firsts), picture.days]


def _bars(picture: Picture) -> list[dict[str, Any]]:
    """A bar over the middle half of each month that has begun."""
    starts = _starts(picture)
    months = zip(starts, starts[1:], rules.by_month(picture.count), strict=False)
    return [
        {"x": start + (end - start) / 4, "to": end - (end - start) / 4, "y": month.counted}
        for start, end, month in months
        if month.counted is not None
    ]


def _month_names(picture: Picture) -> Iterator[dict[str, Any]]:
    starts = _starts(picture)
    for number, month in enumerate(rules.MONTHS):
        if number % picture.size.month_step == 0:
            middle = (starts[number] + starts[number + 1]) / 2
            yield _at(middle, 0, picture.say(MONTH_NAMES[month]))


def _path(picture: Picture) -> list[dict[str, Any]]:
    """The running total at the end of each month, and today."""
    ends = _starts(picture)[1:]
    months = zip(ends, rules.by_month(picture.count), strict=True)
    over = [_at(end, month.total) for end, month in months if month.total is not None and end < picture.today]
    return [_at(0, 0), *over, _at(picture.today, picture.total)]


def _band(picture: Picture, ahead: rules.Outlook) -> list[dict[str, Any]]:
    here = {"x": picture.today, "y": picture.total, "high": picture.total}
    return [here, {"x": picture.days, "y": ahead.low, "high": ahead.high}]
