"""The build refuses a half-translated product."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
POT = ROOT / "locales/messages.pot"
PO = ROOT / "locales/ja/LC_MESSAGES/messages.po"
HOLE = re.compile(r"%\((\w+)\)")
TAG = re.compile(r"</?(?!wbr)[a-z]+")  # where a word may break differs between languages
EXTRACT = ["extract", "-F", "pyproject.toml", "-k", "n_:1,2", "--omit-header", "--no-location", "--sort-output"]


def words(text: str | list[str] | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else " ".join(text)


def test_the_catalogue_is_fresh(tmp_path: Path) -> None:
    fresh = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", *EXTRACT, "-o", str(fresh), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    assert fresh.read_text(encoding="utf-8") == POT.read_text(encoding="utf-8"), "run `make words`"


def sentences() -> list[tuple[Message, Message | None]]:
    with POT.open("rb") as pot, PO.open("rb") as po:
        japanese = read_po(po, "ja")
        return [(message, japanese.get(message.id)) for message in read_po(pot) if message.id]


def test_japanese_is_complete_and_keeps_every_hole_and_tag() -> None:
    pairs = sentences()
    assert len(pairs) > 50
    for source, translated in pairs:
        assert translated is not None, source.id
        assert not translated.fuzzy, source.id
        texts = [translated.string] if isinstance(translated.string, str) else translated.string
        assert all(texts), source.id
        for text in texts:
            assert set(HOLE.findall(words(source.id))) == set(HOLE.findall(text)), source.id
            one = source.id if isinstance(source.id, str) else source.id[0]
            assert sorted(TAG.findall(one)) == sorted(TAG.findall(text)), source.id


def test_no_japanese_is_left_over_for_a_sentence_that_is_gone() -> None:
    with POT.open("rb") as pot, PO.open("rb") as po:
        known = {words(message.id) for message in read_po(pot)}
        left = [message.id for message in read_po(po, "ja") if message.id and words(message.id) not in known]
    assert left == []
