"""What in a request asks which criterion, and whether it is required or wished for."""

from dataclasses import dataclass

from app.matching.rules.criteria import CRITERIA, Criterion, criterion
from app.matching.rules.facts import CAPACITY, Request


@dataclass(frozen=True)
class Says:
    """A request says one of these values in a field, or anything at all where none is named."""

    field: str
    values: frozenset[str] = frozenset()

    def holds_for(self, request: Request) -> bool:
        """Say whether it does."""
        said = request.said(self.field)
        return bool(self.values.intersection(said)) if self.values else bool(said)


@dataclass(frozen=True)
class Trigger:
    """What in a request asks a criterion: everything in `when`, and nothing in `unless`."""

    criterion: str
    hard: bool
    when: tuple[Says, ...]
    unless: tuple[Says, ...] = ()

    def pulled_by(self, request: Request) -> bool:
        """Say whether the request asks this."""
        return all(one.holds_for(request) for one in self.when) and not any(
            one.holds_for(request) for one in self.unless
        )


@dataclass(frozen=True)
class Asked:
    """A criterion as a request asks it: required (hard) or wished for (soft)."""

    criterion: Criterion
    hard: bool


_FIRST_IN_HUMAN = Says("first_in_human", frozenset({"yes"}))
_NOT_FIRST_IN_HUMAN = Says("first_in_human", frozenset({"no"}))
_HEALTHY = Says("healthy_volunteers", frozenset({"yes"}))
_PHASE_1 = Says("phase", frozenset({"phase.early_1", "phase.1", "phase.1_2"}))
_DEVICE = Says("modality", frozenset({"modality.device", "modality.samd", "modality.robotics"}))
_CELLS = Says(
    "modality",
    frozenset(
        {"modality.cell_therapy", "modality.regenerative", "modality.car_t", "modality.gene_therapy_ex_vivo"},
    ),
)
_OWN_CELLS = Says("modality", frozenset({"modality.car_t", "modality.gene_therapy_ex_vivo"}))
_GENES = Says("modality", frozenset({"modality.gene_therapy_in_vivo", "modality.oncolytic_virus"}))
_RADIOACTIVE = Says("modality", frozenset({"modality.radiopharmaceutical"}))

TRIGGERS: tuple[Trigger, ...] = (
    Trigger("region", True, (Says("regions"),)),
    Trigger("areas", False, (Says("areas"),)),
    Trigger(CAPACITY, False, (Says("areas"), Says("phase"))),
    Trigger("fih.unit", True, (_FIRST_IN_HUMAN,), unless=(_DEVICE,)),
    Trigger("dev.device_fih", True, (_FIRST_IN_HUMAN, _DEVICE)),
    # A phase 1 trial that is not known to be first in human runs best, but not only, in such a unit.
    Trigger("fih.unit", False, (_PHASE_1,), unless=(_DEVICE, _NOT_FIRST_IN_HUMAN)),
    Trigger("fih.healthy_volunteers", True, (_HEALTHY, _FIRST_IN_HUMAN)),
    # Later trials accept healthy people too (vaccines); only the early ones need a unit that houses them.
    Trigger("fih.healthy_volunteers", True, (_HEALTHY, _PHASE_1)),
    Trigger("ct.cpc", True, (_CELLS,)),
    Trigger("ct.cryostorage", False, (_CELLS,)),
    # Cells of the participant are collected at the site; whether the Cartagena Act applies depends on the vector.
    Trigger("ct.apheresis", False, (_OWN_CELLS,)),
    Trigger("gt.cartagena_type1", False, (_OWN_CELLS,)),
    Trigger("gt.cartagena_type1", True, (_GENES,)),
    Trigger("gt.isolation_room", False, (_GENES,)),
    Trigger("gt.trials_run", False, (_GENES,)),
    Trigger("ri.handling", True, (_RADIOACTIVE,)),
    Trigger("ri.ward_special_measure", False, (_RADIOACTIVE,)),
    Trigger("dev.samd", False, (Says("modality", frozenset({"modality.samd"})),)),
    Trigger("dev.robotics", False, (Says("modality", frozenset({"modality.robotics"})),)),
    Trigger("dct.experience", False, (Says("dct"),)),
)


_POSITION = {criterion.code: position for position, criterion in enumerate(CRITERIA)}


def asked(request: Request) -> tuple[Asked, ...]:
    """Return the criteria that a request asks: the required before the wished for, each in the order of CRITERIA.

    What is required by one part of a request and wished for by another is required.
    """
    pulled = [trigger for trigger in TRIGGERS if trigger.pulled_by(request)]
    hard = {trigger.criterion for trigger in pulled if trigger.hard} | set(request.needs)
    soft = {trigger.criterion for trigger in pulled} | set(request.wishes) | set(request.dct)
    return tuple(Asked(criterion(code), code in hard) for code in sorted(hard | soft, key=lambda c: _order(c, hard)))


def _order(code: str, hard: set[str]) -> tuple[bool, int, str]:
    return code not in hard, _POSITION.get(code, len(CRITERIA)), code
