"""The practice registry alone: python3 -m tools.practice_registry PORT [ADDRESS OF THE REAL API]."""

import sys

from tools.practice_registry.server import PracticeRegistry

if __name__ == "__main__":
    PracticeRegistry(int(sys.argv[1]), beyond="".join(sys.argv[2:3])).serve()
