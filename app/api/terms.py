"""The vocabularies as JSON: the type-ahead of forms, and one term with its words and published codes."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from app.asking.transaction import Transaction
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, Said, _, say
from app.terms import queries
from app.terms.models import LabelKind, Vocabulary

router = APIRouter(prefix="/terms", tags=["terms"])
LONGEST_QUERY = 200
MOST_HITS = 50


class TermOut(BaseModel):
    """A term by which the reader's word was found: `label` is that word, in `language`."""

    code: str
    vocabulary: Vocabulary
    name_en: str
    name_ja: str
    reviewed: bool
    label: str
    language: str
    kind: LabelKind


class TermsOut(BaseModel):
    """The terms found, the nearest first."""

    terms: list[TermOut]


class LabelOut(BaseModel):
    """One word of a term."""

    model_config = ConfigDict(from_attributes=True)
    language: str
    kind: LabelKind
    label: str


class WholeTermOut(BaseModel):
    """A term with all that is known of it; `codes` names published systems, each code with its name there and its fit."""

    code: str
    vocabulary: Vocabulary
    name_en: str
    name_ja: str
    name_ja_source: str
    reviewed: bool
    codes: dict[str, Any]
    details: dict[str, Any]
    ancestors: list[str]
    labels: list[LabelOut]
    source: str
    as_of: str


@router.get("", response_model=TermsOut)
async def find_terms(
    session: Transaction,
    q: Annotated[str, Query(description="A word in English or Japanese, or an abbreviation.")] = "",
    vocabulary: Annotated[list[str] | None, Query(description="One or more; all when left out.")] = None,
    limit: Annotated[str, Query(description="At most so many terms, 1 to 50.")] = "10",
) -> TermsOut:
    """Find terms by a word, the nearest first. Refuses an unknown vocabulary and a limit that is none (422)."""
    wanted, most = read_query(q, vocabulary or [], limit)
    found = await queries.search(session, q, vocabularies=wanted, limit=most)
    return TermsOut(terms=[_out(hit) for hit in found])


def read_query(q: str, vocabularies: list[str], limit: str) -> tuple[list[Vocabulary], int]:
    """Return what to search and how many to give. Raises Unacceptable, naming each parameter that is wrong."""
    errors: dict[str, Message | Said] = {}
    unknown = [name for name in vocabularies if name not in set(Vocabulary)]
    if unknown:
        errors["vocabulary"] = say(_("There is no vocabulary named %(name)s."), name=unknown[0][:LONGEST_QUERY])
    if not q.strip():
        errors["q"] = _("Type at least one letter or sign of the word to find.")
    elif len(q) > LONGEST_QUERY:
        errors["q"] = say(_("Type a word of at most %(most)s signs."), most=LONGEST_QUERY)
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= MOST_HITS):
        errors["limit"] = say(_("Give a number from 1 to %(most)s."), most=MOST_HITS)
    if errors:
        raise Unacceptable(errors)
    return [Vocabulary(name) for name in vocabularies] or list(Vocabulary), int(limit)


def _out(found: queries.Found) -> TermOut:
    term = found.concept
    return TermOut(
        code=term.code,
        vocabulary=term.vocabulary,
        name_en=term.name_en,
        name_ja=term.name_ja,
        reviewed=term.reviewed,
        label=found.label,
        language=found.language,
        kind=LabelKind(found.kind),
    )


@router.get("/{code}", response_model=WholeTermOut)
async def show_term(code: str, session: Transaction) -> WholeTermOut:
    """Show one term with its words, the terms above it and its published codes."""
    term = await queries.concept(session, code)
    labels = (await queries.labels_of(session, [code]))[code]
    return WholeTermOut(
        code=term.code,
        vocabulary=term.vocabulary,
        name_en=term.name_en,
        name_ja=term.name_ja,
        name_ja_source=term.name_ja_source,
        reviewed=term.reviewed,
        codes=term.codes,
        details=term.details,
        ancestors=(await queries.ancestors(session, [code]))[code],
        labels=[LabelOut.model_validate(label) for label in labels],
        source=term.source,
        as_of=term.as_of.isoformat(),
    )
