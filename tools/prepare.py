"""Migrate, seed and print the demonstration's links, in one process: loading the service once saves seconds."""

import sys

import typer

from app import cli

if __name__ == "__main__":
    try:
        cli.migrate()
        cli.seed(demo=True)
        cli.demo_links()
    except typer.Exit as over:
        sys.exit(over.exit_code)
