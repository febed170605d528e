"""A record item by item, as the WHO Trial Registration Data Set (version 1.3.1) orders them: for pages and comparisons."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.ground.i18n import Message, _
from app.trials.record import NOTHING, Age, Coded, Count, Day, Party, Record, Text
from app.trials.words import SEXES, SHARING, STATUSES, STUDY_TYPES, UNDISCLOSED


@dataclass(frozen=True)
class Value:
    """One value: the source's words; or `plain`, which is of no language; `means` is what we read in it.

    `term` is the code of a vocabulary where it means a term.
    """

    text: Text = NOTHING
    plain: str | None = None
    means: Message | None = None
    term: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text or self.plain or self.means or self.term)


@dataclass(frozen=True)
class Item:
    """A line of a record's page: its label and how to read its values out of a record."""

    key: str
    label: Message
    read: Callable[[Record], Iterable[Value]]

    def values(self, record: Record) -> list[Value]:
        """Return what a record says of the item; nothing where it is silent."""
        return [value for value in self.read(record) if value]


def _texts(*texts: Text) -> Iterator[Value]:
    return (Value(text) for text in texts)


def _day(day: Day | None) -> Iterator[Value]:
    if day is not None:
        yield Value(plain=day.value or day.text)


def _age(age: Age | None) -> Iterator[Value]:
    if age is not None:
        yield Value(age.text)


def _count(*counts: Count | None) -> Iterator[Value]:
    return (Value(plain=count.text) for count in counts if count is not None)


def _party(*parties: Party | None) -> Iterator[Value]:
    return (Value(party.name or party.affiliation) for party in parties if party is not None)


def _coded(coded: Coded, words: dict[str, Message]) -> Iterator[Value]:
    yield Value(coded.text, means=words.get(coded.code or ""))


def _phase(record: Record) -> Iterator[Value]:
    yield Value(record.design.phase.text)
    yield from (Value(term=code) for code in record.design.phase.codes)


def _interventions(record: Record) -> Iterator[Value]:
    for one in record.interventions:
        yield from _texts(one.name, one.description)
        yield from (Value(plain=name) for name in one.other_names)
    for product in record.products:
        yield from _texts(product.generic_name, product.brand_name, product.approval)


def _hints(record: Record) -> Iterator[Value]:
    for hint in (*record.modalities, *record.decentralised):
        yield Value(term=hint.code, plain=hint.words)


def _ethics(record: Record) -> Iterator[Value]:
    for one in record.ethics:
        yield from _texts(one.name, one.outcome.text)
        yield from _day(one.day)


def _results(record: Record) -> Iterator[Value]:
    yield Value(record.results.summary)
    yield from _day(record.results.posted)
    yield from (Value(plain=link.address) for link in record.results.links)


def _sites(record: Record) -> Iterator[Value]:
    for site in record.sites:
        yield Value(site.facility, means=None if site.disclosed else UNDISCLOSED, plain=site.city)


def _further(record: Record) -> Iterator[Value]:
    for one in record.further:
        ja, en = (f"{one.label}: {words}" if words else None for words in (one.text.ja, one.text.en))
        yield Value(Text(ja, en))


_design = (
    ("allocation", _("Allocation")),
    ("masking", _("Masking")),
    ("control", _("Control")),
    ("assignment", _("Assignment")),
    ("purpose", _("Purpose")),
)
SECTIONS: tuple[tuple[str, Message, tuple[Item, ...]], ...] = (
    (
        "registration",
        _("Registration"),
        (
            Item("number", _("Registry number"), lambda r: [Value(plain=r.number)]),
            Item("registered", _("Registered on"), lambda r: _day(r.registered)),
            Item("updated", _("Updated at the source on"), lambda r: _day(r.updated)),
            Item("numbers", _("Other numbers"), lambda r: (Value(plain=one.value) for one in r.numbers)),
            Item("kind", _("Kind of trial at the registry"), lambda r: _texts(r.kind)),
        ),
    ),
    (
        "titles",
        _("Titles and summary"),
        (
            Item("public_title", _("Public title"), lambda r: _texts(r.public_title)),
            Item("scientific_title", _("Scientific title"), lambda r: _texts(r.scientific_title, r.acronym)),
            Item("summary", _("Summary"), lambda r: _texts(r.summary)),
        ),
    ),
    (
        "responsible",
        _("Who is responsible"),
        (
            Item("sponsor", _("Primary sponsor"), lambda r: _party(r.sponsor)),
            Item("secondary_sponsors", _("Secondary sponsors"), lambda r: _party(*r.secondary_sponsors)),
            Item("funding", _("Source of monetary support"), lambda r: _party(*r.funding)),
            Item(
                "public_contact",
                _("Contact for public queries"),
                lambda r: (
                    _texts(r.public_contact.organisation, r.public_contact.department) if r.public_contact else ()
                ),
            ),
            Item(
                "scientific_contact",
                _("Contact for scientific queries"),
                lambda r: (
                    _texts(r.scientific_contact.organisation, r.scientific_contact.department)
                    if r.scientific_contact
                    else ()
                ),
            ),
        ),
    ),
    (
        "studied",
        _("What is studied"),
        (
            Item("conditions", _("Conditions"), lambda r: _texts(*(one.name for one in r.conditions))),
            Item("keywords", _("Keywords"), lambda r: _texts(*r.keywords)),
            Item("interventions", _("Interventions and products"), _interventions),
            Item("hints", _("Modality and decentralised elements that the text names"), _hints),
            Item(
                "first_in_human",
                _("First-in-human, in the words of the text"),
                lambda r: [Value(plain=r.first_in_human.words)] if r.first_in_human else (),
            ),
            Item("countries", _("Countries of recruitment"), lambda r: _texts(*(one.text for one in r.countries))),
        ),
    ),
    (
        "design",
        _("Design"),
        (
            Item("study_type", _("Study type"), lambda r: _coded(r.design.kind, STUDY_TYPES)),
            Item("phase", _("Phase"), _phase),
            *(
                Item(name, label, lambda r, name=name: _texts(getattr(r.design, name)))  # type: ignore[misc]
                for name, label in _design
            ),
            Item("design", _("Design in the words of the source"), lambda r: _texts(r.design.text)),
        ),
    ),
    (
        "participants",
        _("Who can take part"),
        (
            Item("inclusion", _("Inclusion criteria"), lambda r: _texts(r.eligibility.inclusion)),
            Item("exclusion", _("Exclusion criteria"), lambda r: _texts(r.eligibility.exclusion)),
            Item("minimum_age", _("Minimum age"), lambda r: _age(r.eligibility.minimum_age)),
            Item("maximum_age", _("Maximum age"), lambda r: _age(r.eligibility.maximum_age)),
            Item("sex", _("Sex"), lambda r: _coded(r.eligibility.sex, SEXES)),
        ),
    ),
    (
        "progress",
        _("Progress"),
        (
            Item("status", _("Recruitment status"), lambda r: _coded(r.status, STATUSES)),
            Item("started", _("First enrolment"), lambda r: _day(r.started)),
            Item("size", _("Sample size"), lambda r: _count(r.size, r.enrolled)),
            Item("completed", _("Completion"), lambda r: _day(r.completed)),
        ),
    ),
    (
        "outcomes",
        _("Outcomes"),
        (
            Item(
                "primary_outcomes",
                _("Primary outcomes"),
                lambda r: _texts(*(text for one in r.primary_outcomes for text in (one.measure, one.time_frame))),
            ),
            Item(
                "secondary_outcomes",
                _("Key secondary outcomes"),
                lambda r: _texts(*(text for one in r.secondary_outcomes for text in (one.measure, one.time_frame))),
            ),
        ),
    ),
    (
        "review",
        _("Review, results and data"),
        (
            Item("ethics", _("Ethics review"), _ethics),
            Item("results", _("Summary results"), _results),
            Item(
                "sharing",
                _("Sharing of individual participant data"),
                lambda r: (*_coded(r.sharing.plan, SHARING), Value(r.sharing.description)),
            ),
        ),
    ),
)
# What stands elsewhere on the page but counts when two versions are compared.
BESIDE = (
    Item("sites", _("Sites"), _sites),
    Item("further", _("Further statements of the source"), _further),
)


@dataclass(frozen=True)
class Change:
    """An item that two versions say differently: what only the earlier and only the later one says."""

    item: Item
    before: list[Value]
    after: list[Value]


def changes_between(before: Record, after: Record) -> list[Change]:
    """Return the items that differ, in the order of the page, each with the values that went and that came.

    Where only the order of values differs, both sides hold all of them.
    """
    found = []
    for item in (*(item for _key, _label, items in SECTIONS for item in items), *BESIDE):
        old, new = item.values(before), item.values(after)
        if old != new:
            gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
            found.append(Change(item, gone, come) if gone or come else Change(item, old, new))
    return found


def terms_in(records: Iterable[Record]) -> set[str]:
    """Return the codes of vocabularies that records' items show."""
    items = [item for _key, _label, items in SECTIONS for item in items]
    return {value.term for record in records for item in items for value in item.values(record) if value.term}
