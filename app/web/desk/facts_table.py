"""Rows of the facts table as its template needs them: what stands, what is in the fields, what was refused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from app.ground.i18n import Locale
from app.identity.rules import Actor
from app.sites.actions import changed_rows
from app.sites.models import Institution
from app.sites.queries.forms import LISTS, capability_forms
from app.sites.queries.profile import Item, Section, profile, standing_of
from app.sites.queries.shown import shown_facts
from app.sites.rules import CHOICES, NOT_STATED_BY_SITES, CapabilityForm, FactState, as_typed
from app.terms.queries import concepts_of
from app.web import choices
from app.web.days import typed_day

Typed = Mapping[str, str]
NAMES = frozenset({"state", "value", "note_ja", "note_en", "page", "as_of", "seen", "shown", "still"})
SHOWS = ("stale", "unknown", "unconfirmed", "confirmed")


@dataclass(frozen=True)
class Posted:
    """What a browser sent, for a page that shows it again; `moved_on` names the rows that somebody else has changed."""

    rows: Mapping[str, Typed]
    kept: Collection[str] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    moved_on: Collection[str] = ()


@dataclass(frozen=True)
class Row:
    """One row: the item as it stands, and what its fields hold; `kept`: what somebody typed and nobody saved."""

    item: Item
    typed: Typed
    choices: Sequence[tuple[str, ...]]
    errors: Mapping[str, str]
    kept: bool = False
    moved_on: bool = False

    @property
    def code(self) -> str:
        """The capability."""
        return self.item.capability.code

    @property
    def chosen(self) -> list[str]:
        """The items of a list that are ticked."""
        return self.typed["value"].split("|")


@dataclass(frozen=True)
class Part:
    """A section of the table with its rows."""

    name: str
    rows: Sequence[Row]


def rows_of(data: FormData) -> dict[str, dict[str, str]]:
    """Return what a browser sent of each row, by capability; several choices of one field are joined by a bar."""
    rows: dict[str, dict[str, str]] = {}
    for key in data:
        capability, _colon, name = key.rpartition(":")
        if name in NAMES:
            texts = [text for text in data.getlist(key) if isinstance(text, str) and text]
            rows.setdefault(capability, {})[name] = "|".join(texts) if name == "value" else "".join(texts[:1])
    return rows


async def posted_again(
    session: AsyncSession,
    institution: Institution,
    rows: Mapping[str, Typed],
    *,
    errors: Mapping[str, str] | None = None,
    moved_on: Collection[str] = (),
) -> Posted:
    """Return what was sent so that it can be shown again: what somebody typed is kept, the rest is as it stands now."""
    shown = await shown_facts(session, institution.id, rows)
    changed = changed_rows(rows, shown, await capability_forms(session))
    ticked = {
        capability for capability, row in rows.items() if row.get("still") == "yes" and capability not in moved_on
    }
    return Posted(rows, changed.keys() | ticked, errors or {}, moved_on)


def chosen_sections(sections: Mapping[str, Section], show: str, section: str) -> dict[str, list[Item]]:
    """Return the items that the filters leave, by section; a filter that is none leaves everything."""
    return {
        name: items
        for name, one in sections.items()
        if (section == name or section not in sections)
        and (items := [item for item in one.items if show not in SHOWS or standing_of(item) == show])
    }


async def table_of(
    session: AsyncSession, sections: Mapping[str, Iterable[Item]], locale: Locale, posted: Posted | None = None
) -> list[Part]:
    """Return the rows of these items, by section; what an institution does not state has none."""
    forms = await capability_forms(session)
    lists = {
        code: choices.of_terms(await concepts_of(session, vocabulary), locale) for code, vocabulary in LISTS.items()
    }
    maker = _Maker(forms, lists, locale, posted or Posted({}))
    parts = [
        Part(name, [maker.row(item) for item in items if item.capability.code in forms])
        for name, items in sections.items()
    ]
    return [part for part in parts if part.rows]


async def statable(
    session: AsyncSession, institution: Institution, *, reader: Actor, now: datetime
) -> dict[str, Section]:
    """Return everything that an institution can state of itself, known or not, by section."""
    sections = await profile(session, institution, reader=reader, now=now, whole=True)
    own = {
        name: Section(name, tuple(one for one in section.items if is_statable(one)))
        for name, section in sections.items()
    }
    return {name: section for name, section in own.items() if section.items}


def is_statable(item: Item) -> bool:
    """Say whether an item is the institution's own to state."""
    return item.capability.details["group"] not in NOT_STATED_BY_SITES


@dataclass(frozen=True)
class _Maker:
    forms: Mapping[str, CapabilityForm]
    lists: Mapping[str, Sequence[tuple[str, ...]]]
    locale: Locale
    posted: Posted

    def row(self, item: Item) -> Row:
        code = item.capability.code
        standing = self.standing(item)
        typed = standing
        if code in self.posted.kept:
            typed = standing | dict(self.posted.rows[code])
            if code in self.posted.moved_on:
                # The next attempt is against what stands now.
                typed = typed | {"seen": standing["seen"], "shown": standing["shown"]}
        start = f"{code}:"
        errors = {name.removeprefix(start): said for name, said in self.posted.errors.items() if name.startswith(start)}
        return Row(item, typed, self.choices(item), errors, code in self.posted.kept, code in self.posted.moved_on)

    def standing(self, item: Item) -> dict[str, str]:
        fact = item.fact
        typed = as_typed(fact) | {
            "seen": str(item.own.id) if item.own else "",
            "shown": str(fact.id) if fact else "",
            "still": "",
        }
        if item.kind == "date" and typed["value"]:
            typed["value"] = typed_day(date.fromisoformat(typed["value"]), self.locale)
        return typed

    def choices(self, item: Item) -> Sequence[tuple[str, ...]]:
        if item.kind == "state":
            return _states(self.locale)
        if item.kind == "choice":
            return [(value, CHOICES[value].in_(self.locale)) for value in item.capability.details["values"]]
        return self.lists.get(item.capability.code, ())


def _states(locale: Locale) -> list[tuple[str, ...]]:
    # No information is the empty choice, and stands first.
    states = (FactState.YES, FactState.PARTLY, FactState.NO)
    return [("", FactState.UNKNOWN.label.in_(locale)), *((state.value, state.label.in_(locale)) for state in states)]
