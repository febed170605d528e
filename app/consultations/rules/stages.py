"""The path of one consultation: its stages, how it may move along them, and the ways it may end."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from app.ground.i18n import Message, _


class Stage(IntEnum):
    """Where a consultation stands on its path; the number is what pages show."""

    RECEIVED = 0
    TRIAGE = 1
    INTAKE = 2
    SYNOPSIS = 3
    LONG_LIST = 4
    INTEREST = 5
    CONFIDENTIALITY = 6
    FEASIBILITY = 7
    INTRODUCTION = 8
    OUTCOME = 9
    HAND_OVER = 10
    FOLLOW_UP = 11

    @property
    def label(self) -> Message:
        """The stage's full name."""
        return PATH[self].label


class CaseState(StrEnum):
    """Whether a consultation goes on, and if not, how it ended."""

    OPEN = "open"
    REFERRED = "referred"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def label(self) -> Message:
        """The state in the reader's words."""
        return STATES[self]


class Waiting(StrEnum):
    """Whom an open consultation waits for; the window's clock stands still meanwhile."""

    SPONSOR = "sponsor"
    SITE = "site"

    @property
    def label(self) -> Message:
        """Whom the case waits for, in the reader's words."""
        return WAITS[self]


class Ending(StrEnum):
    """What came of a case that the window closes."""

    FIRST_PARTICIPANT = "first_participant"
    DELIVERED = "delivered"
    NOT_PURSUED = "not_pursued"

    @property
    def label(self) -> Message:
        """The end in the reader's words."""
        return ENDINGS[self]


class Lane(StrEnum):
    """A column of the staff board."""

    ARRIVED = "arrived"
    MEETING = "meeting"
    LIST = "list"
    SURVEY = "survey"
    AFTER = "after"

    @property
    def label(self) -> Message:
        """The column's heading."""
        return LANES[self].label

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages whose cases stand in this column."""
        return LANES[self].stages


@dataclass(frozen=True)
class Step:
    """One stage as data: its name, and the business days that the window allows itself by default."""

    label: Message
    days: int | None


@dataclass(frozen=True)
class Column:
    """One column of the board as data."""

    label: Message
    stages: tuple[Stage, ...]


# product.md, "The path of one consultation": names and default allowances in business days.
PATH: Final[dict[Stage, Step]] = {
    Stage.RECEIVED: Step(_("Received"), 0),
    Stage.TRIAGE: Step(_("Triage"), 2),
    Stage.INTAKE: Step(_("Intake meeting"), 5),
    Stage.SYNOPSIS: Step(_("Non-confidential synopsis"), 3),
    Stage.LONG_LIST: Step(_("Long list"), 5),
    Stage.INTEREST: Step(_("Expressions of interest"), 10),
    Stage.CONFIDENTIALITY: Step(_("Confidentiality"), None),
    Stage.FEASIBILITY: Step(_("Feasibility"), 10),
    Stage.INTRODUCTION: Step(_("Introduction meeting"), None),
    Stage.OUTCOME: Step(_("Outcome"), 10),
    Stage.HAND_OVER: Step(_("Hand-over"), None),
    Stage.FOLLOW_UP: Step(_("Follow-up and close"), None),
}

STATES: Final[dict[CaseState, Message]] = {
    CaseState.OPEN: _("In progress"),
    CaseState.REFERRED: _("Referred elsewhere"),
    CaseState.OUT_OF_SCOPE: _("Out of scope"),
    CaseState.WITHDRAWN: _("Withdrawn by the sponsor"),
    CaseState.MERGED: _("Merged with another consultation"),
    CaseState.CLOSED: _("Closed"),
}

WAITS: Final[dict[Waiting, Message]] = {
    Waiting.SPONSOR: _("Waiting for the sponsor"),
    Waiting.SITE: _("Waiting for a site"),
}

ENDINGS: Final[dict[Ending, Message]] = {
    Ending.FIRST_PARTICIPANT: _("The first participant is in"),
    Ending.DELIVERED: _("What was asked for has been given"),
    Ending.NOT_PURSUED: _("The trial is not pursued in Japan"),
}

LANES: Final[dict[Lane, Column]] = {
    Lane.ARRIVED: Column(_("Received and triage"), (Stage.RECEIVED, Stage.TRIAGE)),
    Lane.MEETING: Column(_("Intake meeting and synopsis"), (Stage.INTAKE, Stage.SYNOPSIS)),
    Lane.LIST: Column(_("List of candidate sites"), (Stage.LONG_LIST,)),
    Lane.SURVEY: Column(_("Site selection survey"), tuple(Stage)[5:10]),
    Lane.AFTER: Column(_("Hand-over and follow-up"), (Stage.HAND_OVER, Stage.FOLLOW_UP)),
}

# Where a consultation may go next. Stages 6 to 8 may be passed over where the sponsor needs no
# agreement or meeting before it decides; from the outcomes and the follow-up a further round of sites
# may start; early advice and site intelligence go from what they asked for to the follow-up.
NEXT: Final[dict[Stage, frozenset[Stage]]] = {
    Stage.RECEIVED: frozenset({Stage.TRIAGE}),
    Stage.TRIAGE: frozenset({Stage.INTAKE}),
    Stage.INTAKE: frozenset({Stage.SYNOPSIS, Stage.LONG_LIST, Stage.FOLLOW_UP}),
    Stage.SYNOPSIS: frozenset({Stage.LONG_LIST}),
    Stage.LONG_LIST: frozenset({Stage.INTEREST, Stage.FOLLOW_UP}),
    Stage.INTEREST: frozenset({Stage.CONFIDENTIALITY, Stage.OUTCOME, Stage.FOLLOW_UP}),
    Stage.CONFIDENTIALITY: frozenset({Stage.FEASIBILITY, Stage.INTRODUCTION, Stage.OUTCOME}),
    Stage.FEASIBILITY: frozenset({Stage.INTRODUCTION, Stage.OUTCOME}),
    Stage.INTRODUCTION: frozenset({Stage.OUTCOME}),
    Stage.OUTCOME: frozenset({Stage.INTEREST, Stage.HAND_OVER, Stage.FOLLOW_UP}),
    Stage.HAND_OVER: frozenset({Stage.FOLLOW_UP}),
    Stage.FOLLOW_UP: frozenset({Stage.INTEREST}),
}

# At which stages an open consultation may come to each of the ends.
ENDS: Final[dict[CaseState, frozenset[Stage]]] = {
    CaseState.OPEN: frozenset(),
    CaseState.REFERRED: frozenset({Stage.RECEIVED, Stage.TRIAGE}),
    CaseState.OUT_OF_SCOPE: frozenset({Stage.RECEIVED, Stage.TRIAGE}),
    CaseState.MERGED: frozenset({Stage.RECEIVED, Stage.TRIAGE}),
    CaseState.WITHDRAWN: frozenset(Stage),
    CaseState.CLOSED: frozenset(tuple(Stage)[2:]),
}

# What officers move on by hand: the agreements, questions and meetings of these stages are kept elsewhere.
BY_HAND: Final = (Stage.CONFIDENTIALITY, Stage.FEASIBILITY, Stage.INTRODUCTION, Stage.HAND_OVER)


def may_move(stage: Stage, to: Stage) -> bool:
    """Say whether an open consultation may go straight from one stage to another."""
    return to in NEXT[stage]


def by_hand(stage: Stage) -> tuple[Stage, ...]:
    """Return where an officer may move a case on from this stage without recording anything else."""
    return tuple(sorted(NEXT[stage])) if stage in BY_HAND else ()


def may_end(stage: Stage, state: CaseState) -> bool:
    """Say whether an open consultation at this stage may come to this end."""
    return stage in ENDS[state]


def lane_of(stage: Stage) -> Lane:
    """Return the column of the board in which a stage stands."""
    return next(lane for lane, column in LANES.items() if stage in column.stages)
