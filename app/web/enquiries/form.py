"""One block of the enquiry form as its template needs it: what is typed into, what waits, what is closed, what is fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from app.enquiries.actions import Form
from app.enquiries.fields import Block, Field, Kind, Tier
from app.enquiries.models import Enquiry, EnquiryStage
from app.enquiries.offers import CODED, is_searched, offered, suggestions
from app.enquiries.rules import Value, fingerprint, is_needed
from app.enquiries.words import COUNTRY, Words, spoken_each
from app.ground.formats import pick
from app.ground.i18n import Locale
from app.terms import queries as terms
from app.terms.models import Concept

SEEN, SHOWN = "seen.", "shown."


@dataclass(frozen=True)
class Posted:
    """What a browser sent, kept for a page that shows it again."""

    form: Form
    change: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, Value | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """One field on the page.

    `mode`: input, imported (waits for a person's word), closed (until the terms are accepted), settled (submitted).
    `text`: what stands in the input, a list where a field takes many; `term` the concept that it is the code of.
    `choices`: (value, label[, language]).
    `clash`: what somebody else saved meanwhile, in words, and who.
    """

    field: Field
    mode: str
    value: Value | None
    text: Any
    words: Words
    fingerprint: str
    needed: bool
    choices: Sequence[tuple[str, ...]] = ()
    concepts: Sequence[Concept] = ()
    suggestions: Sequence[Concept] = ()
    term: Concept | None = None
    error: str | None = None
    clash: tuple[Words, Value | None] | None = None

    @property
    def is_searched(self) -> bool:
        """Whether its words are searched in the vocabularies as one types."""
        return self.field.kind is Kind.CONCEPT and is_searched(self.field)


def form_of(data: FormData, block: Block, confirm_all: bool = False) -> Form:
    """Return what a browser sent for a block, and nothing else of it."""
    codes = [one.code for one in block.fields]
    texts = {code: [text for text in data.getlist(code) if isinstance(text, str)] for code in codes}
    seen = {code: str(data[SEEN + code]) for code in codes if SEEN + code in data}
    shown = {code: str(data[SHOWN + code]) for code in codes if SHOWN + code in data}
    wanted = list(shown) if confirm_all else [str(code) for code in data.getlist("confirm")]
    typed = {code: given for code, given in texts.items() if given or code in seen}
    return Form(typed, seen, {code: shown[code] for code in wanted if code in shown})


def changing(request: Request, posted: Posted | None) -> set[str]:
    """Return the imported values whose inputs are open: asked for in the address, or open when the form was sent."""
    asked = set(request.query_params.getlist("change"))
    return asked | set(posted.form.seen) if posted else asked


async def shown_fields(
    session: AsyncSession, enquiry: Enquiry, block: Block, values: Mapping[str, Value], *,
    accepted: bool, locale: Locale, opened: set[str], posted: Posted | None = None,
) -> list[Shown]:  # fmt: skip
    """Return the fields of a block as the page shows them; the queries do not grow with their number."""
    concepts = await offered(session, block.fields)
    clashes = posted.stored if posted else {}
    said, said_clashes = await spoken_each(
        session,
        [
            {one.code: values[one.code] for one in block.fields if one.code in values},
            {code: value for code, value in clashes.items() if value is not None},
        ],
    )
    maker = _Maker(enquiry, values, accepted, locale, opened, posted, concepts, said)
    shown = [maker.shown(one) for one in block.fields]
    clashing = [
        _with_clash(one, said_clashes.get(one.field.code, ()), clashes[one.field.code])
        if one.field.code in clashes
        else one
        for one in shown
    ]
    return [await _searched(session, one) for one in clashing]


def _with_clash(shown: Shown, words: Words, value: Value | None) -> Shown:
    return replace(shown, clash=(words, value))


async def _searched(session: AsyncSession, shown: Shown) -> Shown:
    """Name the chosen term, or offer what refused words could mean; at most one field of a block is searched."""
    if not shown.is_searched or shown.mode != "input":
        return shown
    chosen = (await terms.by_codes(session, [shown.text])).get(shown.text)
    unread = shown.value is not None and shown.value.value is None
    words = shown.text or _as_read(shown.value)
    if chosen is not None or not words or not (shown.error or unread):
        return replace(shown, term=chosen)
    return replace(shown, suggestions=await suggestions(session, shown.field, words))


def _as_read(value: Value | None) -> str:
    """Return the first of the words that a registry uses."""
    said = value.as_read if value else None
    return str(said[0]) if isinstance(said, list) and said else ""


@dataclass(frozen=True)
class _Maker:
    enquiry: Enquiry
    values: Mapping[str, Value]
    accepted: bool
    locale: Locale
    opened: set[str]
    posted: Posted | None
    concepts: Mapping[str, list[Concept]]
    words: Mapping[str, Words]

    def shown(self, one: Field) -> Shown:
        """Return one field as the page shows it."""
        value = self.values.get(one.code)
        return Shown(
            field=one,
            mode=self.mode(one, value),
            value=value,
            text=self.text(one, value),
            words=self.words.get(one.code, ()),
            fingerprint=fingerprint(value.value if value else None),
            needed=is_needed(one, self.values) or one.needed_if is not None,
            choices=self.choices(one),
            concepts=self.concepts.get(one.code, ()),
            error=self.posted.errors.get(one.code) if self.posted else None,
        )

    def mode(self, one: Field, value: Value | None) -> str:
        """Say how a field stands on the page."""
        if one.tier is Tier.CONFIDENTIAL and not self.accepted:
            return "closed"
        if self.enquiry.stage is not EnquiryStage.DRAFT and (
            self.enquiry.stage is EnquiryStage.WITHDRAWN or (value is not None and value.counts)
        ):
            return "settled"
        if value is not None and value.waits and value.value is not None and one.code not in self.opened:
            return "imported"
        return "input"

    def text(self, one: Field, value: Value | None) -> Any:
        """Return what stands in the input: what was typed, else what is stored, in words that can be typed again."""
        if self.posted and one.code in self.posted.form.seen:
            return self._typed(one, list(self.posted.form.typed.get(one.code, ())))
        if value is None or value.value is None:
            return [] if self._is_list(one) else ""
        if one.kind is Kind.COUNTRIES:
            return "\n".join(pick(word, self.locale)[0] for word in self._named(one))
        return value.value if self._is_list(one) else str(value.value)

    def _typed(self, one: Field, texts: list[str]) -> Any:
        if self._is_list(one):
            return texts
        return next((text for text in reversed(texts) if text), "")

    def _named(self, one: Field) -> list[Any]:
        return [word for word in self.words.get(one.code, ()) if word.name_en]

    @staticmethod
    def _is_list(one: Field) -> bool:
        return one.kind in (Kind.CHOICES, Kind.CONCEPTS)

    def choices(self, one: Field) -> list[tuple[str, ...]]:
        """Return the choices of a field in the reader's words, those of a vocabulary marked as data."""
        if one.kind not in CODED:
            return [(choice.code, choice.label.in_(self.locale)) for choice in one.choices]
        listed: list[tuple[str, ...]] = [
            (concept.code.removeprefix(COUNTRY), *pick(concept, self.locale))
            for concept in self.concepts.get(one.code, ())
        ]
        return sorted(listed, key=lambda choice: choice[1]) if one.kind is Kind.COUNTRY else listed
