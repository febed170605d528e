"""The criteria are data: what each is called, which facts answer it, and what it weighs."""

from dataclasses import dataclass
from enum import StrEnum

from app.ground.i18n import Message, _
from app.matching.rules.facts import CAPACITY

# Raised whenever a criterion, a weight, a trigger or the ladder changes what a run says.
RULE_VERSION = 1


class Reads(StrEnum):
    """How a criterion is answered."""

    CAPABILITY = "capability"  # any one of its capabilities
    REGION = "region"  # where the site stands
    AREAS = "areas"  # a fact that lists therapeutic areas, parted by "|"
    CAPACITY = "capacity"  # room for new trials in the request's areas and phase


@dataclass(frozen=True)
class Criterion:
    """One thing a site is held against. `public`: a sponsor may see its verdict and evidence."""

    code: str
    label: Message
    weight: int
    capabilities: tuple[str, ...] = ()
    reads: Reads = Reads.CAPABILITY
    public: bool = True


def _one(code: str, label: Message, weight: int = 3) -> Criterion:
    return Criterion(code, label, weight, (code,))


CRITERIA: tuple[Criterion, ...] = (
    Criterion("region", _("In a region you asked for"), 2, reads=Reads.REGION),
    Criterion(CAPACITY, _("Room for new trials"), 4, reads=Reads.CAPACITY, public=False),
    Criterion("areas", _("Strength in the therapeutic area"), 2, ("site.therapeutic_areas",), Reads.AREAS),
    Criterion("dct.experience", _("Experience of decentralised trials"), 2, ("dct.trials_run", "dct.sop_available")),
    # What an institution is and how it works.
    _one("status.core_hospital", _("Clinical research core hospital")),
    _one("site.phases", _("Phases that the site takes")),
    _one("site.staff.gcp_training_records", _("GCP training records")),
    _one("site.imaging", _("Imaging for trials (MRI, PET)")),
    _one("site.laboratory", _("Laboratory for trials")),
    _one("site.pharmacy", _("Trial pharmacy")),
    _one("site.sop", _("Standard operating procedures")),
    _one("site.source_data", _("Source documents and electronic records")),
    _one("site.equipment_calibration", _("Calibrated equipment")),
    _one("site.ip_temp_excursion", _("Handling of temperature excursions")),
    _one("site.pi_oversight_satellite", _("Investigator oversight of partner clinics")),
    _one("site.query_resolution_days", _("Days to answer a data query")),
    _one("site.local_data_manager", _("Local data manager")),
    # First in human and phase 1.
    _one("fih.unit", _("First-in-human unit"), 5),
    _one("fih.beds", _("Phase I beds")),
    _one("fih.healthy_volunteers", _("Trials in healthy volunteers"), 4),
    _one("fih.seamless", _("Phase I network")),
    _one("fih.human_challenge", _("Human challenge trials")),
    _one("fih.icu_backup", _("Intensive care backup")),
    _one("fih.pk_24h", _("24-hour sampling")),
    _one("fih.resuscitation_team", _("Resuscitation team")),
    _one("fih.nights_24h", _("Night cover, 24 hours")),
    _one("fih.pi_qualification", _("Investigators qualified for first-in-human trials")),
    _one("fih.dose_escalation_committee", _("Dose escalation committee")),
    _one("fih.sentinel_dosing", _("Sentinel dosing")),
    _one("fih.pd_biopsy", _("Biopsies for pharmacodynamics")),
    _one("fih.lab_on_site", _("Sample processing on site")),
    # Cell therapy.
    _one("ct.cpc", _("Cell processing facility"), 5),
    _one("ct.apheresis", _("Apheresis"), 4),
    _one("ct.fact_or_company_accreditation", _("Accreditation for cell therapy (FACT or company)")),
    _one("ct.cryostorage", _("Cryostorage of cells")),
    # Gene therapy.
    _one("gt.trials_run", _("Gene therapy experience")),
    _one("gt.cartagena_type1", _("Cartagena Type 1 use"), 5),
    _one("gt.isolation_room", _("Isolation room for gene therapy")),
    _one("gt.biosafety_committee", _("Biosafety committee")),
    _one("gt.ppe_stock", _("Protective equipment")),
    _one("gt.shedding_tests", _("Shedding tests")),
    # Radiopharmaceuticals.
    _one("ri.handling", _("Radiopharmaceutical trials"), 5),
    _one("ri.ward_special_measure", _("Radiopharmaceutical ward (special-measure room)"), 4),
    _one("ri.medical_act_notice", _("Notification under the Medical Care Act for radiopharmaceuticals")),
    _one("ri.cyclotron_nearby", _("Cyclotron within reach")),
    # The investigational product.
    _one("imp.gmp_manufacture", _("GMP-compliant manufacture of the investigational product"), 4),
    _one("imp.research_facility", _("Research facility for the investigational product")),
    _one("imp.cdmo_partner", _("CDMO partner")),
    _one("imp.unblinded_pharmacist", _("Unblinded pharmacist")),
    _one("imp.temp_log", _("Temperature log for the investigational product")),
    _one("imp.on_site_manufacture", _("Preparation of the investigational product on site")),
    # Devices.
    _one("dev.device_fih", _("First-in-human use of devices"), 5),
    _one("dev.samd", _("Trials of software as a medical device (SaMD)"), 4),
    _one("dev.robotics", _("Trials of robotic devices")),
    # Populations.
    _one("mod.pediatric", _("Paediatric trials"), 4),
    _one("mod.registry_access", _("Disease registry")),
    _one("mod.rare", _("Trials in rare diseases")),
    _one("mod.infection_isolation", _("Isolation for infectious diseases"), 4),
    # Decentralised elements: many small wishes, none of which outweighs a unit.
    _one("dct.trials_run", _("Decentralised trials (DCT)"), 1),
    _one("dct.sop_available", _("DCT procedures"), 1),
    _one("dct.econsent", _("Remote consent (eConsent)"), 1),
    _one("dct.telemedicine", _("Telemedicine"), 1),
    _one("dct.home_nursing", _("Home nursing"), 1),
    _one("dct.partner_site", _("Partner clinics"), 1),
    _one("dct.dtp_ip", _("Direct shipment of the investigational product to the participant"), 1),
    _one("dct.epro", _("Electronic patient-reported outcomes (ePRO)"), 1),
    _one("dct.wearable", _("Wearable devices"), 1),
    _one("dct.remote_sdv", _("Remote source verification"), 1),
    _one("dct.ehr_edc_link", _("Link from health record to EDC"), 1),
    # Ethics review and contracts.
    _one("irb.type", _("Institutional review board (IRB)")),
    _one("irb.single_review", _("Review entrusted to another institution's IRB (single IRB)"), 4),
    _one("irb.projected_approval", _("Application to IRB meeting")),
    _one("crb.certified", _("Certified review board (CRB)")),
    _one("contract.lead_days", _("IRB approval to contract")),
    # English, step by step.
    _one("en.protocol_ib_irb", _("IRB review of English documents")),
    _one("en.contracts", _("Contracts in English")),
    _one("en.pi_level", _("Investigators work in English")),
    _one("en.crc_level", _("CRCs work in English")),
    _one("en.patient_interpreter", _("Interpreters for participants")),
    # Coordination.
    _one("coord.hq_function", _("Coordination: headquarters function")),
    _one("coord.site_function", _("Coordination: site function")),
    _one("coord.cc_function", _("Coordination: coordinating-centre function")),
)
BY_CODE = {criterion.code: criterion for criterion in CRITERIA}


def criterion(code: str) -> Criterion:
    """Return a criterion by its code.

    A capability that the vocabulary gained after this version is still held against the sites, under its code.
    """
    return BY_CODE.get(code) or Criterion(code, _("Capability %(code)s"), 3, (code,))
