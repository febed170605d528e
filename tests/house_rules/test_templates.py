"""Every template compiles, holds no word outside the catalogue, no inline style or script."""

import re

import jinja2
import pytest

from app.ground.i18n import LOCALES
from app.ground.templates import environment
from tests.pages.visible import Reader
from tests.rendered import TEMPLATES, every_template

ADDRESS = re.compile(r"(?:https?://|0/)\S*")  # 0 stands where an expression stood
# Attributes that a macro gathers before it writes the tag.
GATHERED = re.compile(r'\s(?:aria-(?:describedby|invalid|label)|autocomplete)="(?:0|true)"')
INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""",
    re.IGNORECASE,
)


def outside_catalogue(name: str) -> str:
    """Return a template's own text without its statements, expressions, comments and translated blocks."""
    text, tokens, translated = (
        [],
        list(environment("en").lex((TEMPLATES / name).read_text())),
        False,
    )
    for (_line, kind, value), (_next_line, _space, after) in zip(tokens, [*tokens[1:], (0, "", "")], strict=True):
        if kind == "name" and value in ("trans", "endtrans"):
            translated = value == "trans"
        if kind == "data" and not translated:
            text.append(value)
        if kind == "variable_begin" and after:
            text.append("0")
    return "".join(text)


@pytest.mark.parametrize("name", sorted(every_template()))
def test_a_template_compiles(name: str) -> None:
    for locale in LOCALES:
        environment(locale).compile((TEMPLATES / name).read_text(), name)


@pytest.mark.parametrize("name", sorted(every_template()))
def test_no_word_stands_outside_the_catalogue(name: str) -> None:
    """Branches that no walk reaches are read here too."""
    text = outside_catalogue(name)
    if not name.endswith(".html"):
        assert not any(sign.isalpha() for sign in ADDRESS.sub("", text)), text
        return
    reader = Reader()
    reader.feed(GATHERED.sub("", text))
    assert reader.loose == []


@pytest.mark.parametrize("name", sorted(every_template()))
def test_style_and_script_stand_in_files(name: str) -> None:
    if not name.startswith("email/"):
        assert not INLINE.search((TEMPLATES / name).read_text())


PLURAL = re.compile(r"{%-?\s*trans\s+(\w+)[^%]*%}(?:(?!{%-?\s*endtrans).)*?{%-?\s*pluralize\s*-?%}", re.S)


@pytest.mark.parametrize("name", sorted(every_template()))
def test_a_sentence_about_a_number_of_things_names_the_number_first(name: str) -> None:
    """Jinja counts by the first name; with any other one there, the Japanese page fails and the English is wrong."""
    firsts = {found[1] for found in PLURAL.finditer((TEMPLATES / name).read_text())}
    assert firsts <= {"count"}


def test_the_walk_sees_the_templates() -> None:
    assert {"layout.html", "macros/forms.html", "refused.html"} <= every_template()
    with pytest.raises(jinja2.TemplateSyntaxError):
        environment("en").compile("{% if %}")
