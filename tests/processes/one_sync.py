"""One `madoguchi trials sync ctgov` in a process of its own, which begins with everything imported."""

import os
import sys
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["app.cli"])


def sync(settings: dict[str, str], log: str) -> None:
    """Do what the command does, its words into a file; ends with its exit code."""
    from app.cli import commands

    os.environ.update(settings)
    words = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(words, 1)
    os.dup2(words, 2)
    sys.argv = ["madoguchi", "trials", "sync", "ctgov"]
    commands()


def started(settings: dict[str, str], log: str) -> BaseProcess:
    """Start the command."""
    process = PROCESSES.Process(target=sync, args=(settings, log))
    process.start()
    return process
