"""Numbers and time, what a site must have, and what may happen away from it."""

from app.enquiries.fields.field import Block, Field, Kind, Tier
from app.ground.i18n import _

# Elements of decentralised trials have a block of their own.
DCT = ("dct.",)

NUMBERS = Block(
    "numbers",
    _("Numbers and time"),
    _("Estimates are welcome: hospitals judge by them whether the trial fits."),
    (
        Field(
            "enrolment", Tier.NON_CONFIDENTIAL, Kind.COUNT, _("Participants worldwide"), "目標症例数（全体）",
            unit=_("participants"),
        ),
        Field(
            "participants_japan", Tier.NON_CONFIDENTIAL, Kind.COUNT, _("Participants in Japan"), "目標症例数（国内）",
            unit=_("participants"),
            needed=True,
        ),
        Field(
            "sites_wanted", Tier.NON_CONFIDENTIAL, Kind.COUNT, _("Sites wanted in Japan"), "希望施設数",
            unit=_("sites"),
        ),
        Field(
            "enrolment_start", Tier.NON_CONFIDENTIAL, Kind.DAY, _("Start of enrolment in Japan"), "国内の登録開始予定日",
            _("For example 2027-04-01 or 1 Apr 2027."),
        ),
        Field(
            "last_date_japan", Tier.NON_CONFIDENTIAL, Kind.DAY, _("Last date on which Japan can join"),
            "国内参加の判断期限",
            _("After this day it is too late for a site in Japan. For example 2027-09-30."),
            needed=True,
        ),
    ),
)  # fmt: skip

NEEDS = Block(
    "needs",
    _("What a site needs"),
    _("Required leaves out institutions that cannot do it. Preferred only moves others up."),
    (
        Field(
            "needs", Tier.NON_CONFIDENTIAL, Kind.CONCEPTS, _("Required"), "必須条件",
            vocabularies=("capability",),
            without=DCT,
        ),
        Field(
            "wishes", Tier.NON_CONFIDENTIAL, Kind.CONCEPTS, _("Preferred"), "希望条件",
            vocabularies=("capability",),
            without=DCT,
        ),
        Field(
            "regions", Tier.NON_CONFIDENTIAL, Kind.CONCEPTS, _("Regions of Japan"), "希望地域",
            _("Tick none if any region will do."),
            vocabularies=("region",),
        ),
    ),
)  # fmt: skip

DECENTRALISED = Block(
    "decentralised",
    _("Decentralised elements"),
    _("What participants could do away from the site. All of it can wait until the intake meeting."),
    (
        Field(
            "dct", Tier.NON_CONFIDENTIAL, Kind.CONCEPTS, _("Elements you would like to use"), "分散型治験（DCT）の要素",
            vocabularies=("capability",),
            prefixes=DCT,
        ),
    ),
)  # fmt: skip
