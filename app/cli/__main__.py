"""`python -m app.cli` is the `madoguchi` command."""

from app.cli import main

main()
