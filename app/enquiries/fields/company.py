"""Who enquires, what they have in Japan, and what they want of the window."""

from app.enquiries.fields.field import YES_OR_NO, Block, Choice, Field, Kind, Tier
from app.ground.i18n import _

_KINDS = (
    Choice("start_up", _("Start-up")),
    Choice("biotech", _("Biotech company")),
    Choice("pharma", _("Pharmaceutical company")),
    Choice("academia", _("University or research institute")),
)

REQUESTER = Block(
    "requester",
    _("Requester"),
    _("Only our officers and you read this block. Hospitals see country and kind of company, never the name."),
    (
        Field(
            "company_country", Tier.WINDOW, Kind.COUNTRY, _("Country of your company"), "所在国",
            _("Where the company is registered."),
            needed=True,
        ),
        Field(
            "company_kind", Tier.WINDOW, Kind.CHOICE, _("Kind of company"), "企業の区分",
            choices=(*_KINDS, Choice("cro", _("CRO acting for a company"))),
            needed=True,
        ),
        Field(
            "company_behind", Tier.WINDOW, Kind.TEXT, _("Company you act for"), "委託元企業",
            _("If you are a CRO: the company whose product this is."),
            needed_if=("company_kind", "cro"),
        ),
        Field(
            "company_behind_country", Tier.WINDOW, Kind.COUNTRY, _("Country of the company you act for"), "委託元の所在国",
            needed_if=("company_kind", "cro"),
        ),
        Field(
            "company_behind_kind", Tier.WINDOW, Kind.CHOICE, _("Kind of the company you act for"), "委託元の区分",
            choices=_KINDS,
            needed_if=("company_kind", "cro"),
        ),
        Field(
            "contact_role", Tier.WINDOW, Kind.TEXT, _("Your role"), "担当者の役割",
            _("For example head of clinical operations."),
        ),
        Field(
            "authority_to_act", Tier.WINDOW, Kind.CHOICE, _("May you speak for the company?"), "代表権限の有無",
            _("We ask hospitals only for someone who may."),
            choices=(
                Choice("own_company", _("Yes, for my own company")),
                Choice("mandated", _("Yes, on the mandate of another company")),
                Choice("not_yet", _("Not yet: I am finding out")),
            ),
            needed=True,
        ),
    ),
)  # fmt: skip

PRESENCE = Block(
    "presence",
    _("Presence in Japan"),
    _("It excludes nobody: it tells us which steps you need."),
    (
        Field(
            "base_in_japan", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("Do you have a development base in Japan?"),
            "国内の開発拠点",
            _("An office or subsidiary that develops products here."),
            choices=YES_OR_NO,
            needed=True,
        ),
        Field(
            "iccc", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("In-country clinical caretaker (ICCC)"), "治験国内管理人",
            _("A sponsor without an address in Japan appoints one before it files the trial."),
            choices=(
                Choice("appointed", _("Appointed")),
                Choice("looking", _("Looking for one")),
                Choice("not_decided", _("Not decided")),
            ),
        ),
    ),
)  # fmt: skip

WANTED = Block(
    "wanted",
    _("What you want"),
    _("How far we go with you. You can go on to the next depth later."),
    (
        Field(
            "wanted_service", Tier.NON_CONFIDENTIAL, Kind.CHOICE, _("What you want of us"), "希望する支援",
            choices=(
                Choice("early_advice", _("Early advice: one meeting")),
                Choice("site_intelligence", _("Site intelligence: which institutions could do it")),
                Choice("site_identification", _("Site identification: institutions that want to do it")),
                Choice("full_hand_over", _("All the way, with a hand-over to the sites")),
            ),
            needed=True,
        ),
        Field(
            "questions", Tier.NON_CONFIDENTIAL, Kind.LONG_TEXT, _("Your questions"), "相談したい事項",
            _("Hospitals may read this: no name of a company, a product or a person."),
        ),
    ),
)  # fmt: skip
