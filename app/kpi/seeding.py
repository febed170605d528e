"""The counting rules and the national targets that a new window starts with."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import Said, _, say
from app.kpi.models import CountingChoice, CountingRule, Target

LOADED = _("Counting: %(rules)s versions of the rule, %(targets)s national targets.")


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Add the rules and targets that are not there yet; a version that is there is never changed.

    The first load also chooses the default rule, marked `chosen` in the file.
    """
    rules = list(_rows(seed_data / "kpi" / "counting_rules.csv"))
    targets = list(_rows(seed_data / "kpi" / "targets.csv"))
    await session.execute(insert(CountingRule).on_conflict_do_nothing(), [_rule(*row) for row in enumerate(rules)])
    await session.execute(insert(Target).on_conflict_do_nothing(), [_target(*row) for row in enumerate(targets)])
    if not await session.scalar(select(exists(select(CountingChoice.id)))):
        default = next(row["code"] for row in rules if row["chosen"] == "yes")
        session.add(CountingChoice(code=default, at=now, by_id=None))
    await session.flush()
    return say(LOADED, rules=len(rules), targets=len(targets))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _rule(position: int, row: dict[str, str]) -> dict[str, object]:
    texts = {key: row[key] for key in ("code", "event", "name_en", "name_ja", "text_en", "text_ja", "source")}
    return texts | {
        "version": int(row["version"]),
        "kinds": row["kinds"].split(),
        "base_in_japan_excludes": row["base_in_japan_excludes"] == "yes",
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        "position": position,
    }


def _target(position: int, row: dict[str, str]) -> dict[str, object]:
    texts = {key: row[key] for key in ("code", "name_en", "name_ja", "quote_ja", "source_en", "source_ja")}
    return texts | {
        "fiscal_year": int(row["fiscal_year"]),
        "value": int(row["value"]),
        "a_year": row["a_year"] == "yes",
        "counted_here": row["counted_here"] == "yes",
        "as_of": date.fromisoformat(row["as_of"]),
        "position": position,
    }
