"""Changes of trial records: loading in bulk, deciding which records are one trial, and following up what was touched."""

from app.trials.actions.following import follow, note_touched
from app.trials.actions.joining import set_apart
from app.trials.actions.loading import Incoming, Loaded, Refusal, incoming, load

__all__ = ["Incoming", "Loaded", "Refusal", "follow", "incoming", "load", "note_touched", "set_apart"]
