"""The choices beside the hits of the search: each a link that keeps what else was chosen, with its number once counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.ground.formats import pick
from app.ground.i18n import Locale, Message, _
from app.sites.models import Institution
from app.terms.models import Concept, Vocabulary
from app.trials.models import Source
from app.trials.queries.searching import Search
from app.trials.words import STATUSES

RUNNING = _("Running now (not yet ended)")
LABELS: dict[str, Message] = {
    "status": _("Status"),
    "phase": _("Phase"),
    "area": _("Therapeutic area"),
    "modality": _("Modality"),
    "prefecture": _("Prefecture of a site"),
    "institution": _("Institution"),
    "year": _("Year of registration"),
    "registry": _("Registry"),
    "first_in_human": _("First-in-human"),
    "decentralised": _("Decentralised elements"),
}
FLAGS = {"first_in_human": _("The text says first-in-human"), "decentralised": _("The text names such elements")}
VOCABULARIES = {
    "phase": Vocabulary.PHASE,
    "area": Vocabulary.AREA,
    "modality": Vocabulary.MODALITY,
    "prefecture": Vocabulary.PREFECTURE,
}
# Shown with their choices at once; the others open on demand.
OPEN = frozenset(("status", "phase", "registry", "first_in_human", "decentralised"))
AT_ONCE = 8

Named = tuple[str, Locale | None]  # words, and their language where they are data


@dataclass(frozen=True)
class Option:
    """One choice: its words (with their language where they are data), where it leads, how many trials; or it is chosen."""

    code: str
    words: str
    language: Locale | None
    address: str
    trials: int | None
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The choices of one field; those beyond `AT_ONCE` open on demand."""

    name: str
    label: Message
    options: Sequence[Option]

    @property
    def open(self) -> bool:
        """Whether its choices show at once."""
        return self.name in OPEN or any(option.chosen for option in self.options)

    @property
    def parts(self) -> tuple[Sequence[Option], Sequence[Option]]:
        """The choices to show, and those to show on demand: a choice that was made is never hidden."""
        most = len(self.options) if len(self.options) <= AT_ONCE + 2 else AT_ONCE
        at = max([most, *(place for place, option in enumerate(self.options, 1) if option.chosen)])
        return self.options[:at], self.options[at:]


@dataclass(frozen=True)
class Names:
    """What choices are called: terms by code, institutions by code."""

    terms: Mapping[str, Concept]
    institutions: Mapping[str, Institution]

    def of(self, field: str, code: str, locale: Locale) -> Named:
        """Return what a choice is called; a code that we do not know stands for itself."""
        if field == "status" and code in STATUSES | {"running": RUNNING}:
            return (STATUSES | {"running": RUNNING})[code].in_(locale), None
        if field == "registry" and code in list(Source):
            return Source(code).terms.name.in_(locale), None
        if field in FLAGS:
            return FLAGS[field].in_(locale), None
        if field in VOCABULARIES and code in self.terms:
            return pick(self.terms[code], locale)
        if field == "institution" and code in self.institutions:
            return pick(self.institutions[code], locale)
        return code, "en"


def facets_of(
    search: Search, names: Names, locale: Locale, counted: Mapping[str, Mapping[str, int]] | None
) -> list[Facet]:
    """Return every field with its choices: those that hits have once counted, before that those there are."""
    found = []
    for field, label in LABELS.items():
        options = list(_options(search, field, names, locale, counted))
        if options:
            found.append(Facet(field, label, options))
    return found


def _options(
    search: Search, field: str, names: Names, locale: Locale, counted: Mapping[str, Mapping[str, int]] | None
) -> Iterator[Option]:
    chosen = search.choices.get(field, "")
    numbers = counted[field] if counted is not None else {}
    codes = _counted_codes(field, names, numbers) if counted is not None else _all_codes(field, names)
    for code in dict.fromkeys([*codes, *([chosen] if chosen else [])]):
        words, language = names.of(field, code, locale)
        here = code == chosen
        address = search.address(**{field: "" if here else code})
        yield Option(code, words, language, address, numbers.get(code, 0) if counted is not None else None, here)


def _all_codes(field: str, names: Names) -> Iterable[str]:
    """Return the choices that there are before anything is counted; years and institutions are known only then."""
    if field == "status":
        return ["running", *STATUSES]
    if field == "registry":
        return [source.value for source in Source]
    if field in FLAGS:
        return ["yes"]
    return [code for code, term in names.terms.items() if term.vocabulary == VOCABULARIES.get(field)]


def _counted_codes(field: str, names: Names, numbers: Mapping[str, int]) -> Iterable[str]:
    """Return the choices that hits have: the newest year first, the institutions with most trials first."""
    if field == "year":
        return sorted(numbers, reverse=True)
    if field == "institution":
        return sorted(numbers, key=lambda code: (-numbers[code], code))
    return [code for code in _all_codes(field, names) if numbers.get(code)]


def chosen_of(search: Search, names: Names, locale: Locale) -> list[tuple[Message, Option]]:
    """Return what was chosen, each with the address without it."""
    found = []
    for field, code in search.choices.items():
        words, language = names.of(field, code, locale)
        found.append((LABELS[field], Option(code, words, language, search.address(**{field: ""}), None, True)))
    return found
