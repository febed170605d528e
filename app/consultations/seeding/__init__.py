"""What the case desk knows at the start, and its part of the demonstration."""

from app.consultations.seeding.demonstration import load_demonstration
from app.consultations.seeding.official import load_official

__all__ = ["load_demonstration", "load_official"]
