"""Pictures of numbers are drawn at the server from a Vega-Lite specification, as SVG that obeys the page.

The SVG carries no style attribute and no script, its words stay text (the reader's fonts have the
Japanese that a server may lack), and each named layer receives the classes that madoguchi.css colours.
"""

import json
from asyncio import to_thread
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

import vl_convert

SVG: Final = "{http://www.w3.org/2000/svg}"
# Vega names the parts of an axis itself; madoguchi.css has a class for each.
AXIS_CLASSES: Final = {"role-axis-grid": "c-grid", "role-axis-label": "t-end"}
_PLACE: Final = {"transform", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy"}
_PAINT: Final = {"fill", "stroke", "stroke-width", "stroke-dasharray"}
_LETTERS: Final = {"text-anchor", "font-family", "font-size", "font-weight"}
_KEPT: Final = frozenset(_PLACE | _PAINT | _LETTERS)

register_namespace("", SVG.strip("{}"))


async def drawn(specification: Mapping[str, Any], classes: Mapping[str, str], name: str) -> str:
    """Return a Vega-Lite specification as SVG text, drawn once for the same content.

    `classes` gives the class of each layer by the layer's name; `name` is the accessible name of
    the picture. The drawing takes tens of milliseconds of processor time, so it leaves the loop.
    """
    words = json.dumps(specification, sort_keys=True, ensure_ascii=False)
    return await to_thread(_draw, words, tuple(sorted(classes.items())), name)


@lru_cache(maxsize=256)
def _draw(specification: str, classes: tuple[tuple[str, str], ...], name: str) -> str:
    picture = fromstring(vl_convert.vegalite_to_svg(json.loads(specification)))  # noqa: S314  (our own drawing)
    width, height = picture.get("width", "0"), picture.get("height", "0")
    plain = Element(f"{SVG}svg", {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": name})
    _copy(picture, plain, {**AXIS_CLASSES, **{f"{layer}_marks": named for layer, named in classes}}, "")
    return tostring(plain, encoding="unicode")


def _copy(source: Element, target: Element, classes: Mapping[str, str], named: str) -> None:
    """Copy what can be seen: groups with their place, shapes with their paint and class."""
    for part in source:
        marks = (part.get("class") or "").split()
        if part.get("display") == "none" or "background" in marks:
            continue
        inherited = next((classes[mark] for mark in marks if mark in classes), named)
        shape = part.tag != f"{SVG}g"
        kept = {key: value for key, value in part.attrib.items() if key in _KEPT}
        copy = Element(part.tag, {**kept, **({"class": inherited} if shape and inherited else {})})
        copy.text = part.text
        _copy(part, copy, classes, inherited)
        if shape or len(copy):
            target.append(copy)
