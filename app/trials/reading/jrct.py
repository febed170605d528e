"""A detail page of jRCT, Japanese or English, as a record; and whether its layout is still the one we know."""

from dataclasses import replace

from app.ground.i18n import _
from app.trials.reading import jrct_parts
from app.trials.reading.finished import finished
from app.trials.reading.found import Unreadable
from app.trials.reading.jrct_sites import FACILITY, investigator_as_sponsor, lead_contact, sites_on
from app.trials.reading.labelled import Labelled
from app.trials.reading.pages import decoded, parsed, rows_of
from app.trials.record import Coded, Contact, Day, Finding, Number, Party, Record
from app.trials.rules import codes
from app.trials.rules.numbers import number_of
from app.trials.rules.personal import is_organisation

SOURCE = "jrct"
ADDRESS = "https://jrct.mhlw.go.jp/latest-detail/{number}"
NUMBER = ("研究実施計画番号", "jrct番号", "jrctid", "trialid", "研究番号", "研究id")
# Rows that every page of its language has, filled or not: one that is gone means that the layout has changed.
_BOTH = {
    "registered": ("初回公表日", "dateofregistration", "初回公開日"),
    "scientific_title": ("研究名称", "研究の名称", "研究課題名", "scientifictitle", "scientifictitleacronym"),
    "status": ("進捗状況", "recruitmentstatus"),
    "conditions": ("対象疾患名", "healthconditionsorproblemsstudied", "疾患名"),
    "design": ("研究の種類", "studytype"),
}
REQUIRED_JA = {
    **_BOTH,
    "sites": FACILITY,
    "public_title": ("平易な研究名称",),
    "size": ("実施予定被験者数", "目標症例数"),
}
REQUIRED_EN = {**_BOTH, "public_title": ("publictitle", "publictitleacronym"), "size": ("targetsamplesize",)}


def read_page(content: bytes | str) -> Record:
    """Read a detail page of jRCT.

    Raises Unreadable where the page holds no trial: the answer to an unknown number (HTTP 500 with a general title),
    a result list, any other page. A part that every page has and this one has not is a finding `missing_required`.
    """
    text, whole = decoded(content) if isinstance(content, bytes) else (content, True)
    page = Labelled(rows_of(parsed(text)))
    found = page.first(*NUMBER)
    number = number_of(page.of(found, "number").any()) if found else None
    if not page.rows or found is None:
        raise Unreadable(_("This page holds no trial of jRCT."))
    if number is None or number.scheme != "jrct":
        raise Unreadable(_("This page of jRCT has no jRCT number."))
    for item in missing_required(page):
        page.notes.find(item, "", "missing_required")
    if not whole:
        page.notes.find("page", "", "wrong_encoding")
    if "</html" not in text[-2000:].lower():
        page.notes.find("page", text[-100:], "cut_off")
    return _record(page, number)


def missing_required(page: Labelled) -> tuple[str, ...]:
    """Return the items whose rows this page should have and has not."""
    required = REQUIRED_JA if page.japanese else REQUIRED_EN
    return tuple(item for item, names in required.items() if not page.has(*names))


def layout_changed(record: Record) -> tuple[Finding, ...]:
    """Return the findings that say that a source no longer looks as it did; sync stops when they grow common."""
    return tuple(finding for finding in record.findings if finding.reason in ("missing_required", "cut_off"))


def _record(page: Labelled, number: Number) -> Record:
    notes, sites = page.notes, sites_on(page)
    countries = jrct_parts.countries(page)
    funding, secondary = jrct_parts.money(page)
    status, kind = page.text("status", *_BOTH["status"]), page.text("kind", "研究の種別")
    record = Record(
        source=SOURCE,
        registry="jrct",
        number=number.value,
        address=ADDRESS.format(number=number.value),
        kind=kind,
        registered=page.day("registered", *_BOTH["registered"]),
        updated=page.day("updated", "最終公表日", "最終公開日", "lastmodifiedon"),
        numbers=jrct_parts.numbers(page, number.value),
        funding=funding,
        sponsor=_sponsor(page) or (None if "企業" in kind.any() else investigator_as_sponsor(sites)),
        secondary_sponsors=secondary,
        public_contact=_public_contact(page),
        scientific_contact=_scientific_contact(page),
        public_title=page.text("public_title", *_names("public_title")),
        scientific_title=page.text("scientific_title", *_names("scientific_title")),
        countries=countries,
        conditions=jrct_parts.conditions(page),
        keywords=jrct_parts.keywords(page),
        interventions=jrct_parts.interventions(page),
        products=jrct_parts.products(page),
        eligibility=jrct_parts.eligibility(page),
        design=jrct_parts.design(page),
        started=_started(page),
        size=notes.count("size", page.words("size", "実施予定被験者数", "targetsamplesize", "目標症例数"), "estimated"),
        enrolled=notes.count("enrolled", page.words("enrolled", "resultactualenrolment", "実施症例数"), "actual"),
        status=notes.coded("status", status, codes.STATUSES, "status_not_known") if status else Coded(),
        primary_outcomes=jrct_parts.outcomes(page, "primary_outcomes", "主たる評価項目", "primaryoutcomes"),
        secondary_outcomes=jrct_parts.outcomes(page, "secondary_outcomes", "副次的な評価項目", "secondaryoutcomes"),
        ethics=jrct_parts.ethics(page),
        completed=page.day("completed", "研究終了日", "completiondate", "実施期間終了日"),
        results=jrct_parts.results(page),
        sharing=jrct_parts.sharing(page),
        summary=page.text("summary", "研究の目的", "研究研究の目的", "briefsummary", "目的"),
        sites=sites,
        international=jrct_parts.international(page, countries),
    )
    return finished(replace(record, further=page.further()), notes)


def _started(page: Labelled) -> Day | None:
    """Return the day of the first participant, or for when they are expected (16)."""
    real = page.day("started", "第1症例登録日", "actualdateoffirstenrollment", kind="actual")
    return real or page.day("started", "症例登録開始予定日", "anticipateddateoffirstenrollment", kind="estimated")


def _names(item: str) -> tuple[str, ...]:
    return (*REQUIRED_JA[item], *REQUIRED_EN[item])


def _sponsor(page: Labelled) -> Party | None:
    """Return the company or institution that a page names as sponsor; a person's name is left out."""
    name = page.text(
        "sponsor", "primarysponsor", "研究依頼者の名称", "依頼者の名称", "研究依頼者", "依頼者名", names_too=False
    )
    if not name:
        return None
    if not is_organisation(name.any()):
        page.notes.find("sponsor", "", "name_withheld")
        return Party(person=True)
    return Party(name)


def _scientific_contact(page: Labelled) -> Contact | None:
    names = (*FACILITY, "所属機関", "affiliation")
    return lead_contact(page, under="Scientific", department=("所属部署",), names=names)


def _public_contact(page: Labelled) -> Contact | None:
    names = ("担当者所属機関", "所属機関", "affiliation")
    return lead_contact(page, under="Public", department=("担当者所属部署", "所属部署"), names=names)
