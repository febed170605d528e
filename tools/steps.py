"""Show a step as it begins and what it took when it ends; show a command's words only when it fails."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.words import Stop, both, say

ROOT = Path(__file__).resolve().parents[1]
LAST_LINES = 15


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` now, and the seconds it took at the end; on a terminal the seconds run meanwhile."""
    began, over = time.monotonic(), threading.Event()
    print(f"• {title} …", end="", flush=True)
    ticking = threading.Thread(target=_tick, args=(title, began, over), daemon=True)
    ticking.start()
    try:
        yield
    except BaseException:
        _end(over, ticking)
        say(" ✗")
        raise
    _end(over, ticking)
    _close(title, f"{time.monotonic() - began:.1f} s")


def _close(title: str, took: str) -> None:
    say(f"\r• {title} … {took}" if sys.stdout.isatty() else f" {took}")


def _tick(title: str, began: float, over: threading.Event) -> None:
    """Keep the line alive: seconds on a terminal, a dot every five seconds elsewhere."""
    on_terminal = sys.stdout.isatty()
    while not over.wait(1 if on_terminal else 5):
        print(f"\r• {title} … {time.monotonic() - began:.0f} s" if on_terminal else ".", end="", flush=True)


def _end(over: threading.Event, ticking: threading.Thread) -> None:
    over.set()
    ticking.join()


def attempt(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    seconds: float | None = None,
) -> tuple[bool, str]:
    """Run a command; return whether it succeeded and all that it printed. After `seconds` it has failed."""
    try:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=seconds is not None,
        )
    except OSError as error:
        return False, str(error)
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return False, process.communicate()[0]
    except BaseException:  # Ctrl-C in the middle: what we started does not go on without us
        process.kill()
        process.wait()
        raise
    return process.returncode == 0, said


def must(
    command: Sequence[str | Path], complaint: str, *, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> str:
    """Run a command and return what it printed; on failure stop with the complaint and its last words."""
    worked, said = attempt(command, env=env, cwd=cwd)
    if not worked:
        raise Stop(f"{complaint}\n{last_words(said)}")
    return said


def last_words(said: str) -> str:
    """Return the end of a command's output, indented, or the plain sentence for a full disk."""
    if "No space left on device" in said:
        return both("The disk is full.", "ディスクの空き容量がありません。")
    return "\n".join(f"    {line}" for line in said.strip().splitlines()[-LAST_LINES:])
