"""One trial of a WHO ICTRP export, CSV row or XML element, as a record: 37 to 62 fields under several spellings."""

import re
from collections.abc import Mapping

from app.ground.i18n import _
from app.trials.reading.finished import finished
from app.trials.reading.found import Unreadable
from app.trials.reading.notes import Notes
from app.trials.record import (
    NOTHING,
    Coded,
    Condition,
    Contact,
    Country,
    Day,
    Design,
    Eligibility,
    Ethics,
    Further,
    Intervention,
    Link,
    Number,
    Outcome,
    Party,
    Record,
    Results,
    Sharing,
    Text,
)
from app.trials.rules import codes
from app.trials.rules.numbers import numbers_in
from app.trials.rules.personal import is_organisation
from app.trials.rules.places import countries_in
from app.trials.rules.texts import folded, unmarked

SOURCE = "ictrp"
# Names as `key` writes them; the export of a search, the full dump and the XML spell some of them differently.
_ALIASES = {
    "secondaryids": "secondaryid", "url": "webaddress", "lastupdated": "lastrefreshedon", "sourcename": "sourcesupport",
    "primaryoutcomes": "primaryoutcome", "secondaryoutcomes": "secondaryoutcome", "conditions": "condition",
    "interventions": "intervention", "ethicsreviewstatus": "ethicsstatus", "studyphase": "phase", "gender": "inclusiongender",
    "ethicsreviewapprovaldate": "ethicsapprovaldate", "ethicsreviewcontactname": "ethicscontactname",
    "publiccontactaffiliation": "contactaffiliation", "dateenrolment": "dateenrollement", "dateenrollment": "dateenrollement",
    "agemin": "inclusionagemin", "agemax": "inclusionagemax", "country": "countries", "primarysponsors": "primarysponsor",
    "secondarysponsors": "secondarysponsor", "recruitmentstatuses": "recruitmentstatus",
}  # fmt: skip
# Columns that every export has: one that is gone means that its layout has changed.
REQUIRED = {
    "registered": "dateregistration",
    "status": "recruitmentstatus",
    "public_title": "publictitle",
    "scientific_title": "scientifictitle",
    "countries": "countries",
    "conditions": "condition",
    "design": "studytype",
}
# Names, addresses, telephones and mail addresses of people, and of committees: never read.
_PERSONAL = re.compile(r"contact(?:first|last)name|contact(?:name|address|email|tel|phone)$")
_FURTHER = ("otherrecords", "retrospectiveflag", "prospectiveregistration", "bridgingflagtruefalse", "bridgedtype",
            "resultsbaselinechar", "resultsparticipantflow", "resultsadverseevents", "resultsoutcomemeasures",
            "typeenrolment", "internalnumber")  # fmt: skip
_LABEL = re.compile(r"(?:inclusion|exclusion) criteria\s*[:：]\s*", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s<>\"]{4,500}")


def key(name: str) -> str:
    """Return the name of a column or element as it is compared: Date_enrollement, "Date enrollement" are one."""
    plain = re.sub(r"[\s_]+", "", folded(name))
    return _ALIASES.get(plain, plain)


def read_trial(fields: Mapping[str, str]) -> Record:
    """Read one trial of an export: names of fields as `key` writes them, and texts with <br> and entities as exported.

    Raises Unreadable for a trial without a TrialID. ICTRP has no sites; of people it names, nothing is kept: for jRCT
    the "primary sponsor" is often the investigator, and then only their hospital stands.
    """
    said = {name: unmarked(text) for name, text in fields.items() if text and not _PERSONAL.search(name)}
    number = _number(said.get("trialid", ""))
    people = [" ".join((fields.get("contactfirstname", ""), fields.get("contactlastname", "")))]
    sponsor = said.get("primarysponsor", "")
    if number.scheme == "jrct" and not is_organisation(sponsor):
        people.append(sponsor)
    notes = Notes(unmarked(person) for person in people)
    for item, column in REQUIRED.items():
        if column not in fields:
            notes.find(item, column, "missing_required")
    return _record(said, number, notes)


def _number(trial_id: str) -> Number:
    plain = trial_id.strip()
    if not plain:
        raise Unreadable(_("This trial has no TrialID."))
    return numbers_in(plain)[0] if numbers_in(plain) else Number(plain, None, plain)


def _record(said: dict[str, str], number: Number, notes: Notes) -> Record:
    def text(item: str, name: str) -> Text:
        return notes.text(item, en=said.get(name))

    def day(item: str, *names: str) -> Day | None:
        return notes.day(item, next((said[name] for name in names if said.get(name, "").strip()), None))

    given = text("interventions", "intervention")
    countries = countries_in(text("countries", "countries"))
    status = text("status", "recruitmentstatus")
    sponsor = _sponsor(said, number, notes)
    contact = text("contact", "contactaffiliation")
    record = Record(
        source=SOURCE,
        registry=number.scheme or folded(said.get("sourceregister", "")) or "unknown",
        number=number.value,
        address=next(iter(_WEB.findall(said.get("webaddress", ""))), None),
        registered=day("registered", "dateregistration3", "dateregistration"),
        updated=day("updated", "lastrefreshedon"),
        numbers=notes.numbers("numbers", [(said.get("secondaryid"), NOTHING)], number.value),
        funding=_parties(said, "sourcesupport", notes),
        sponsor=sponsor,
        secondary_sponsors=_parties(said, "secondarysponsor", notes),
        public_contact=Contact(contact) if contact else None,
        public_title=text("public_title", "publictitle"),
        scientific_title=text("scientific_title", "scientifictitle"),
        acronym=text("acronym", "acronym"),
        countries=countries,
        conditions=_conditions(said, notes),
        interventions=(Intervention(description=given),) if given else (),
        eligibility=_eligibility(said, notes),
        design=_design(said, notes),
        started=day("started", "dateenrollement"),
        size=notes.count("size", said.get("targetsize")),
        enrolled=notes.count("enrolled", said.get("resultsactualenrollment"), "actual"),
        status=notes.coded("status", status, codes.STATUSES, "status_not_known") if status else Coded(),
        primary_outcomes=_outcomes(text("primary_outcomes", "primaryoutcome")),
        secondary_outcomes=_outcomes(text("secondary_outcomes", "secondaryoutcome")),
        ethics=_ethics(said, notes),
        completed=day("completed", "resultsdatecompleted"),
        results=_results(said, notes),
        sharing=_sharing(said, notes),
        international=_international(countries),
        further=tuple(Further("", name, one) for name in _FURTHER if (one := text("further", name))),
    )
    return finished(record, notes)


def _international(countries: tuple[Country, ...]) -> bool | None:
    return None if not countries else any(country.code != "country.JP" for country in countries)


def _sponsor(said: dict[str, str], number: Number, notes: Notes) -> Party | None:
    """Return the primary sponsor. In jRCT it is the investigator where it is no organisation: then no name is kept."""
    words = said.get("primarysponsor", "").strip()
    if not words:
        return None
    if number.scheme == "jrct" and not is_organisation(words):
        notes.find("sponsor", "", "name_withheld")
        return Party(affiliation=notes.text("sponsor", en=said.get("contactaffiliation")), person=True)
    return Party(notes.text("sponsor", en=words, names_too=False))


def _parties(said: dict[str, str], name: str, notes: Notes) -> tuple[Party, ...]:
    lines = _lines(notes.words("funding", said.get(name)), ";\n")
    return tuple(Party(Text(en=line)) for line in lines if folded(line) not in ("none", "no", "n/a", "nil", "-"))


def _outcomes(measured: Text) -> tuple[Outcome, ...]:
    return (Outcome(measured),) if measured else ()


def _conditions(said: dict[str, str], notes: Notes) -> tuple[Condition, ...]:
    return tuple(Condition(Text(en=line)) for line in _lines(notes.words("conditions", said.get("condition"))))


def _sharing(said: dict[str, str], notes: Notes) -> Sharing:
    plan = notes.text("sharing", en=said.get("resultsipdplan"))
    return Sharing(codes.coded(plan, codes.SHARING), notes.text("sharing", en=said.get("resultsipddescription")))


def _eligibility(said: dict[str, str], notes: Notes) -> Eligibility:
    criteria = [
        notes.text(f"eligibility.{name}", en=_LABEL.sub("", said.get(f"{name}criteria", ""), count=1))
        for name in ("inclusion", "exclusion")
    ]
    sex = notes.text("eligibility.sex", en=" ".join(said.get("inclusiongender", "").split()))
    return Eligibility(
        inclusion=criteria[0],
        exclusion=criteria[1],
        minimum_age=notes.age("eligibility.minimum_age", notes.text("age", en=said.get("inclusionagemin"))),
        maximum_age=notes.age("eligibility.maximum_age", notes.text("age", en=said.get("inclusionagemax"))),
        sex=notes.coded("eligibility.sex", sex, codes.SEXES, "sex_not_known"),
    )


def _design(said: dict[str, str], notes: Notes) -> Design:
    kind = notes.text("design.kind", en=said.get("studytype"))
    return Design(
        kind=notes.coded("design.kind", kind, codes.STUDY_TYPES, "kind_not_known"),
        phase=notes.phases(notes.text("phase", en=said.get("phase"))),
        text=notes.text("design", en=said.get("studydesign")),
    )


def _ethics(said: dict[str, str], notes: Notes) -> tuple[Ethics, ...]:
    """Return what the committee decided; its name stands in a field for people, and is not read."""
    outcome = notes.text("ethics", en=said.get("ethicsstatus"))
    days = _lines(said.get("ethicsapprovaldate"), ";\n")
    if not outcome and not days:
        return ()
    decided = "approved" if folded(outcome.any()).startswith("approved") else None
    return (Ethics(outcome=Coded(outcome, decided), day=notes.day("ethics", next(iter(days), None))),)


def _results(said: dict[str, str], notes: Notes) -> Results:
    labels = {"resultsurllink": None, "resultsurlprotocol": "protocol"}
    links = tuple(
        Link(address, Text(en=label)) for name, label in labels.items() for address in _WEB.findall(said.get(name, ""))
    )
    return Results(
        codes.yes_or_no(said.get("resultsyesno")),
        notes.text("results", en=said.get("resultssummary")),
        notes.day("results", said.get("resultsdateposted")),
        links,
    )


def _lines(words: str | None, signs: str = "\n") -> list[str]:
    parts = re.split(f"[{signs}]", words or "")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
