"""Public trial records: what each registry says of a trial, every version of it, and which records are one trial."""

from app.trials.models.links import Facility, FacilityDecision, SiteLink
from app.trials.models.records import RANK, RecordNumber, RecordSite, RecordVersion, Trial, TrialRecord
from app.trials.models.registries import RegistryPage, RegistryTurn
from app.trials.models.runs import (
    RunKind,
    RunState,
    SourceState,
    SyncChunk,
    SyncRefusal,
    SyncRun,
    SyncSeen,
)
from app.trials.models.search import TrialChoice, TrialHead, TrialSearch
from app.trials.models.sources import Source
from app.trials.models.touched import TrialTouched

__all__ = [
    "RANK",
    "Facility",
    "FacilityDecision",
    "RecordNumber",
    "RecordSite",
    "RecordVersion",
    "RegistryPage",
    "RegistryTurn",
    "RunKind",
    "RunState",
    "SiteLink",
    "Source",
    "SourceState",
    "SyncChunk",
    "SyncRefusal",
    "SyncRun",
    "SyncSeen",
    "Trial",
    "TrialChoice",
    "TrialHead",
    "TrialRecord",
    "TrialSearch",
    "TrialTouched",
]
