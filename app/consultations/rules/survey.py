"""How the answers and outcomes of the asked sites carry a case along its path."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.consultations.rules.outcomes import DECIDED, Answer, Outcome, is_final
from app.consultations.rules.stages import Stage


@dataclass(frozen=True)
class Standing:
    """Where one asked site stands."""

    answer: Answer | None
    outcome: Outcome | None

    @property
    def is_silent(self) -> bool:
        """Whether the window still waits for a word from it."""
        return self.answer is None and not is_final(self.outcome)


def stages_after(stage: Stage, sites: Sequence[Standing]) -> tuple[Stage, ...]:
    """Return the stages that a case enters now, in order, because of where its asked sites stand.

    The survey ends when nobody is silent; the outcomes begin with the first decision of the sponsor
    after that; they end when every asked site has a final one: with the hand-over where a site was
    selected, else with the follow-up.
    """
    if not sites or not Stage.INTEREST <= stage <= Stage.OUTCOME:
        return ()
    if all(is_final(site.outcome) for site in sites):
        selected = any(site.outcome is Outcome.SELECTED for site in sites)
        return _through_outcome(stage, Stage.HAND_OVER if selected else Stage.FOLLOW_UP)
    if any(site.is_silent for site in sites):
        return ()
    if any(site.outcome in DECIDED for site in sites):
        return () if stage is Stage.OUTCOME else (Stage.OUTCOME,)
    return (Stage.CONFIDENTIALITY,) if stage is Stage.INTEREST else ()


def _through_outcome(stage: Stage, last: Stage) -> tuple[Stage, ...]:
    return (last,) if stage is Stage.OUTCOME else (Stage.OUTCOME, last)
