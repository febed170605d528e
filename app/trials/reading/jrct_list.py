"""A page of jRCT's result list: numbers with what the list says of each, the count, and the address of the next page."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.ground.i18n import _
from app.trials.reading.found import Unreadable
from app.trials.reading.pages import decoded, is_japanese, parsed, text_of
from app.trials.record import NOTHING, Coded, Day, Text
from app.trials.rules.codes import STATUSES, coded
from app.trials.rules.days import day_of
from app.trials.rules.numbers import number_of
from app.trials.rules.texts import folded

ROWS_OF_A_PAGE = 50
_CELLS = 5
_UNCODED = Coded()
_COUNT = re.compile(r"([\d,]{1,12})\s{0,3}(?:件検索完了|search results? completed)", re.IGNORECASE)
_NEXT = ("次へ", "next", "›", "»", "次", ">")


@dataclass(frozen=True)
class Listed:
    """One row: the number, the title (the list cuts it off with …), disease, status and day of publication."""

    number: str
    title: Text = NOTHING
    condition: Text = NOTHING
    status: Coded = _UNCODED
    published: Day | None = None


@dataclass(frozen=True)
class ListPage:
    """One page of the list; `refused` holds the rows without a jRCT number as they stand.

    `count` is None where the page does not say it, `following` the address of the next page, None on the last one.
    """

    rows: tuple[Listed, ...]
    count: int | None
    following: str | None
    refused: tuple[str, ...] = ()


def read_list(content: bytes | str) -> ListPage:
    """Read a result list, in Japanese or English, of the present layout (table.table-search) or the older (table.table).

    Raises Unreadable where the page holds no such table and no count: an error page, or a layout that has changed.
    """
    page = parsed(decoded(content)[0] if isinstance(content, bytes) else content)
    count = _count(page)
    found, refused = [], []
    for line in _lines(page):
        cells = [text_of(cell) for cell in line.css("td")]
        number = number_of(cells[0]) if cells else None
        if number is None or number.scheme != "jrct" or len(cells) < _CELLS:
            refused.append(" | ".join(cells))
        else:
            found.append(_listed(number.value, cells))
    if count is None and not found:
        raise Unreadable(_("This page is no result list of jRCT."))
    return ListPage(tuple(found), count, _following(page), tuple(filter(None, refused)))


def _lines(page: LexborHTMLParser) -> list[LexborNode]:
    table = page.css_first("table.table-search") or page.css_first("table.table")
    return [line for line in table.css("tr") if line.css_first("td")] if table else []


def _listed(number: str, cells: list[str]) -> Listed:
    def said(words: str) -> Text:
        return Text(ja=words) if is_japanese(words) else Text(en=words or None)

    published = day_of(cells[4]) if cells[4] else None
    return Listed(number, said(cells[1]), said(cells[2]), coded(said(cells[3]), STATUSES), published)


def _count(page: LexborHTMLParser) -> int | None:
    for told in page.css("div[role=alert], div.alert-success"):
        if found := _COUNT.search(text_of(told)):
            return int(found[1].replace(",", "") or 0)
    return None


def _following(page: LexborHTMLParser) -> str | None:
    for link in page.css("ul.pagination a"):
        words = folded(text_of(link))
        if words in _NEXT or link.attributes.get("rel") == "next":
            return link.attributes.get("href") or None
    return None
