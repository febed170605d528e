"""`make words`: collect the sentences of code and templates, bring the Japanese catalogue up to date, compile it.

Sentences that are gone leave the catalogue; new ones enter it empty and are listed, and the house
rules refuse them until somebody has written the Japanese.
"""

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools.steps import ROOT
from tools.words import both, say

POT = ROOT / "locales" / "messages.pot"
PO = ROOT / "locales" / "ja" / "LC_MESSAGES" / "messages.po"
BABEL = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
EXTRACT = ["extract", "-F", "pyproject.toml", "-k", "n_:1,2", "--omit-header", "--no-location", "--sort-output"]
# Short and without dates or names, so that two branches do not meet in it.
HEADER = """\
msgid ""
msgstr ""
"Language: ja\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def main() -> int:
    """Bring the catalogue up to date; return 1 while a sentence has no Japanese."""
    subprocess.run([*BABEL, *EXTRACT, "-o", str(POT), "."], cwd=ROOT, check=True)
    fresh, known = _read(POT, None), _read(PO, "ja")
    fresh._num_plurals = 1  # read without a language, a catalogue has English's two
    missing = [message for message in fresh if message.id and not _carry_over(message, known)]
    PO.write_text(HEADER + _written(fresh), encoding="utf-8")
    subprocess.run([*BABEL, "compile", "--directory", "locales"], cwd=ROOT, check=True)
    for message in missing:
        say(f"  {message.id if isinstance(message.id, str) else message.id[0]}")
    say(
        both(
            f"{len(missing)} of {len(fresh)} sentences have no Japanese.",
            f"{len(fresh)}文のうち{len(missing)}文に和訳がありません。",
        )
    )
    return 1 if missing else 0


def _read(path: Path, locale: str | None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale)


def _carry_over(message: Message, known: Catalog) -> bool:
    """Give the message the Japanese that it has; Japanese has one form for any number of things."""
    old = known.get(message.id)
    said = () if old is None else (old.string if isinstance(old.string, tuple) else (old.string,))
    words = said[0] if said else ""
    message.string = (words,) if isinstance(message.id, tuple) else words
    return bool(words)


def _written(catalogue: Catalog) -> str:
    text = io.BytesIO()
    write_po(text, catalogue, no_location=True, omit_header=True, sort_output=True, width=0, ignore_obsolete=True)
    return text.getvalue().decode().lstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
