"""The documents speak of what is there: decisions are numbered, and the API's page knows every address."""

import re
from pathlib import Path

from fastapi import FastAPI

DOCS = Path(__file__).parents[2] / "docs"


def test_decisions_are_numbered_without_gaps_and_name_what_they_weighed() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} "), page.name
        for part in ("Context", "Decision", "Consequences", "Alternatives"):
            assert part in text, (page.name, part)


def test_the_page_of_the_api_lists_every_address(application: FastAPI) -> None:
    listed = set(re.findall(r"`GET (/[^`]*)`", (DOCS / "api.md").read_text(encoding="utf-8")))
    assert listed == {path.removeprefix("/api/v1") for path in application.openapi()["paths"]}
