"""Our codes in the words of FHIR R5 (version 5.0.0), as data; what has no word of the same meaning there is left out.

Sources, all read on 2026-11-20: the value sets research-study-status, research-study-phase, research-study-party-role,
research-study-prim-purp-type, research-study-objective-type, title-type and study-design at https://hl7.org/fhir/R5/;
system addresses of MeSH, ICD-10, ISO 3166 and ClinicalTrials.gov in its list of known systems (terminologies-systems);
HTEST, "test health data", in HL7 Terminology (v3-ActReason).
"""

from typing import Final

STATUS_SYSTEM: Final = "http://hl7.org/fhir/research-study-status"
# "Not recruiting" of WHO's copies may be a trial that has not begun or one that is over: it has no code here, neither
# have expanded access, a withheld record and a status that is not known.
STATUSES: Final = {
    "not_yet_recruiting": ("not-yet-recruiting", "Not yet recruiting"),
    "recruiting": ("recruiting", "Recruiting"),
    "by_invitation": ("enrolling-by-invitation", "Enrolling by invitation"),
    "suspended": ("temporarily-closed-to-accrual", "Temporarily Closed to Accrual"),
    "active": ("active-but-not-recruiting", "Active, not recruiting"),
    "completed": ("completed", "Completed"),
    "terminated": ("terminated", "Terminated"),
    "withdrawn": ("withdrawn", "Withdrawn"),
}
PHASE_SYSTEM: Final = "http://hl7.org/fhir/research-study-phase"
PHASES: Final = {
    "phase.early_1": ("early-phase-1", "Early Phase 1"),
    "phase.1": ("phase-1", "Phase 1"),
    "phase.1_2": ("phase-1-phase-2", "Phase 1/Phase 2"),
    "phase.2": ("phase-2", "Phase 2"),
    "phase.2_3": ("phase-2-phase-3", "Phase 2/Phase 3"),
    "phase.3": ("phase-3", "Phase 3"),
    "phase.4": ("phase-4", "Phase 4"),
    "phase.na": ("n-a", "N/A"),
}
DESIGN_SYSTEM: Final = "http://hl7.org/fhir/study-design"
DESIGNS: Final = {
    "interventional": ("SEVCO:01001", "Interventional research"),
    "observational": ("SEVCO:01002", "Observational research"),
    "expanded_access": ("SEVCO:01038", "Expanded Access study"),
}
PURPOSE_SYSTEM: Final = "http://hl7.org/fhir/research-study-prim-purp-type"
# By the English word of the source, in small letters and without signs.
PURPOSES: Final = {
    "treatment": ("treatment", "Treatment"),
    "prevention": ("prevention", "Prevention"),
    "diagnostic": ("diagnostic", "Diagnostic"),
    "supportive care": ("supportive-care", "Supportive Care"),
    "screening": ("screening", "Screening"),
    "health services research": ("health-services-research", "Health Services Research"),
    "basic science": ("basic-science", "Basic Science"),
    "device feasibility": ("device-feasibility", "Device Feasibility"),
}
ROLE_SYSTEM: Final = "http://hl7.org/fhir/research-study-party-role"
ROLES: Final = ("lead-sponsor", "collaborator", "funding-source", "general-contact", "irb")
OBJECTIVE_SYSTEM: Final = "http://hl7.org/fhir/research-study-objective-type"
OBJECTIVES: Final = {"primary": "Primary", "secondary": "Secondary"}
TITLE_SYSTEM: Final = "http://hl7.org/fhir/title-type"
TITLES: Final = {"scientific": "Scientific title", "plain-language": "Plain language title", "acronym": "Acronym"}

COUNTRY_SYSTEM: Final = "urn:iso:std:iso:3166"
CONDITION_SYSTEMS: Final = {
    "mesh": "https://www.nlm.nih.gov/mesh",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
}
# Registries without a registered system are named by their own address.
NUMBER_SYSTEMS: Final = {
    "nct": "http://clinicaltrials.gov",
    "jrct": "https://jrct.mhlw.go.jp",
    "umin": "https://www.umin.ac.jp/ctr",
    "japiccti": "https://www.clinicaltrials.jp",
    "euct": "https://euclinicaltrials.eu",
    "eudract": "https://www.clinicaltrialsregister.eu",
    "isrctn": "https://www.isrctn.com",
    "chictr": "https://www.chictr.org.cn",
    "kct": "https://cris.nih.go.kr",
    "actrn": "https://www.anzctr.org.au",
    "drks": "https://drks.de",
}
# FHIR's own mark for what is no real thing.
FICTIONAL: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"
LANGUAGE: Final = "http://hl7.org/fhir/StructureDefinition/language"
