"""What an institution says of one capability: as its coordinator typed it, read or refused beside its field."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from app.ground.i18n import Message, Said, _, say
from app.sites.rules.days import read_day
from app.sites.rules.facts import FactState

FIELDS = ("state", "value", "note_ja", "note_en", "page", "as_of")
LONGEST_NOTE = 1000
LONGEST_PAGE = 500
LARGEST = Decimal(1_000_000)
OLDEST = date(2000, 1, 1)

Errors = dict[str, Message | Said]

# The choices of the vocabulary's few capabilities that hold one of a few values.
CHOICES: dict[str, Message] = {
    "own": _("Own IRB"),
    "central": _("Central IRB"),
    "full_remote": _("Fully remote"),
    "hybrid": _("Hybrid"),
    "ja": _("Japanese only"),
    "en": _("English only"),
    "both": _("Japanese and English"),
    "point_table": _("Point table"),
    "task_based": _("By task"),
    "visit_based": _("By visit"),
}


@dataclass(frozen=True)
class CapabilityForm:
    """How one capability is filled in.

    `kind` is state, number, text, date, choice or list; `unit` is that of a number, in English; `words` maps each
    word that names a choice or an item of the list, `folded` and in both languages, to its code, and each code to itself.
    """

    code: str
    kind: str
    words: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None


@dataclass(frozen=True)
class FactStatement:
    """What an institution says of one capability as of a day; `page` is a public page that says so too."""

    state: FactState
    value: str | None
    unit: str | None
    note_ja: str | None
    note_en: str | None
    page: str | None
    as_of: date

    @property
    def speaks(self) -> bool:
        """Whether it says anything; one that does not withdraws what was said before."""
        return self.state is not FactState.UNKNOWN or bool(self.note_ja or self.note_en)


def read_fact(form: CapabilityForm, typed: Mapping[str, str], *, today: date) -> tuple[FactStatement | None, Errors]:
    """Read one row of the facts table.

    `typed` holds state, value, note_ja, note_en, page and as_of as they were typed (missing ones are empty; an empty
    as_of is `today`, the day in Japan). A capability that holds a value is known by its value, one that holds words by
    its note, the others by their state. Returns the statement, or None with a sentence for each field that cannot be
    taken.
    """
    errors: Errors = {}
    notes = {name: read_note(typed.get(name, ""), name, errors) for name in ("note_ja", "note_en")}
    state = _state(typed.get("state", ""), errors)
    value = _value(form, typed.get("value", ""), errors)
    page = read_page(typed.get("page", ""), errors)
    as_of = _as_of(typed.get("as_of", ""), today, errors)
    if form.kind == "state" and value is not None:
        errors["value"] = _("This item is stated by its state alone. Leave the value empty; a note may say more.")
    if errors or as_of is None:
        return None, errors
    if form.kind == "text":
        state = FactState.YES if any(notes.values()) and state is FactState.UNKNOWN else state
    elif form.kind != "state" and value is not None:
        state = FactState.YES if state is FactState.UNKNOWN else state
    if form.kind not in {"state", "text"} and value is None and state in {FactState.YES, FactState.PARTLY}:
        return None, {"value": _("Enter the value too, or choose “No information”.")}
    return FactStatement(
        state, value, form.unit if value else None, notes["note_ja"], notes["note_en"], page, as_of
    ), {}


def folded(word: str) -> str:
    """Return a word as words are compared: full-width letters and Roman numerals plain, in lower case."""
    return unicodedata.normalize("NFKC", word).strip().lower()


def _state(text: str, errors: Errors) -> FactState:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return FactState.UNKNOWN
    for state in FactState:
        if plain.lower() in {state.value, state.label.in_("en").lower(), state.label.in_("ja")}:
            return state
    errors["state"] = say(
        _("“%(typed)s” is not a state. Choose available, partly available, not available or no information."),
        typed=text,
    )
    return FactState.UNKNOWN


def _value(form: CapabilityForm, text: str, errors: Errors) -> str | None:
    plain = unicodedata.normalize("NFKC", text).replace("\0", "").strip()
    if not plain:
        return None
    read = _READERS.get(form.kind)
    return read(form, plain, errors) if read else plain


def _number(_form: CapabilityForm, plain: str, errors: Errors) -> str | None:
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= LARGEST or number != round(number, 2):
        errors["value"] = say(
            _("“%(typed)s” is not a number that can stand here. Enter digits, for example 12 or 85.5."), typed=plain
        )
        return None
    return format(number.normalize(), "f")


def _date(_form: CapabilityForm, plain: str, errors: Errors) -> str | None:
    day = read_day(plain)
    if day is None:
        errors["value"] = say(_("“%(typed)s” is not a day. Enter for example 2027-01-15 or R9.1.15."), typed=plain)
    return day.isoformat() if day else None


def _one_of(form: CapabilityForm, plain: str, errors: Errors) -> str | None:
    code = form.words.get(folded(plain))
    if code is None:
        errors["value"] = say(_("“%(typed)s” is not among the choices of this item."), typed=plain)
    return code


def _several_of(form: CapabilityForm, plain: str, errors: Errors) -> str | None:
    parts = [part.strip() for part in plain.replace("、", "|").replace(";", "|").split("|") if part.strip()]
    codes = [form.words.get(folded(part)) for part in parts]
    unknown = [part for part, code in zip(parts, codes, strict=True) if code is None]
    if unknown:
        errors["value"] = say(
            _("“%(typed)s” is not in the vocabulary of this item. Part several by a semicolon."), typed=unknown[0]
        )
    return "|".join(dict.fromkeys(code for code in codes if code)) or None


_READERS = {"number": _number, "date": _date, "choice": _one_of, "list": _several_of}


def read_note(text: str, name: str, errors: Errors, *, longest: int = LONGEST_NOTE) -> str | None:
    """Return a note without control characters, None where it is empty; one that is too long is refused by name."""
    # PostgreSQL cannot hold NUL, and no other control character but a line break means anything in a note.
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    if len(kept) > longest:
        errors[name] = say(
            _("The note has %(count)s characters. Shorten it to %(most)s."), count=len(kept), most=longest
        )
    return kept or None


def read_page(text: str, errors: Errors) -> str | None:
    """Return the address of a public page, None where it is empty; anything else is refused."""
    plain = text.strip()
    if not plain:
        return None
    try:
        parts = urlsplit(plain)
        fits = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        fits = False
    if not fits or not plain.isprintable() or " " in plain or len(plain) > LONGEST_PAGE:
        errors["page"] = say(
            _("“%(typed)s” is not the address of a page. It begins with https:// and may be left empty."), typed=text
        )
    return plain


def _as_of(text: str, today: date, errors: Errors) -> date | None:
    if not text.strip():
        return today
    day = read_day(text)
    if day is None or not OLDEST <= day <= today:
        errors["as_of"] = say(
            _("“%(typed)s” cannot be the date of this statement. Enter a day from 2000 on, not after today."),
            typed=text,
        )
        return None
    return day
