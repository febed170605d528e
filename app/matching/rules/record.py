"""A run is kept as JSON that can be read back and matched again to the same bytes."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from app.matching.rules.facts import Fact, Place, Request, Site, SourceKind, site_with
from app.matching.rules.ranking import Ranked, Run, rank
from app.matching.rules.verdicts import Judged, Rung
from app.sites.rules import FactState as State

Json = dict[str, Any]


def request_json(request: Request) -> Json:
    """Return a request as it is stored, its lists in order."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(request).items()}


def request_of(stored: Mapping[str, Any]) -> Request:
    """Read a stored request back."""
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return Request(**read)


def result_json(run: Run) -> Json:
    """Return what a run says of every site, best first, with all that it read."""
    return {"rule_version": run.rule_version, "rows": [row_json(row) for row in run.rows]}


def row_json(row: Ranked) -> Json:
    """Return one site of a run. The sums stand beside their parts so that a reader can check them."""
    return {
        "place": dict(vars(row.place)),
        "band": row.band.value,
        "total": row.total,
        "hard_points": row.hard_points,
        "soft_points": row.soft_points,
        "out_of": row.out_of,
        "confidence": row.confidence,
        "judged": [judged_json(one) for one in row.judged],
    }


def judged_json(one: Judged) -> Json:
    """Return one criterion at one site."""
    return {
        "criterion": one.criterion,
        "hard": one.hard,
        "weight": one.weight,
        "rung": one.rung.value,
        "verdict": one.verdict.value,
        "points": one.points,
        "evidence": [fact_json(fact) for fact in one.evidence],
    }


def fact_json(fact: Fact) -> Json:
    """Return a fact, what is absent left out."""
    # vars() and not asdict(): that copies deeply, which at 2,000 sites takes longer than all of the matching.
    whole = vars(fact) | {
        "state": fact.state.value,
        "source_kind": fact.source_kind.value,
        "as_of": fact.as_of.isoformat() if fact.as_of else None,
    }
    return {name: value for name, value in whole.items() if value is not None}


def fact_of(stored: Mapping[str, Any]) -> Fact:
    """Read a stored fact back."""
    as_of = stored.get("as_of")
    kinds = {
        "state": State(stored["state"]),
        "source_kind": SourceKind(stored["source_kind"]),
        "as_of": date.fromisoformat(as_of) if as_of else None,
    }
    return Fact(**(dict(stored) | kinds))


def judged_of(stored: Mapping[str, Any]) -> Judged:
    """Read a stored verdict back; its points follow from its rung."""
    evidence = tuple(fact_of(fact) for fact in stored["evidence"])
    return Judged(stored["criterion"], stored["hard"], stored["weight"], Rung(stored["rung"]), evidence)


def rows_of(stored: Mapping[str, Any]) -> tuple[Ranked, ...]:
    """Read the sites of a stored result back, in their order."""
    return tuple(_row_of(row) for row in stored["rows"])


def run_of(request: Mapping[str, Any], result: Mapping[str, Any]) -> Run:
    """Read a stored run back as it was, nothing matched again."""
    return Run(request_of(request), rows_of(result), result["rule_version"])


def replay(request: Mapping[str, Any], result: Mapping[str, Any]) -> Run:
    """Match a stored request again, against the facts that the stored result says it read."""
    return rank(request_of(request), [site_of(row) for row in rows_of(result)])


def digest(request: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of a stored run: equal for equal input, on every machine."""
    return sha256(canonical({"request": request, "result": result})).hexdigest()


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return JSON in its one spelling: keys in order, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _row_of(stored: Mapping[str, Any]) -> Ranked:
    return Ranked(Place(**stored["place"]), tuple(judged_of(one) for one in stored["judged"]))


def site_of(row: Ranked) -> Site:
    """Return a site as far as a run read it."""
    return site_with(row.place, (fact for one in row.judged for fact in one.evidence))
