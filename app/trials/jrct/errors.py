"""Ways in which a registry gives no record, each a whole sentence.

RegistryRefusal
├── NotSwitchedOn          the operator has named no address
├── BulkNotPermitted       the operator states no permission to collect more than one record
├── NoSuchRecord           the registry knows no such number
├── RegistryBlocked        it refused us once (403): nobody asks again until a person resumes
├── RegistryBusy           it asked us to come back later (429, 503), or others are waiting for it too
├── RegistryUnavailable    it cannot be reached, broke off, or says that it is broken
│   └── RegistrySlow       it did not answer in time
└── RegistryNotUnderstood  what it said is not a page that we can read; nothing was kept
    └── LayoutChanged      a record, but not laid out as we know it
"""

from datetime import datetime

from app.ground.calendar import JST
from app.ground.errors import Conflict, Refused
from app.ground.i18n import _
from app.trials.models.sources import Source


class RegistryRefusal(Refused):
    """The registry gave no record; `source` says which registry."""

    code = "registry_refusal"

    def __init__(self, source: str = Source.JRCT, **details: object) -> None:
        super().__init__(registry=Source(source).terms.name, **details)


class NotSwitchedOn(RegistryRefusal):
    """JRCT_URL is off."""

    code = "registry_off"
    message = _("The operator of this window has not switched on reading from jRCT.")


class BulkNotPermitted(RegistryRefusal):
    """JRCT_BULK_PERMISSION is empty."""

    code = "bulk_not_permitted"
    message = _(
        "jRCT's terms of use (1.4) ask whoever collects records comprehensively to apply to its help desk first, and not "
        "to crawl. The operator of this window has stated no such permission, so records are read one at a time."
    )


class NoSuchRecord(RegistryRefusal):
    """The registry answers a number that it does not know with its general error page."""

    code = "no_such_record"
    message = _("%(registry)s has no record with the number %(number)s. Check the number, or look for the trial there.")


class RegistryBlocked(RegistryRefusal):
    """Refused once, by 403."""

    code = "registry_blocked"
    message = _(
        "%(registry)s refused our request at %(since)s (Japan time), and this window has not asked it anything since. An "
        "administrator can resume once the reason is clear: write to the registry's help desk before you do."
    )

    def __init__(self, since: datetime, source: str = Source.JRCT) -> None:
        super().__init__(source, since=f"{since.astimezone(JST):%Y-%m-%d %H:%M}")
        self.since = since


class RegistryBusy(RegistryRefusal):
    """To be asked later; `seconds` says how long from now, for those who can wait."""

    code = "registry_busy"
    message = _("%(registry)s is busy and asks us to wait. Try again in %(minutes)s minutes.")

    def __init__(self, seconds: float, source: str = Source.JRCT) -> None:
        super().__init__(source, minutes=max(1, -(-int(seconds) // 60)))
        self.seconds = self.wait = seconds


class RegistryUnavailable(RegistryRefusal):
    """Cannot be reached, broke off, or says that it is broken; `because` is for the log."""

    code = "registry_unavailable"
    message = _("%(registry)s cannot be reached at the moment. Nothing was kept; try again later.")

    def __init__(self, because: str = "", source: str = Source.JRCT) -> None:
        super().__init__(source)
        self.because = because


class RegistrySlow(RegistryUnavailable):
    """No answer in time."""

    code = "registry_slow"
    message = _("%(registry)s did not answer in time. Nothing was kept; try again later.")


class RegistryNotUnderstood(RegistryRefusal):
    """No page that we can read; `because` is for the log."""

    code = "registry_not_understood"
    message = _("%(registry)s answered with something that is not a record. Nothing was kept.")

    def __init__(self, because: str = "", source: str = Source.JRCT) -> None:
        super().__init__(source)
        self.because = because


class LayoutChanged(RegistryNotUnderstood):
    """The parts that every record has are not where they were; `because` names them."""

    code = "layout_changed"
    message = _("%(registry)s lays out its records in another way than this window knows. Nothing was kept.")


class NotBlocked(Conflict):
    """There is nothing to resume."""

    code = "not_blocked"
    message = _("Nothing is stopped: %(registry)s can be asked.")
