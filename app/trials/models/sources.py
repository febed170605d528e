"""Who hands us records, by what name readers know them, and on what terms."""

from dataclasses import dataclass
from enum import StrEnum

from app.ground.i18n import Message, _


@dataclass(frozen=True)
class Terms:
    """How a source is named, the line that says whose words these are, and where its terms of use stand."""

    name: Message
    line: Message
    address: str


class Source(StrEnum):
    """Who handed a record to us."""

    JRCT = "jrct"
    CTGOV = "ctgov"
    ICTRP = "ictrp"

    @property
    def terms(self) -> Terms:
        """Name, attribution and terms of use."""
        return _TERMS[self]

    @property
    def rank(self) -> int:
        """Which record speaks first for a trial: Japan's own registry, then ClinicalTrials.gov, then WHO's copy."""
        return list(Source).index(self)


_TERMS = {
    Source.JRCT: Terms(
        _("jRCT"),
        _(
            "Source: Japan Registry of Clinical Trials (jRCT), Ministry of Health, Labour and Welfare, under the Public "
            "Data License 1.0. Edited by this service: normalised values and links are ours."
        ),
        "https://jrct.mhlw.go.jp/agreement",
    ),
    Source.CTGOV: Terms(
        _("ClinicalTrials.gov"),
        _(
            "Source: ClinicalTrials.gov, U.S. National Library of Medicine. Edited by this service: normalised values "
            "and links are ours. The record may have changed there since it was read."
        ),
        "https://clinicaltrials.gov/about-site/terms-conditions",
    ),
    Source.ICTRP: Terms(
        _("WHO ICTRP"),
        _(
            "Source: World Health Organization, International Clinical Trials Registry Platform (ICTRP), for "
            "non-commercial use. Edited by this service: normalised values and links are ours."
        ),
        "https://www.who.int/tools/clinical-trials-registry-platform",
    ),
}
