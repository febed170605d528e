"""What else a study of ClinicalTrials.gov states: kept in its own words, so that nothing published is lost.

Left out, with the reason: names, titles and ways to reach persons, who are in no record; citations, which are names of
authors (the number in PubMed leads there); geoPoint, which is wrong in Japan; derivedSection, which the registry works
out itself from what is kept, beside its numbers of MeSH for conditions; resultsSection, to which the record leads.
"""

from collections.abc import Iterator
from typing import Any

from app.trials.reading.tree import Tree
from app.trials.record import Further, Text

_PATHS = (
    "descriptionModule.detailedDescription", "statusModule.whyStopped", "statusModule.lastKnownStatus",
    "statusModule.primaryCompletionDateStruct.date", "statusModule.primaryCompletionDateStruct.type",
    "statusModule.statusVerifiedDate", "statusModule.studyFirstSubmitDate", "statusModule.studyFirstSubmitQcDate",
    "statusModule.lastUpdateSubmitDate", "statusModule.resultsFirstSubmitDate", "statusModule.resultsFirstSubmitQcDate",
    "statusModule.dispFirstSubmitDate", "statusModule.dispFirstSubmitQcDate", "statusModule.dispFirstPostDateStruct.date",
    "statusModule.delayedPosting", "statusModule.expandedAccessInfo.hasExpandedAccess",
    "statusModule.expandedAccessInfo.nctId", "statusModule.expandedAccessInfo.statusForNctId",
    "sponsorCollaboratorsModule.responsibleParty.type", "sponsorCollaboratorsModule.responsibleParty.oldOrganization",
    "sponsorCollaboratorsModule.responsibleParty.investigatorAffiliation",
    "oversightModule.oversightHasDmc", "oversightModule.isFdaRegulatedDrug", "oversightModule.isFdaRegulatedDevice",
    "oversightModule.isUnapprovedDevice", "oversightModule.isPpsd", "oversightModule.isUsExport",
    "designModule.designInfo.interventionModelDescription", "designModule.designInfo.maskingInfo.maskingDescription",
    "designModule.designInfo.timePerspective", "designModule.patientRegistry", "designModule.targetDuration",
    "designModule.bioSpec.retention", "designModule.bioSpec.description", "designModule.nPtrsToThisExpAccNctId",
    "eligibilityModule.studyPopulation", "eligibilityModule.samplingMethod", "eligibilityModule.genderBased",
    "eligibilityModule.genderDescription", "eligibilityModule.stdAges",
    "identificationModule.nctIdAliases", "identificationModule.orgStudyIdInfo.type",
    "identificationModule.orgStudyIdInfo.link",
    "ipdSharingStatementModule.infoTypes", "ipdSharingStatementModule.timeFrame",
    "ipdSharingStatementModule.accessCriteria", "ipdSharingStatementModule.url",
)  # fmt: skip
# Lists of objects, of which these parts are kept, a line each.
_LISTS = {
    "armsInterventionsModule.armGroups": ("label", "type", "description", "interventionNames"),
    "identificationModule.secondaryIdInfos": ("id", "type", "domain", "link"),
    "contactsLocationsModule.overallOfficials": ("affiliation",),
    "referencesModule.references": ("type", "pmid"),
    "referencesModule.availIpds": ("id", "type", "url", "comment"),
}


def further_of(tree: Tree) -> tuple[Further, ...]:
    """Return what has no item of its own, by its module and path, in the order of the lists above."""
    texts = [(path, _words(tree.at(path))) for path in _PATHS]
    for path, parts in _LISTS.items():
        texts += [(path, "\n".join(_lines(one, parts))) for one in tree.objects(path)]
    return tuple(
        Further(path.split(".")[0], path, text) for path, words in texts if (text := _text(tree, words))
    )  # fmt: skip


def _text(tree: Tree, words: object) -> Text:
    return tree.notes.text("further", en=words)


def _lines(said: dict[str, Any], parts: tuple[str, ...]) -> Iterator[str]:
    return (str(words) for part in parts if (words := _words(said.get(part))) is not None)


def _words(value: object) -> object:
    """Return words as they stand, yes and no and figures as words, a list in one line."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value) if isinstance(value, bool | int | float) else value
