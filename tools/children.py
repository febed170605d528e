"""The processes of one run: started together, watched, and stopped together; they die with this one too."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.ground.embedded.servant import dies_with
from tools.steps import ROOT, last_words
from tools.words import Stop, both

GRACE = 8.0  # seconds from the wish to stop to the order
READY_WITHIN = 60.0


@dataclass
class Child:
    """One process with the file that its words go to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> Stop | None:
        """Return the sentence for a child that ended though nobody asked it to."""
        if self.process.poll() is None:
            return None
        sentence = both("The %s ended unexpectedly (code %d).", "%sが予期せず終了しました（コード%d）。")
        said = self.log.read_text(errors="replace")
        return Stop(f"{sentence % (self.name, self.process.returncode)}\n{last_words(said)}")


@dataclass
class Family:
    """The children in the order of their birth; `logs` is the folder for their words."""

    logs: Path
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, file: str, command: Sequence[str | Path], env: Mapping[str, str]) -> Child:
        """Start a child that Ctrl-C does not reach, so that it is stopped in order."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{file}.log"
        with log.open("wb") as words:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                preexec_fn=dies_with(os.getpid(), by=signal.SIGTERM),
            )
        self.children.append(Child(name, process, log))
        return self.children[-1]

    def wait_for(self, child: Child, ready: Callable[[], bool]) -> None:
        """Wait until a child is ready. Raises Stop when any child ends or it takes a minute."""
        until = time.monotonic() + READY_WITHIN
        while not ready():
            self.check()
            if time.monotonic() > until:
                raise Stop(
                    both("The %s is not ready after a minute.", "%sの準備が1分たっても整いません。") % child.name
                )
            time.sleep(0.05)

    def check(self) -> None:
        """Raise Stop when a child has ended."""
        for child in self.children:
            if stop := child.ended():
                raise stop

    def stop(self) -> None:
        """Stop every child: all are asked, latest first; those that do not go in time are ended."""
        for child in reversed(self.children):
            child.process.terminate()
        until = time.monotonic() + GRACE
        for child in reversed(self.children):
            try:
                child.process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self.children.clear()
