"""Changes of trial records: loading in bulk, which records are one trial, what follows, and links to institutions."""

from app.trials.actions.arriving import Incoming, Refusal, incoming
from app.trials.actions.deciding import decide_facility
from app.trials.actions.following import follow
from app.trials.actions.joining import set_apart
from app.trials.actions.loading import Loaded, load
from app.trials.actions.noting import note_touched

__all__ = [
    "Incoming",
    "Loaded",
    "Refusal",
    "decide_facility",
    "follow",
    "incoming",
    "load",
    "note_touched",
    "set_apart",
]
