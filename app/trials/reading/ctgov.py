"""A study of the ClinicalTrials.gov API v2 as a record; the names of codes are those of its own specification."""

import re
from collections.abc import Iterator
from typing import Any

from app.ground.i18n import _
from app.trials.reading.ctgov_further import further_of
from app.trials.reading.ctgov_sites import countries_of, sites_of
from app.trials.reading.finished import finished
from app.trials.reading.found import Unreadable
from app.trials.reading.notes import Notes
from app.trials.reading.tree import Tree
from app.trials.record import (
    NOTHING,
    Coded,
    Condition,
    Contact,
    Design,
    Eligibility,
    Intervention,
    Link,
    Outcome,
    Party,
    Record,
    Results,
    Sharing,
    Text,
)
from app.trials.rules import codes
from app.trials.rules.personal import is_organisation

SOURCE = "ctgov"
ADDRESS = "https://clinicaltrials.gov/study/{number}"
# The pattern of /studies/{nctId} in the registry's own specification.
NUMBER = re.compile(r"NCT[0-9]{8}")
# Parts that every study of the API has; a withheld study has no design and no status of its own.
REQUIRED = {
    "registered": "statusModule.studyFirstPostDateStruct.date",
    "status": "statusModule.overallStatus",
    "sponsor": "sponsorCollaboratorsModule.leadSponsor.name",
    "public_title": "identificationModule.briefTitle",
    "conditions": "conditionsModule.conditions",
    "design": "designModule.studyType",
}
_INDIVIDUAL = "INDIV"


def read_study(study: object) -> Record:
    """Read one study object of the API, as JSON gives it.

    Raises Unreadable where it is none: without protocolSection or NCT number. A part of another shape than the
    specification describes is left out and is a finding `another_shape`; geoPoint is never read (it is wrong in Japan).
    """
    if not isinstance(study, dict) or not isinstance(study.get("protocolSection"), dict):
        raise Unreadable(_("This is not a study of the ClinicalTrials.gov API v2: it has no protocolSection."))
    named = study["protocolSection"].get("identificationModule")
    number = named.get("nctId") if isinstance(named, dict) else None
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Unreadable(_("This is not a study of the ClinicalTrials.gov API v2: it has no NCT number."))
    tree = Tree(study["protocolSection"], Notes(()))
    tree.notes = _with_names(tree)
    for item, path in REQUIRED.items():
        if tree.at(path) is None:
            tree.notes.find(item, path, "missing_required")
    return _record(tree, number, study)


def _with_names(tree: Tree) -> Notes:
    """Return notes that leave out everybody whom the study names as a person."""
    officials = tree.each("contactsLocationsModule.overallOfficials", "name")
    central = tree.each("contactsLocationsModule.centralContacts", "name")
    party = "sponsorCollaboratorsModule.responsibleParty"
    alone = (tree.at(f"{party}.investigatorFullName"), tree.at(f"{party}.oldNameTitle"))
    of_sites = (
        contact.get("name")
        for site in tree.objects("contactsLocationsModule.locations")
        for contact in site.get("contacts") or ()
        if isinstance(contact, dict)
    )
    path = "sponsorCollaboratorsModule"
    parties = [tree.at(f"{path}.leadSponsor.name"), *tree.each(f"{path}.collaborators", "name")]
    # Companies put their own name where a contact's stands; that one is no secret and no person.
    companies = " ".join(name for name in parties if isinstance(name, str) and is_organisation(name))
    stated = dict.fromkeys(name for name in (*officials, *central, *alone, *of_sites) if isinstance(name, str))
    return Notes(name for name in stated if name not in companies)


def _record(tree: Tree, number: str, study: dict[str, Any]) -> Record:
    notes = tree.notes
    sponsor = _sponsor(tree)
    collaborators = [_party(tree, one) for one in tree.objects("sponsorCollaboratorsModule.collaborators")]
    names = [party.name.any() for party in (sponsor, *collaborators) if party]
    sites = sites_of(tree, names)
    countries = countries_of(sites)
    status = tree.text("statusModule.overallStatus")
    record = Record(
        source=SOURCE,
        registry="nct",
        number=number,
        address=ADDRESS.format(number=number),
        registered=tree.day("registered", "statusModule.studyFirstPostDateStruct"),
        updated=tree.day("updated", "statusModule.lastUpdatePostDateStruct"),
        numbers=notes.numbers("numbers", _numbers(tree), number),
        funding=tuple(party for party in (sponsor, *collaborators) if party),
        sponsor=sponsor,
        secondary_sponsors=tuple(collaborators),
        public_contact=_central(sponsor),
        scientific_contact=_official(tree),
        public_title=tree.text("identificationModule.briefTitle"),
        scientific_title=tree.text("identificationModule.officialTitle"),
        acronym=tree.text("identificationModule.acronym"),
        countries=countries,
        conditions=_conditions(tree, study),
        keywords=tree.texts("conditionsModule.keywords"),
        interventions=tuple(_intervention(tree, one) for one in tree.objects("armsInterventionsModule.interventions")),
        eligibility=_eligibility(tree),
        design=_design(tree),
        started=tree.day("started", "statusModule.startDateStruct"),
        **_sizes(tree),
        status=notes.coded("status", status, codes.STATUSES, "status_not_known") if status else Coded(),
        primary_outcomes=tuple(_outcomes(tree, "primaryOutcomes")),
        secondary_outcomes=(*_outcomes(tree, "secondaryOutcomes"), *_outcomes(tree, "otherOutcomes")),
        completed=tree.day("completed", "statusModule.completionDateStruct"),
        results=_results(tree, study),
        sharing=_sharing(tree),
        summary=tree.text("descriptionModule.briefSummary"),
        sites=sites,
        international=len(countries) > 1 if countries else None,
        further=further_of(tree),
    )
    return finished(record, notes)


def _sponsor(tree: Tree) -> Party | None:
    """Return the lead sponsor; an individual's name is left out, and where they work stands in its place."""
    path = "sponsorCollaboratorsModule"
    lead = tree.at(f"{path}.leadSponsor")
    if not isinstance(lead, dict) or not lead.get("name"):
        return None
    investigator = tree.at(f"{path}.responsibleParty.investigatorFullName")
    alone = tree.at(f"{path}.responsibleParty.type") == "SPONSOR_INVESTIGATOR"
    name = str(lead["name"])
    if lead.get("class") == _INDIVIDUAL or name == investigator or (alone and not is_organisation(name)):
        tree.notes.find("sponsor", "", "name_withheld")
        return Party(
            affiliation=tree.text(f"{path}.responsibleParty.investigatorAffiliation"),
            kind=_class(tree, lead),
            person=True,
        )
    return _party(tree, lead)


def _party(tree: Tree, said: dict[str, Any]) -> Party:
    if said.get("class") == _INDIVIDUAL:
        tree.notes.find("secondary_sponsors", "", "name_withheld")
        return Party(kind=_class(tree, said), person=True)
    return Party(tree.notes.text("sponsor", en=said.get("name"), names_too=False), _class(tree, said))


def _class(tree: Tree, said: dict[str, Any]) -> Coded:
    words = tree.notes.words("sponsor", said.get("class"))
    return Coded(Text(en=words), words.lower()) if words else Coded()


def _central(sponsor: Party | None) -> Contact | None:
    """Questions go to the sponsor's desk: the registry names only people and desks, without their organisation."""
    return Contact(sponsor.name) if sponsor and sponsor.name else None


def _official(tree: Tree) -> Contact | None:
    places = tree.each("contactsLocationsModule.overallOfficials", "affiliation")
    first = next((place for place in places if isinstance(place, str)), None)
    text = tree.notes.text("contact", en=first)
    return Contact(text) if text else None


def _numbers(tree: Tree) -> Iterator[tuple[object, Text]]:
    yield tree.at("identificationModule.orgStudyIdInfo.id"), NOTHING
    for one in tree.objects("identificationModule.secondaryIdInfos"):
        yield one.get("id"), tree.notes.text("numbers", en=one.get("domain"))
        # A few studies have number and register the wrong way round.
        if isinstance(one.get("domain"), str) and re.search(r"jRCT[a-z]?\d{9}|NCT\d{8}|UMIN\d{9}", one["domain"]):
            yield one["domain"], NOTHING
    for alias in tree.listed("identificationModule.nctIdAliases"):
        yield alias, NOTHING


def _conditions(tree: Tree, study: dict[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions as stated, then the MeSH headings that the registry derived, with their numbers.

    Older files pad the numbers with zeros: D000012595 is D012595.
    """
    stated = tuple(Condition(text) for text in tree.texts("conditionsModule.conditions"))
    derived = Tree(study, tree.notes).objects("derivedSection.conditionBrowseModule.meshes")
    meshes = tuple(
        Condition(tree.notes.text("conditions", en=one.get("term")), _mesh(one.get("id")))
        for one in derived
        if one.get("term")
    )
    return stated + meshes


def _mesh(number: object) -> str | None:
    if not isinstance(number, str) or not re.fullmatch(r"[CD]\d{6,9}", number):
        return None
    letter, digits = number[0], number[1:].lstrip("0")
    return letter + digits.zfill(6)


def _intervention(tree: Tree, said: dict[str, Any]) -> Intervention:
    kind = tree.notes.words("interventions", said.get("type"))
    code = kind.lower() if kind and kind.lower() in codes.INTERVENTIONS else None
    others = said.get("otherNames")
    return Intervention(
        Coded(Text(en=kind), code),
        tree.notes.text("interventions", en=said.get("name")),
        tree.notes.text("interventions", en=said.get("description")),
        tuple(name for name in others if isinstance(name, str)) if isinstance(others, list) else (),
    )


def _eligibility(tree: Tree) -> Eligibility:
    notes, module = tree.notes, "eligibilityModule"
    sex, healthy = tree.text(f"{module}.sex"), tree.at(f"{module}.healthyVolunteers")
    return Eligibility(
        inclusion=tree.text(f"{module}.eligibilityCriteria"),
        minimum_age=notes.age("eligibility.minimum_age", tree.text(f"{module}.minimumAge")),
        maximum_age=notes.age("eligibility.maximum_age", tree.text(f"{module}.maximumAge")),
        sex=notes.coded("eligibility.sex", sex, codes.SEXES, "sex_not_known"),
        healthy_volunteers=healthy if isinstance(healthy, bool) else None,
    )


def _design(tree: Tree) -> Design:
    info = "designModule.designInfo"
    phases = [word for word in tree.listed("designModule.phases") if isinstance(word, str)]
    masked = tree.listed(f"{info}.maskingInfo.whoMasked")
    masking = [tree.at(f"{info}.maskingInfo.masking"), *masked]
    kind = tree.text("designModule.studyType")
    return Design(
        kind=tree.notes.coded("design.kind", kind, codes.STUDY_TYPES, "kind_not_known"),
        phase=tree.notes.phases(Text(en=", ".join(phases) or None), phases),
        allocation=tree.text(f"{info}.allocation"),
        masking=Text(en=", ".join(word for word in masking if isinstance(word, str)) or None),
        assignment=tree.text(f"{info}.interventionModel") or tree.text(f"{info}.observationalModel"),
        purpose=tree.text(f"{info}.primaryPurpose"),
    )


def _sizes(tree: Tree) -> dict[str, Any]:
    path = "designModule.enrollmentInfo"
    count = tree.notes.count("size", tree.at(f"{path}.count"), tree.at(f"{path}.type"))
    return {"size": count, "enrolled": count if count and count.kind == "actual" else None}


def _outcomes(tree: Tree, kind: str) -> Iterator[Outcome]:
    item = "primary_outcomes" if kind == "primaryOutcomes" else "secondary_outcomes"
    for one in tree.objects(f"outcomesModule.{kind}"):
        words = [tree.notes.text(item, en=one.get(name)) for name in ("measure", "timeFrame", "description")]
        if any(words):
            yield Outcome(*words)


def _results(tree: Tree, study: dict[str, Any]) -> Results:
    has = study.get("hasResults")
    links = tuple(
        Link(one["url"], tree.notes.text("results", en=one.get("label")))
        for one in tree.objects("referencesModule.seeAlsoLinks")
        if isinstance(one.get("url"), str) and one["url"].startswith(("http://", "https://"))
    )
    return Results(
        has if isinstance(has, bool) else None,
        posted=tree.day("results", "statusModule.resultsFirstPostDateStruct"),
        links=links,
    )


def _sharing(tree: Tree) -> Sharing:
    plan = tree.text("ipdSharingStatementModule.ipdSharing")
    return Sharing(codes.coded(plan, codes.SHARING), tree.text("ipdSharingStatementModule.description"))
