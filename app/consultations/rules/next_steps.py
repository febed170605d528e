"""What happens next, as one sentence for each reader: the officer, the sponsor, the asked hospital."""

from typing import Final

from app.consultations.rules.outcomes import Answer, Outcome, is_final
from app.consultations.rules.stages import CaseState, Stage
from app.ground.i18n import Message, _

FOR_STAFF: Final[dict[Stage, Message]] = {
    Stage.RECEIVED: _("Send the acknowledgement to the sponsor."),
    Stage.TRIAGE: _("Decide: accept the case, refer the sponsor elsewhere, or say that it is out of scope."),
    Stage.INTAKE: _("Hold the intake meeting, then record when, who was there and the minutes in both languages."),
    Stage.SYNOPSIS: _("Wait for the sponsor to approve what sites may read before an agreement."),
    Stage.LONG_LIST: _("Match the institutions, choose from the result, and release the list to the sponsor."),
    Stage.INTEREST: _("Ask institutions on the list whether they are interested, and collect every answer."),
    Stage.CONFIDENTIALITY: _("Follow the confidentiality agreement of each site that goes on."),
    Stage.FEASIBILITY: _("Collect the answers that a site's profile does not give, in both directions."),
    Stage.INTRODUCTION: _("Hold the introduction meeting of the sponsor and the sites."),
    Stage.OUTCOME: _("Record the outcome of every asked site, with a reason that the site can read."),
    Stage.HAND_OVER: _("Follow the milestones on the way to the first participant."),
    Stage.FOLLOW_UP: _("Ask the sponsor what became of the trial, then close the case."),
}

FOR_SPONSOR: Final[dict[Stage, Message]] = {
    Stage.RECEIVED: _("We confirm that your enquiry has arrived."),
    Stage.TRIAGE: _("We read your enquiry and tell you whether we can take it up. You need to do nothing now."),
    Stage.INTAKE: _("We write to you to arrange the intake meeting. Please reply with times that suit you."),
    Stage.SYNOPSIS: _("Please read what sites would see before any agreement, and approve it."),
    Stage.LONG_LIST: _("We compare your needs with what is known of each institution and release a list with reasons."),
    Stage.INTEREST: _("We ask institutions whether they are interested. Your list with its reasons is below."),
    Stage.CONFIDENTIALITY: _(
        "Please agree confidentiality with each site that goes on. Only then can it read what is confidential."
    ),
    Stage.FEASIBILITY: _("The sites' remaining questions reach you through us. Please answer them and ask your own."),
    Stage.INTRODUCTION: _("We arrange a meeting between you and the sites."),
    Stage.OUTCOME: _("Please tell us which sites you select and why. We pass it on to every site that was asked."),
    Stage.HAND_OVER: _("Your case goes to those who will run the trial with you in Japan. We follow the milestones."),
    Stage.FOLLOW_UP: _("We ask you after 3, 6 and 12 months what became of the trial."),
}

ENDED_FOR_STAFF: Final[dict[CaseState, Message]] = {
    CaseState.REFERRED: _("The sponsor was referred to another service. Nothing remains to be done."),
    CaseState.OUT_OF_SCOPE: _("The case was out of scope. Nothing remains to be done."),
    CaseState.WITHDRAWN: _("The sponsor withdrew the enquiry. Nothing remains to be done."),
    CaseState.MERGED: _("The case goes on under another number."),
    CaseState.CLOSED: _("The case is closed. Nothing remains to be done."),
}

ENDED_FOR_SPONSOR: Final[dict[CaseState, Message]] = {
    CaseState.REFERRED: _("Another service can help you better. It is named below; please contact it directly."),
    CaseState.OUT_OF_SCOPE: _(
        "We cannot take this enquiry up. The reason is below. You may send us another at any time."
    ),
    CaseState.WITHDRAWN: _("You withdrew this enquiry. Nothing more happens to it."),
    CaseState.MERGED: _("We continue this matter under your other consultation."),
    CaseState.CLOSED: _("This consultation is closed. You may send us another enquiry at any time."),
}

ANSWER_NOW: Final = _("Please read the non-confidential synopsis and tell us whether your hospital is interested.")
SPONSOR_DECIDES: Final = _("The sponsor is deciding. We tell you the outcome in every case.")
ON_HOLD: Final = _("The sponsor asks for more time and replies by the date shown.")
COMPLETE: Final = _("This request is complete. Thank you for your answer.")
COMPLETE_UNANSWERED: Final = _("This request is complete. Nothing remains to be done.")


def next_for_staff(stage: Stage, state: CaseState) -> Message:
    """Say what an officer does next."""
    return FOR_STAFF[stage] if state is CaseState.OPEN else ENDED_FOR_STAFF[state]


def next_for_sponsor(stage: Stage, state: CaseState) -> Message:
    """Say what happens next, to the sponsor."""
    return FOR_SPONSOR[stage] if state is CaseState.OPEN else ENDED_FOR_SPONSOR[state]


def next_for_coordinator(answer: Answer | None, outcome: Outcome | None) -> Message:
    """Say what happens next to an asked hospital: it depends on its own answer and outcome only."""
    if is_final(outcome):
        return COMPLETE if answer else COMPLETE_UNANSWERED
    if answer is None:
        return ANSWER_NOW
    return ON_HOLD if outcome is Outcome.ON_HOLD else SPONSOR_DECIDES
