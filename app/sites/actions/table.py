"""Many facts in one table, saved at once: only what was changed is written, only what was ticked is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.facts import Typed, confirm_facts, state_facts
from app.sites.errors import NoSuchCapability
from app.sites.models import Fact
from app.sites.queries.forms import capability_forms
from app.sites.queries.shown import shown_facts
from app.sites.rules import CapabilityForm, as_typed, completed, is_changed


@dataclass(frozen=True)
class SavedTable:
    """What saving a table wrote: the facts that were changed and those that were confirmed as they stood."""

    stated: list[Fact]
    confirmed: list[Fact]

    @property
    def count(self) -> int:
        """How many items were saved."""
        return len(self.stated) + len(self.confirmed)


async def save_facts_table(
    session: AsyncSession, code: str, rows: Mapping[str, Typed], *, by: Actor, now: datetime
) -> SavedTable:
    """Save a table of facts: all of it or nothing.

    `rows` holds by capability what was typed (see `state_facts`, `seen` included), in `shown` the id of the fact with
    which its fields were filled, and "yes" in `still` where it holds as shown; a row that is both changed and ticked is
    changed. Raises what `state_facts` and `confirm_facts` raise.
    """
    institution = await queries.own_institution(session, code, reader=by)
    forms = await capability_forms(session)
    shown = await shown_facts(session, institution.id, rows)
    changed = changed_rows(rows, shown, forms)
    still = {
        capability: row.get("shown", "")
        for capability, row in rows.items()
        if row.get("still") == "yes" and capability not in changed
    }
    # What was changed must not stay where what was ticked cannot be confirmed.
    async with session.begin_nested():
        stated = await state_facts(session, code, changed, by=by, now=now) if changed else []
        confirmed = await confirm_facts(session, code, still, by=by, now=now) if still else []
    return SavedTable(stated, confirmed)


def changed_rows(
    rows: Mapping[str, Typed], shown: Mapping[str, Fact], forms: Mapping[str, CapabilityForm]
) -> dict[str, Typed]:
    """Return the rows that differ from the facts that their page showed, complete as `state_facts` takes them.

    Raises NoSuchCapability for what an institution does not state.
    """
    changed: dict[str, Typed] = {}
    for capability, row in rows.items():
        if capability not in forms:
            raise NoSuchCapability
        kind, before = forms[capability].kind, as_typed(shown.get(capability))
        if is_changed(kind, row, before):
            changed[capability] = {**completed(kind, row, before), "seen": row.get("seen", "")}
    return changed
