"""What sites are held against, and by which rules: public, so that anybody can check a verdict."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.ground.i18n import LOCALES, Message
from app.matching.rules import CRITERIA, LADDER, RULE_VERSION, TRIGGERS, Criterion, Rung, Says, Standing, Trigger
from app.matching.rules.words import RUNGS

router = APIRouter(prefix="/matching", tags=["matching"])


class WordsOut(BaseModel):
    """The same words in both languages."""

    en: str
    ja: str


class SaysOut(BaseModel):
    """A field of a request and the values of which it must say one; none named means any."""

    field: str
    values: list[str]


class AskedByOut(BaseModel):
    """What in a request asks the criterion; every `when`, no `unless`."""

    required: bool
    when: list[SaysOut]
    unless: list[SaysOut]


class CriterionOut(BaseModel):
    """One criterion. `shown_to_sponsors`: whether its verdict leaves the window."""

    code: str
    label: WordsOut
    weight: int
    reads: str
    capabilities: list[str]
    shown_to_sponsors: bool
    asked_by: list[AskedByOut]


class RungOut(BaseModel):
    """How well a fact can stand for a criterion, and what that gives out of 100."""

    code: str
    label: WordsOut
    verdict: str
    points: int
    known: int


class CriteriaOut(BaseModel):
    """The rules of one version."""

    rule_version: int
    criteria: list[CriterionOut]
    ladder: list[RungOut]


@router.get("/criteria", response_model=CriteriaOut)
async def criteria() -> CriteriaOut:
    """Return every criterion with its weight and what asks it, and the ladder of points."""
    return CriteriaOut(
        rule_version=RULE_VERSION,
        criteria=[_criterion(criterion) for criterion in CRITERIA],
        ladder=[_rung(rung, standing) for rung, standing in LADDER.items()],
    )


def _criterion(criterion: Criterion) -> CriterionOut:
    return CriterionOut(
        code=criterion.code,
        label=_words(criterion.label),
        weight=criterion.weight,
        reads=criterion.reads.value,
        capabilities=list(criterion.capabilities),
        shown_to_sponsors=criterion.public,
        asked_by=[_trigger(trigger) for trigger in TRIGGERS if trigger.criterion == criterion.code],
    )


def _trigger(trigger: Trigger) -> AskedByOut:
    return AskedByOut(required=trigger.hard, when=_says(trigger.when), unless=_says(trigger.unless))


def _says(says: tuple[Says, ...]) -> list[SaysOut]:
    return [SaysOut(field=one.field, values=sorted(one.values)) for one in says]


def _rung(rung: Rung, standing: Standing) -> RungOut:
    return RungOut(
        code=rung.value,
        label=_words(RUNGS[rung]),
        verdict=standing.verdict.value,
        points=standing.points,
        known=standing.known,
    )


def _words(message: Message) -> WordsOut:
    return WordsOut(**{locale: message.in_(locale) for locale in LOCALES})
