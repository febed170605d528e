"""What a hub states of a partner, typed or in a line of a file: read or refused by field, and held against what stands."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal
from uuid import UUID

from app.ground.i18n import Message, Said, _, say
from app.ground.sheets import Line
from app.sites.rules.days import read_day
from app.sites.rules.facts import PARTNER_KINDS, FactState, InstitutionKind
from app.sites.rules.statements import OLDEST, read_page

# What is typed of a partner beside its capabilities.
FIELDS = ("code", "name_ja", "name_en", "kind", "prefecture", "city", "website", "since", "source", "as_of")
# What belongs to the partner itself; the rest is the hub's word on it.
OF_ITSELF = frozenset({"name_ja", "name_en", "kind", "prefecture", "city", "website"})
LONGEST_NAME = 200
OLDEST_PARTNERSHIP = date(1950, 1, 1)
# How offices write a state in a table, besides the words of the states themselves.
SIGNS = {
    "○": FactState.YES, "〇": FactState.YES, "◯": FactState.YES, "◎": FactState.YES, "可": FactState.YES,
    "△": FactState.PARTLY, "一部可": FactState.PARTLY,
    "×": FactState.NO, "✕": FactState.NO, "不可": FactState.NO,
    "-": FactState.UNKNOWN, "―": FactState.UNKNOWN, "ー": FactState.UNKNOWN, "?": FactState.UNKNOWN,
}  # fmt: skip

Errors = dict[str, Message | Said]


@dataclass(frozen=True)
class Words:
    """What names a prefecture: its code by each of its names, folded; and the capabilities that may be stated."""

    prefectures: Mapping[str, str]
    capabilities: frozenset[str]


@dataclass(frozen=True)
class PartnerStatement:
    """What a hub states of one partner as of a day.

    `states` hold the capabilities that it speaks of, unknown ones too; `spoken` the fields: what is not among them stays
    as it was. Without an English name the Japanese one stands for both.
    """

    name_ja: str
    name_en: str | None
    kind: InstitutionKind
    prefecture: str
    city: str | None
    website: str | None
    since: date | None
    source: str | None
    as_of: date
    states: Mapping[str, FactState] = field(default_factory=dict)
    spoken: frozenset[str] = frozenset(FIELDS)

    @property
    def identity(self) -> tuple[str, str]:
        """By what one hub's partners are told apart: the Japanese name and the prefecture."""
        return folded(self.name_ja), self.prefecture


@dataclass(frozen=True)
class Known:
    """A partner as it stands: what its hub stated last, under which code and rows.

    `shared`: another hub names it too. `ended`: the partnership is over. `dated` are the as-of dates and `sources`
    the pages of the facts, by capability.
    """

    code: str
    institution_id: UUID
    said: PartnerStatement
    partnership_id: UUID | None = None
    ended: bool = False
    shared: bool = False
    fact_ids: Mapping[str, UUID] = field(default_factory=dict)
    dated: Mapping[str, date] = field(default_factory=dict)
    sources: Mapping[str, str | None] = field(default_factory=dict)


What = Literal["new", "changed", "unchanged", "refused"]
# One thing that changes: a field or a capability, before and after.
Detail = tuple[str, object, object]


@dataclass(frozen=True)
class Change:
    """What one statement would change; `row` is the line of the file as Excel shows it, 0 for a form."""

    row: int
    what: What
    name: str
    said: PartnerStatement | None = None
    known: Known | None = None
    details: tuple[Detail, ...] = ()
    errors: Mapping[str, Message | Said] = field(default_factory=dict)


def folded(name: str) -> str:
    """Return the form in which two writings of one name are the same."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def read_partner(typed: Mapping[str, str], words: Words, *, today: date) -> tuple[PartnerStatement | None, Errors]:
    """Read what was typed of a partner.

    `typed` holds FIELDS and capabilities by code, each as typed; a capability that is there and empty is unknown, one
    that is not there is not spoken of. Returns the statement, or None with a sentence for each field.
    """
    errors: Errors = {}
    name_ja = _text(typed, "name_ja", errors)
    if not name_ja and "name_ja" not in errors:
        errors["name_ja"] = _("Enter the Japanese name.")
    name_en, city = _text(typed, "name_en", errors), _text(typed, "city", errors)
    kind, prefecture = _kind(typed.get("kind", ""), errors), _prefecture(typed.get("prefecture", ""), words, errors)
    website, source = _page(typed, "website", errors), _page(typed, "source", errors)
    since = _since(typed.get("since", ""), today, errors)
    as_of = _as_of(typed.get("as_of", ""), today, errors)
    states = {code: _state(typed[code], code, errors) for code in typed if code in words.capabilities}
    if errors or kind is None or as_of is None:
        return None, errors
    spoken = frozenset(name for name in FIELDS if name in typed) - ({"name_en"} if not name_en else set())
    said = PartnerStatement(
        name_ja, name_en or None, kind, prefecture, city or None, website, since, source, as_of, states, spoken
    )
    return said, {}


def _text(typed: Mapping[str, str], name: str, errors: Errors) -> str:
    text = " ".join(unicodedata.normalize("NFC", typed.get(name, "")).split())
    if len(text) > LONGEST_NAME or not text.isprintable():
        errors[name] = say(_("Enter at most %(most)s characters that can be printed."), most=LONGEST_NAME)
    return text


def _kind(text: str, errors: Errors) -> InstitutionKind | None:
    for kind in PARTNER_KINDS:
        if folded(text) in {kind.value, folded(kind.label.in_("ja")), folded(kind.label.in_("en"))}:
            return kind
    errors["kind"] = _("Choose partner clinic, visiting-nurse station or satellite site.")
    return None


def _prefecture(text: str, words: Words, errors: Errors) -> str:
    code = words.prefectures.get(folded(text))
    if code is None:
        errors["prefecture"] = _("Enter one of the 47 prefectures, for example 東京都 or Tokyo.")
    return code or ""


def _page(typed: Mapping[str, str], name: str, errors: Errors) -> str | None:
    found: Errors = {}
    page = read_page(typed.get(name, ""), found)
    if found:
        errors[name] = found["page"]
    return page


def _since(text: str, today: date, errors: Errors) -> date | None:
    day = read_day(text) if text.strip() else None
    if text.strip() and (day is None or not OLDEST_PARTNERSHIP <= day <= today):
        errors["since"] = _("Enter a day up to today, for example 2025-04-01, or leave it empty.")
    return day


def _as_of(text: str, today: date, errors: Errors) -> date | None:
    day = read_day(text)
    if day is None or not OLDEST <= day <= today:
        errors["as_of"] = _("Enter the day of which this is true, not after today, for example 2026-11-20 or R8.11.20.")
        return None
    return day


def _state(text: str, code: str, errors: Errors) -> FactState:
    plain = folded(text)
    if not plain:
        return FactState.UNKNOWN
    for state in FactState:
        if plain in {state.value, folded(state.label.in_("ja")), folded(state.label.in_("en"))}:
            return state
    # Circles and crosses stand for themselves; NFKC leaves them, but maps full-width signs to narrow ones.
    if plain in SIGNS:
        return SIGNS[plain]
    errors[code] = _("Enter ○ (available), △ (partly), × (not available), the words for them, or nothing.")
    return FactState.UNKNOWN


def change_of(row: int, said: PartnerStatement, known: Known | None) -> Change:
    """Hold a statement against what stands of the same partner; None: it is new."""
    if known is None:
        return Change(row, "new", said.name_ja, said)
    if said.as_of < known.said.as_of and not known.ended:
        older = say(_("A newer statement stands, as of %(day)s."), day=known.said.as_of.isoformat())
        return Change(row, "refused", said.name_ja, said, known, errors={"as_of": older})
    details = tuple(_details(said, known))
    if known.shared and any(name in OF_ITSELF for name, *_ in details):
        why = _("Another hospital names this partner too: ask the window to change its name, kind or address.")
        return Change(row, "refused", said.name_ja, said, known, errors={"name_ja": why})
    return Change(row, "changed" if details else "unchanged", said.name_ja, said, known, details)


def _details(said: PartnerStatement, known: Known) -> Iterable[Detail]:
    before = known.said
    if known.ended:
        yield "ended_on", True, None
    elif known.partnership_id is None:
        yield "hub", None, True
    for name in FIELDS[1:]:
        if name in said.spoken and getattr(before, name) != getattr(said, name):
            yield name, getattr(before, name), getattr(said, name)
    for code, state in said.states.items():
        if before.states.get(code, FactState.UNKNOWN) is not state:
            yield code, before.states.get(code, FactState.UNKNOWN), state


def restated(change: Change) -> dict[str, FactState]:
    """Return the capabilities whose fact is written anew: another state, or the same said again of a later day."""
    if change.said is None:
        return {}
    said, known = change.said, change.known
    return {
        code: state
        for code, state in said.states.items()
        if known is None
        or known.said.states.get(code, FactState.UNKNOWN) is not state
        or (code in known.fact_ids and (known.dated.get(code), known.sources.get(code)) != (said.as_of, said.source))
    }


def planned(
    lines: Iterable[Line], known: Iterable[Known], words: Words, *, today: date, others: Iterable[Known] = ()
) -> list[Change]:
    """Say what each line of a file would change, in the order of the file.

    `known` are the partners that the hub names or named; `others` those of other hubs, found by their code alone. A
    partner is told apart by its code where the line gives one, else by its name and prefecture.
    """
    own = list(known)
    by_code = {one.code: one for one in (*others, *own)}
    by_identity = {one.said.identity: one for one in own}
    seen: dict[object, int] = {}
    changes = []
    for line in lines:
        change = _planned(line, by_code, by_identity, words, today)
        if change.said is not None and change.what != "refused":
            key = change.known.code if change.known else change.said.identity
            if key in seen:
                twice = say(_("The same partner stands in row %(row)s already."), row=seen[key])
                change = Change(line.number, "refused", change.name, change.said, errors={"name_ja": twice})
            seen.setdefault(key, line.number)
        changes.append(change)
    return changes


def _planned(
    line: Line,
    by_code: Mapping[str, Known],
    by_identity: Mapping[tuple[str, str], Known],
    words: Words,
    today: date,
) -> Change:
    said, errors = read_partner(line.texts, words, today=today)
    errors = {**errors, **line.refused}
    code = line.texts.get("code", "").strip()
    if code and code not in by_code:
        errors["code"] = _("No partner has this code. Leave the code empty for a new partner.")
    if errors or said is None:
        return Change(line.number, "refused", line.texts.get("name_ja", ""), errors=errors)
    return change_of(line.number, said, by_code[code] if code else by_identity.get(said.identity))


def fingerprint(changes: Iterable[Change]) -> str:
    """Return a text that is the same as long as a file would change the same; shown with the preview and sent back."""
    told = [(one.row, one.what, one.known.code if one.known else "", repr(one.details)) for one in changes]
    return sha256(repr(told).encode()).hexdigest()[:32]
