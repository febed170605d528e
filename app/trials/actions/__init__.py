"""Changes of trial records: loading in bulk, and deciding which records are one trial."""

from app.trials.actions.joining import set_apart
from app.trials.actions.loading import Incoming, Loaded, Refusal, incoming, load

__all__ = ["Incoming", "Loaded", "Refusal", "incoming", "load", "set_apart"]
