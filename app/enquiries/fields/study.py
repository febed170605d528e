"""The product and the study."""

from app.enquiries.fields.field import YES_NO_OR_LATER, YES_OR_NO, Block, Choice, Field, Kind, Tier
from app.ground.i18n import _

# The codes are those of the registry (ctg-oas-v2.yaml, InterventionType) in lower case.
INTERVENTION_TYPES = (
    Choice("drug", _("Drug")),
    Choice("biological", _("Biological product or vaccine")),
    Choice("genetic", _("Genetic: gene transfer, stem cells, recombinant DNA")),
    Choice("device", _("Device")),
    Choice("combination_product", _("Combination product")),
    Choice("diagnostic_test", _("Diagnostic test")),
    Choice("radiation", _("Radiation")),
    Choice("procedure", _("Procedure or surgery")),
    Choice("dietary_supplement", _("Dietary supplement")),
    Choice("behavioral", _("Behavioural")),
    Choice("other", _("Other")),
)

PRODUCT = Block(
    "product",
    _("Product"),
    _("The code stays closed to a hospital until an NDA is in force with it."),
    (
        Field(
            "product_code", Tier.CONFIDENTIAL, Kind.TEXT, _("Code or name of the product"), "治験薬等の識別記号",
            _("It tells one consultation from another: we count each product and condition once."),
            needed=True,
        ),
        Field(
            "modality", Tier.NON_CONFIDENTIAL, Kind.CONCEPT, _("Modality"), "モダリティ",
            vocabularies=("modality",),
            needed=True,
        ),
    ),
)  # fmt: skip

STUDY = Block(
    "study",
    _("Study"),
    _(
        "Fields marked Confidential stay closed to hospitals until an NDA is in force. "
        "Please never enter data of individual patients."
    ),
    (
        Field(
            "phase", Tier.NON_CONFIDENTIAL, Kind.CONCEPT, _("Phase"), "開発相",
            vocabularies=("phase",),
            needed=True,
        ),
        Field(
            "condition", Tier.NON_CONFIDENTIAL, Kind.CONCEPT, _("Condition, as hospitals will read it"), "対象疾患",
            _("Choose the level you are willing to show, for example lung cancer or a therapeutic area."),
            vocabularies=("condition", "area"),
            needed=True,
        ),
        Field(
            "is_mrct", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("Multi-regional clinical trial (MRCT)?"), "国際共同治験",
            _("Yes if Japan would join the same protocol as at least one other country."),
            choices=YES_NO_OR_LATER,
            needed=True,
        ),
        Field(
            "countries", Tier.NON_CONFIDENTIAL, Kind.COUNTRIES, _("Countries taking part"), "参加国・地域",
            _("One country a line, by its name or its two-letter code."),
        ),
        Field(
            "first_in_human", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("First administration to humans?"), "FIH試験",
            _("Yes if no participant anywhere has received the product. Only some units in Japan take such trials."),
            choices=YES_NO_OR_LATER,
            needed=True,
        ),
        Field(
            "healthy_volunteers", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("Does it take healthy volunteers?"),
            "健康成人の組入れ",
            choices=YES_OR_NO,
        ),
        Field(
            "minimum_age", Tier.NON_CONFIDENTIAL, Kind.AGE, _("Minimum age"), "年齢下限",
            unit=_("years"),
        ),
        Field(
            "maximum_age", Tier.NON_CONFIDENTIAL, Kind.AGE, _("Maximum age"), "年齢上限",
            _("Leave empty if there is none."),
            unit=_("years"),
        ),
        Field(
            "sex", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("Sex of the participants"), "性別",
            choices=(Choice("all", _("All")), Choice("female", _("Female")), Choice("male", _("Male"))),
        ),
        Field("study_title", Tier.CONFIDENTIAL, Kind.TEXT, _("Short title of the study"), "試験の略称"),
        Field("official_title", Tier.CONFIDENTIAL, Kind.LONG_TEXT, _("Full title of the study"), "試験課題名"),
        Field(
            "nct_number", Tier.CONFIDENTIAL, Kind.TEXT, _("ClinicalTrials.gov number"), "NCT番号",
            _("Even a public number names your company: it stays closed like one."),
        ),
        Field(
            "sponsor_name", Tier.CONFIDENTIAL, Kind.TEXT, _("Sponsor of the registered trial"), "治験依頼者（登録上）",
        ),
        Field(
            "condition_text", Tier.CONFIDENTIAL, Kind.LONG_TEXT, _("Condition, in your own words"), "対象疾患（詳細）",
            _("As exact as you like: stage, line of treatment, biomarker."),
        ),
        Field(
            "intervention_types", Tier.CONFIDENTIAL, Kind.CHOICES, _("Types of intervention"), "介入の種類",
            choices=INTERVENTION_TYPES,
        ),
    ),
)  # fmt: skip
