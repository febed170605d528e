"""The pages of the practice registry, made from its own templates."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.practice_registry.records import Both, Json

# The registry's own name, which stands over every page, its error page included: as generic as jRCT's.
TITLE = {
    "ja": "臨床研究実施計画・研究概要公開システム（練習用・架空）",
    "en": "Clinical trials registry for practice (fictional), after jRCT",
}
HEADS = {
    "ja": ("臨床研究実施計画番号", "研究の名称", "対象疾患名", "研究の進捗状況", "公表日", "詳細"),
    "en": ("Trial ID", "Title", "Condition", "Recruitment status", "Date of publication", "Details"),
}
NO_PRODUCT = dict.fromkeys(("kind", "approval", "generic", "brand", "approval_number", "provider", "place"), "")
NO_NUMBER = dict.fromkeys(("number", "registry_ja", "registry_en"), "")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _page(template: str, language: str, **given: Any) -> str:
    return _templates.get_template(template).render(language=language, title=TITLE[language], **given)


def detail(record: Json, language: str) -> str:
    """Return the page of one record."""
    return _page(
        f"detail.{language}.html", language, record=record, nothing=Both(), no_product=NO_PRODUCT, no_number=NO_NUMBER
    )


def results(records: list[Json], language: str, query: dict[str, str], *, page: int, rows: int) -> str:
    """Return one page of a result list: the count of all, the rows of this page, links to the others."""
    last = max(1, -(-len(records) // rows))
    links = [_link(query, number, str(number), here=number == page) for number in range(1, last + 1)]
    if page < last:
        links.append(_link(query, page + 1, "次へ" if language == "ja" else "Next", here=False))
    shown = records[(page - 1) * rows : page * rows]
    return _page("search.html", language, records=shown, count=len(records), heads=HEADS[language], pages=links)


def _link(query: dict[str, str], page: int, name: str, *, here: bool) -> Json:
    return {"address": f"/search?{urlencode({**query, 'page': page})}", "name": name, "here": here}


def agreement() -> str:
    """Return the terms of use."""
    return _page("agreement.html", "ja")


def error() -> str:
    """Return the page that stands for everything that went wrong, an unknown number included."""
    return _page("error.html", "ja")
