"""What a reader keeps beside the values while it reads one record: the findings, and the names to leave out."""

from collections.abc import Iterable

from app.ground.i18n import Locale, Message, _
from app.trials.record import Age, Coded, Count, Day, Finding, Number, Phases, Text
from app.trials.rules import ages, codes, days
from app.trials.rules.lists import once
from app.trials.rules.numbers import numbers_in
from app.trials.rules.personal import Names, without_contacts
from app.trials.rules.texts import LONGEST_TEXT, folded, kept, storable, tight

# Every reason of a finding, in words for the page that shows it.
REASONS: dict[str, Message] = {
    "missing_required": _("A part that every record of this source has is not there: its layout may have changed."),
    "cut_off": _("The page ends in the middle."),
    "no_title": _("The record has no title."),
    "no_such_day": _("This is not a day that can be understood."),
    "age_not_understood": _("This limit of age is not understood."),
    "count_not_understood": _("This is not a number of participants."),
    "phase_not_known": _("This phase is not known."),
    "status_not_known": _("This status is not known."),
    "kind_not_known": _("This kind of study is not known."),
    "sex_not_known": _("This is not understood as the sex of participants."),
    "another_shape": _("This part has another shape than the source describes."),
    "name_withheld": _("The name of a person is left out."),
    "contact_removed": _("A name, a mail address or a telephone number in the text is left out."),
    "text_shortened": _("The text is longer than %(most)s characters; the rest is left out."),
    "character_removed": _("Characters that cannot be stored are left out."),
    "wrong_encoding": _(
        "The file is not in the encoding that it names; characters that cannot be read are shown as such."
    ),
}


def reason_in_words(finding: Finding, locale: Locale) -> str:
    """Return the reason of a finding in a reader's language."""
    message = REASONS[finding.reason]
    return message.in_(locale, most=f"{LONGEST_TEXT:,}") if finding.reason == "text_shortened" else message.in_(locale)


class Notes:
    """The findings of one record, and the one gate through which every text of it passes."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.findings: list[Finding] = []
        self._names = Names(names)

    def find(self, item: str, text: str, reason: str) -> None:
        """Note something about an item."""
        self.findings.append(Finding(item, text[:200], reason))

    def words(self, item: str, words: object, *, names_too: bool = True) -> str | None:
        """Return words as a record keeps them, None where there are none; what is no text at all is noted.

        Mail addresses, telephone numbers and the names of the record's physicians are left out. Names of facilities
        and organisations pass with `names_too=False`, for a clinic may carry the name of its doctor.
        """
        if words is None:
            return None
        if not isinstance(words, str):
            self.find(item, str(words), "another_shape")
            return None
        safe = storable(words)
        if safe != words:
            self.find(item, "", "character_removed")
        if len(safe) > LONGEST_TEXT:
            safe = safe[:LONGEST_TEXT]
            self.find(item, "", "text_shortened")
        clean = without_contacts(self._names.left_out(safe) if names_too else safe)
        if clean != safe:
            self.find(item, "", "contact_removed")
        return kept(clean) or None

    def text(self, item: str, *, ja: object = None, en: object = None, names_too: bool = True) -> Text:
        """Return a text in two languages, each through the same gate."""
        return Text(self.words(item, ja, names_too=names_too), self.words(item, en, names_too=names_too))

    def day(self, item: str, words: object, kind: object = None) -> Day | None:
        """Return a date; one that is not understood keeps its text and is noted."""
        text = self.words(item, words)
        if text is None:
            return None
        day = days.day_of(text, kind.lower() if isinstance(kind, str) else None)
        if day.value is None:
            self.find(item, text, "no_such_day")
        return day

    def age(self, item: str, text: Text) -> Age | None:
        """Return a limit of age; one that is not understood keeps its text and is noted."""
        age = ages.age_of(text)
        if age is not None and age.value is None and not age.unlimited:
            self.find(item, text.any(), "age_not_understood")
        return age

    def count(self, item: str, words: object, kind: object = None) -> Count | None:
        """Return a number of participants: 66, "1,500", ６６例, 100名. Anything else keeps its text and is noted."""
        text = self.words(item, str(words) if isinstance(words, int) and not isinstance(words, bool) else words)
        if text is None:
            return None
        plain = tight(text).replace(",", "").rstrip("例名人").removesuffix("症")
        value = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None
        if value is None:
            self.find(item, text, "count_not_understood")
        return Count(text, value, kind.lower() if isinstance(kind, str) else None)

    def coded(self, item: str, text: Text, table: dict[str, tuple[str, ...]], reason: str) -> Coded:
        """Return words with their code; words that are not in the table are noted."""
        found = codes.coded(text, table)
        if text and found.code is None:
            self.find(item, text.any(), reason)
        return found

    def phases(self, text: Text, stated: Iterable[str] = ()) -> Phases:
        """Return the phase; words that are not understood are noted, "not selected" is silence."""
        found = codes.phases_of(text, stated)
        if text and not found.codes and not codes.is_silent_phase(text):
            self.find("phase", text.any(), "phase_not_known")
        return found

    def numbers(self, item: str, texts: Iterable[tuple[object, Text]], own: str) -> tuple[Number, ...]:
        """Return the numbers in some texts beside the record's own, each once."""
        found = [n for words, issuer in texts for n in numbers_in(self.words(item, words) or "", issuer)]
        beside = [number for number in found if number.value != own]
        return once(beside, lambda number: (number.scheme, folded(number.value)))
