"""What the commands say, in the reader's language.

The catalogue is compiled only after the packages are installed, so the few sentences of these
commands stand here in both languages side by side.
"""

import os
import sys
from dataclasses import dataclass


def japanese() -> bool:
    """Say whether the terminal asks for Japanese (LC_ALL, then LC_MESSAGES, then LANG, as POSIX orders them)."""
    asked = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return asked.lower().startswith("ja")


def both(english: str, in_japanese: str) -> str:
    """Return the sentence in the reader's language."""
    return in_japanese if japanese() else english


def say(text: str) -> None:
    """Print one line at once, also where the output is a file or a pipe."""
    print(text, flush=True)


@dataclass
class Stop(Exception):
    """The command cannot go on; the sentence says why, and the command ends with this code."""

    sentence: str
    code: int = 1

    def __str__(self) -> str:
        return self.sentence


def complain(stop: Stop) -> int:
    """Print why the command ends and return its exit code."""
    print(f"\n✗ {stop.sentence}", file=sys.stderr, flush=True)
    return stop.code
