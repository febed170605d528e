"""One trial as one registry states it: the WHO trial registration data set, its sites, and what we normalised.

The numbers in the comments are the items of the WHO Trial Registration Data Set, version 1.3.1 (24 items).
Everything is frozen and turns into JSON (`app.trials.written`); None and () mean that the source is silent, never "no".
Every normalised value stands beside the source's own text. No record holds the name, address for mail, telephone
number or researcher's number of a person: readers leave them out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The source's own words, in Japanese, in English, or in both; line breaks are kept, markup never is."""

    ja: str | None = None
    en: str | None = None

    def __bool__(self) -> bool:
        return self.ja is not None or self.en is not None

    def any(self) -> str:
        """Return the English words, the Japanese where there are none, and "" where the source is silent."""
        return self.en or self.ja or ""


NOTHING = Text()


@dataclass(frozen=True)
class Day:
    """A date: `text` as it stands; `value` in ISO 8601, as exact as the source is: 2026-11-20, 2026-11, 2026 or None.

    `kind` says whether it has happened (actual) or is planned (estimated), where the source says so.
    """

    text: str
    value: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Age:
    """A limit of age: a number of years, months, weeks, days, hours or minutes; or expressly no limit.

    `inclusive` is False for "under 75" and "< 75", True for "20 or over" and ">= 20", None where the text is bare.
    """

    text: Text
    value: int | None = None
    unit: str | None = None
    unlimited: bool = False
    inclusive: bool | None = None


@dataclass(frozen=True)
class Count:
    """A number of participants: planned (estimated) or enrolled (actual)."""

    text: str
    value: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Coded:
    """Words of the source and the code that they mean in our lists, None where they mean none of them."""

    text: Text = NOTHING
    code: str | None = None


@dataclass(frozen=True)
class Phases:
    """The phase in the source's words and as codes of the vocabulary (phase.*)."""

    text: Text = NOTHING
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Number:
    """An identifying number: its scheme (jrct, nct, umin, japiccti, euct, eudract, utn, …) and how it is written.

    `value` is the one spelling by which records of the same trial are joined; `scheme` is None for a sponsor's own
    number and for registers that we do not know, whose numbers stay as they stand in `text`.
    """

    text: str
    scheme: str | None
    value: str
    issuer: Text = NOTHING


@dataclass(frozen=True)
class Party:
    """Somebody who answers for or pays for the trial; an organisation by its name.

    Where the source names a person, `person` is True, `name` is left out and `affiliation` says where they work.
    """

    name: Text = NOTHING
    kind: Coded = Coded()
    affiliation: Text = NOTHING
    person: bool = False


@dataclass(frozen=True)
class Contact:
    """Where a question goes: the organisation and its department, never a person."""

    organisation: Text = NOTHING
    department: Text = NOTHING


@dataclass(frozen=True)
class Country:
    """A country of recruitment as the source names it, and its code (country.JP)."""

    text: Text
    code: str | None = None


@dataclass(frozen=True)
class Condition:
    """A disease or problem studied, with the code that the source itself gives it (often a MeSH number)."""

    name: Text
    code: str | None = None


@dataclass(frozen=True)
class Intervention:
    """What is given or done: its kind (drug, device, …), name and description."""

    kind: Coded = Coded()
    name: Text = NOTHING
    description: Text = NOTHING
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    """A product of a Japanese plan: drug, device or regenerative; approved or not; its names."""

    kind: Coded = Coded()
    approval: Text = NOTHING
    generic_name: Text = NOTHING
    brand_name: Text = NOTHING
    approval_number: str | None = None
    supplier: Text = NOTHING


@dataclass(frozen=True)
class Outcome:
    """What is measured, when, and how."""

    measure: Text
    time_frame: Text = NOTHING
    description: Text = NOTHING


@dataclass(frozen=True)
class Eligibility:
    """Item 14: who can take part. ClinicalTrials.gov gives both lists as one text, which stands in `inclusion`."""

    inclusion: Text = NOTHING
    exclusion: Text = NOTHING
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    sex: Coded = Coded()
    healthy_volunteers: bool | None = None


@dataclass(frozen=True)
class Design:
    """Item 15: study type, phase and design, in the source's words; `kind` and `phase` are normalised too."""

    kind: Coded = Coded()
    phase: Phases = Phases()
    allocation: Text = NOTHING
    masking: Text = NOTHING
    control: Text = NOTHING
    assignment: Text = NOTHING
    purpose: Text = NOTHING
    text: Text = NOTHING


@dataclass(frozen=True)
class Ethics:
    """Item 21: a committee, its number, what it decided and when."""

    name: Text = NOTHING
    number: str | None = None
    outcome: Coded = Coded()
    day: Day | None = None


@dataclass(frozen=True)
class Link:
    """An address on the web, and what it leads to in the source's words."""

    address: str
    label: Text = NOTHING


@dataclass(frozen=True)
class Results:
    """Item 23: what is said of results; `available` is None where the source does not say."""

    available: bool | None = None
    summary: Text = NOTHING
    posted: Day | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Sharing:
    """Item 24: the plan for sharing data of individual participants: yes, no, undecided."""

    plan: Coded = Coded()
    description: Text = NOTHING


@dataclass(frozen=True)
class Site:
    """One place of the trial, in the order of the source (`position` counts from 1).

    `facility` stands exactly as written in each language. `disclosed` is False, with the reason (masked, company,
    place, sponsor, person, silent), where the text names no hospital; nobody guesses which one was meant.
    `permitted` is the hospital director's permission on a jRCT page: あり True, なし False.
    """

    position: int
    facility: Text = NOTHING
    department: Text = NOTHING
    address: Text = NOTHING
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: Country | None = None
    prefecture: str | None = None
    lead: bool = False
    status: Coded = Coded()
    permission: str | None = None
    permitted: bool | None = None
    approved: Day | None = None
    emergency: str | None = None
    disclosed: bool = True
    undisclosed_because: str | None = None


@dataclass(frozen=True)
class Hint:
    """A code, the words of the source that say it, and the item in which they stand."""

    code: str
    words: str
    item: str


@dataclass(frozen=True)
class Further:
    """Anything else that the source states, by its own section and label, so that nothing published is lost."""

    section: str
    label: str
    text: Text


@dataclass(frozen=True)
class Finding:
    """Something in the source that a person should know of: the item, its text, and the reason (a key of REASONS)."""

    item: str
    text: str
    reason: str


@dataclass(frozen=True)
class Record:
    """One trial as one source states it. See the module for what None means and what is never kept."""

    source: str  # who handed it to us: jrct, ctgov, ictrp
    registry: str  # 1: the primary registry, by its scheme: jrct, nct, umin, japiccti, …
    number: str  # 1: the trial identifying number in its one spelling
    address: str | None = None  # the public page of the record
    kind: Text = NOTHING  # 特定臨床研究, 企業治験, … where the source has such kinds
    registered: Day | None = None  # 2
    updated: Day | None = None  # the source's own date of this version
    numbers: tuple[Number, ...] = ()  # 3
    funding: tuple[Party, ...] = ()  # 4
    sponsor: Party | None = None  # 5
    secondary_sponsors: tuple[Party, ...] = ()  # 6
    public_contact: Contact | None = None  # 7
    scientific_contact: Contact | None = None  # 8
    public_title: Text = NOTHING  # 9
    scientific_title: Text = NOTHING  # 10
    acronym: Text = NOTHING  # 10
    countries: tuple[Country, ...] = ()  # 11
    conditions: tuple[Condition, ...] = ()  # 12
    keywords: tuple[Text, ...] = ()  # 12
    interventions: tuple[Intervention, ...] = ()  # 13
    products: tuple[Product, ...] = ()  # 13
    eligibility: Eligibility = Eligibility()  # 14
    design: Design = Design()  # 15
    started: Day | None = None  # 16: date of first enrolment
    size: Count | None = None  # 17
    enrolled: Count | None = None  # 17: enrolled in fact, where stated beside the plan
    status: Coded = Coded()  # 18
    primary_outcomes: tuple[Outcome, ...] = ()  # 19
    secondary_outcomes: tuple[Outcome, ...] = ()  # 20
    ethics: tuple[Ethics, ...] = ()  # 21
    completed: Day | None = None  # 22
    results: Results = Results()  # 23
    sharing: Sharing = Sharing()  # 24
    summary: Text = NOTHING
    sites: tuple[Site, ...] = ()
    modalities: tuple[Hint, ...] = ()  # codes modality.*: hints from titles and interventions, not a classification
    first_in_human: Hint | None = None  # None: the text does not say so
    decentralised: tuple[Hint, ...] = ()  # codes dct.*
    international: bool | None = None  # True: a country beside Japan is named; False: the source says only Japan
    further: tuple[Further, ...] = ()
    findings: tuple[Finding, ...] = ()
