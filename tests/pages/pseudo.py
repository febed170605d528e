"""A catalogue that brackets every translation, so that what was never in it shows."""

from functools import cache
from gettext import NullTranslations

import pytest

from app.ground import i18n, templates
from tests.pages.visible import CLOSE, OPEN


class Bracketing(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


@cache
def bracketing(locale: str) -> Bracketing:
    return Bracketing()


def speak_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the bracketing catalogue in place of both languages' until the test ends."""
    templates.forget()
    monkeypatch.setattr(i18n, "catalogue", bracketing)
    monkeypatch.setattr(templates, "catalogue", bracketing)
