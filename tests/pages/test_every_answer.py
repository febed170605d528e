"""What a form answers when it is sent empty, or with words that no rule expects, is read like every page."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from app.identity.rules import Role
from tests.pages.visible import untranslated

# Strange, long, hidden signs, right to left, and what other programs would take for commands.
STRANGE = "<script>alert(1)</script> '); DROP TABLE person; -- \u202e שלום 🧪 " + "あ" * 300


class Forms(HTMLParser):
    """Collects the forms of a page: where they post and the names of what they send."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, set[str]] = {}
        self._fields: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._fields = set()
            if (given.get("method") or "").lower() == "post":
                self.posts[given.get("action") or ""] = self._fields
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            self._fields.add(given["name"] or "")


def forms_of(html: str, address: str) -> dict[str, set[str]]:
    forms = Forms()
    forms.feed(html)
    return {action or address: fields for action, fields in forms.posts.items()}


def kind_of(address: str) -> str:
    """Return an address without what tells one thing of a kind from another."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{4}|[?#].*", "*", address)


@pytest.mark.parametrize("typed", ["", STRANGE], ids=["empty", "strange"])
@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.usefixtures("brackets")
async def test_no_form_answers_in_words_that_nobody_translated(
    role: Role | None,
    typed: str,
    browsers_of: Any,
    pages_of: Any,
) -> None:
    pages = await pages_of(role)
    browser, *_others = await browsers_of(role)
    forms: dict[str, tuple[str, set[str], str]] = {}
    for seen in pages:
        for action, fields in forms_of(seen.html, seen.address).items():
            forms.setdefault(f"{kind_of(action)} {kind_of(seen.address)}", (action, fields, seen.address))
    loose: list[str] = []
    for action, fields, address in forms.values():
        if action in ("/sign-out", "/language"):
            continue
        answer = await browser.post(
            action, data=dict.fromkeys(fields, typed), headers={"Referer": f"http://testserver{address}"}
        )
        assert answer.status_code < 500, (action, typed, answer.text)
        if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
            loose += [f"{action} on {address}: {words}" for words in untranslated(answer.text)]
    assert loose == []
