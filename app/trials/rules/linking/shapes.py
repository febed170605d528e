"""What goes into a link and what comes out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from app.ground.i18n import Message, Said, _, say

Language = Literal["en", "ja"]
Beside = Literal["", "other", "second"]
Bears = Literal["hospital", "campus", "body", "abbreviation"]
BEARS: Mapping[str, Bears] = {bears: bears for bears in ("hospital", "campus", "body", "abbreviation")}


@dataclass(frozen=True)
class Facility:
    """One place of a trial as its record gives it; every text as given, "" where the record gives none.

    It is a place in Japan: who asks leaves out the others. `prefecture` may also be a code (pref.13), `city` an address.
    `en` and `ja` may each hold either language or both: records put Japanese names into English fields.
    """

    en: str = ""
    ja: str = ""
    city: str = ""
    prefecture: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Name:
    """One name of an institution.

    `bears` says who goes by this name: `hospital` this hospital alone; `campus` several hospitals, told apart by
    where they are; `body` a legal person or university, of which the hospital is a part; `abbreviation` letters that
    may mean something else elsewhere.
    """

    code: str
    text: str
    language: Language
    bears: Bears = "hospital"


@dataclass(frozen=True)
class Home:
    """Where an institution is: code of its prefecture (pref.13), and its city, "" where nobody confirmed it."""

    code: str
    prefecture: str
    city_en: str = ""
    city_ja: str = ""


class Why(StrEnum):
    """Why a facility was linked, is doubtful or was left alone; kept with a link, so never renamed."""

    NAMED = "named"
    NAMED_AT_PLACE = "named_at_place"
    DECIDED = "decided"
    MORE_WORDS = "more_words"
    OTHER_PLACE = "other_place"
    BODY_ONLY = "body_only"
    SHARED_NAME = "shared_name"
    ABBREVIATION = "abbreviation"
    MISSPELT = "misspelt"
    SEVERAL = "several"
    SECOND_HOSPITAL = "second_hospital"
    LANGUAGES_DIFFER = "languages_differ"
    DECIDED_NONE = "decided_none"
    OTHER_HOSPITAL = "other_hospital"
    MASKED = "masked"
    NO_NAME = "no_name"
    EMPTY = "empty"


# Nothing is disclosed: such a place is neither linked nor asked about.
SILENT = frozenset({Why.MASKED, Why.EMPTY})
CERTAIN = frozenset({Why.NAMED, Why.NAMED_AT_PLACE, Why.DECIDED})
DOUBTFUL: Mapping[Why, float] = {
    Why.MORE_WORDS: 0.7,
    Why.OTHER_PLACE: 0.6,
    Why.MISSPELT: 0.6,
    Why.ABBREVIATION: 0.6,
    Why.SHARED_NAME: 0.5,
    Why.BODY_ONLY: 0.5,
    Why.SECOND_HOSPITAL: 0.4,
    Why.SEVERAL: 0.4,
    Why.LANGUAGES_DIFFER: 0.4,
}
SENTENCES: Mapping[Why, Message] = {
    Why.NAMED: _("The text names the hospital: %(name)s."),
    Why.NAMED_AT_PLACE: _("The text names the hospital, and the place agrees: %(name)s."),
    Why.DECIDED: _("The window has decided on this text."),
    Why.MORE_WORDS: _("%(name)s is named, but other words stand beside the name: %(words)s."),
    Why.OTHER_PLACE: _("%(name)s is named, but the place of the record is another one."),
    Why.BODY_ONLY: _("The text names %(name)s, but no hospital of it."),
    Why.SHARED_NAME: _("More than one hospital goes by %(name)s, and the place does not tell which."),
    Why.ABBREVIATION: _("The text has no more than the abbreviation %(name)s, and the place does not confirm it."),
    Why.MISSPELT: _("The text comes near to %(name)s, but is spelt differently."),
    Why.SEVERAL: _("The text names more than one institution."),
    Why.SECOND_HOSPITAL: _("%(name)s is named together with another facility: %(words)s."),
    Why.LANGUAGES_DIFFER: _("The English and the Japanese text do not name the same hospital."),
    Why.DECIDED_NONE: _("The window has decided that this text names no institution of the registry."),
    Why.OTHER_HOSPITAL: _("The text names another hospital: %(words)s."),
    Why.MASKED: _("The record does not disclose the hospital."),
    Why.NO_NAME: _("The text has no name of an institution of the registry."),
    Why.EMPTY: _("The record names no facility."),
}


@dataclass(frozen=True)
class Linked:
    """The institution of a facility, or none.

    `code` is what the text most probably names; only where `certain` may a link be made without a person. `score`
    runs from 0 to 1 and orders the queue of the doubtful ones.
    """

    code: str | None
    score: float
    certain: bool
    why: Why
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> Said:
        """The reason as a sentence in the reader's language."""
        return say(SENTENCES[self.why], **self.details)


def linked(code: str, score: float, why: Why, **details: str) -> Linked:
    """A certain link."""
    return Linked(code, score, why in CERTAIN, why, details)


def doubtful(code: str | None, why: Why, **details: str) -> Linked:
    """A question for the window, with its likeliest answer where there is one."""
    return Linked(code, DOUBTFUL[why], False, why, details)


def unlinked(why: Why, **details: str) -> Linked:
    """No institution of the registry."""
    return Linked(None, 0.0, False, why, details)


@dataclass(frozen=True)
class Found:
    """A name found in one text, and what the rest of the text says; `extra` are the words that nothing explains.

    `beside` says how the extra words weigh: `other` means that they make another hospital of it, `second` that a
    second facility stands beside the name.
    """

    name: Name
    extra: str = ""
    beside: Beside = ""
    misspelt: bool = False


def codes_of(names: Iterable[Name]) -> frozenset[str]:
    """The institutions of these names."""
    return frozenset(name.code for name in names)
