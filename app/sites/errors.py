"""Ways to be refused around institutions."""

from collections.abc import Collection, Mapping, Sequence

from app.ground.errors import Conflict, NotFound, Refused, Unacceptable
from app.ground.i18n import Message, Said, _
from app.sites.rules.meetings import Line


class NoSuchInstitution(NotFound):
    """No institution has this code, or it is not the reader's to answer for."""

    code = "no_such_institution"
    message = _("There is no such institution that you can see.")


class CapacityMovedOn(Conflict):
    """Somebody else set this row after the reader's page was made."""

    code = "capacity_moved_on"
    message = _(
        "Somebody else changed this row in the meantime. The table shows what stands now; "
        "what you typed is kept below. Save again to replace it."
    )


class PatientsMovedOn(CapacityMovedOn):
    """Somebody else stated the patients of this condition after the reader's page was made."""

    code = "patients_moved_on"


class NoSuchCapability(NotFound):
    """The vocabulary has no such capability."""

    code = "no_such_capability"
    message = _("The vocabulary has no such item.")


class NoSuchQuestion(NotFound):
    """There is no such question, or it is asked of another institution."""

    code = "no_such_question"
    message = _("There is no such question to your hospital.")


class QuestionAnswered(Conflict):
    """Somebody else answered the question after the reader's page was made."""

    code = "question_answered"
    message = _("This question has been answered in the meantime. What you typed is kept below and was not sent.")


class PeriodMovedOn(Conflict):
    """Somebody else set this period after the reader's page was made."""

    code = "period_moved_on"
    message = _("Somebody else changed this period in the meantime. See the history; save again to replace it.")


class FactsMovedOn(Conflict):
    """Somebody else stated some of these facts after the reader's page was made."""

    code = "facts_moved_on"
    message = _(
        "Somebody else changed some of these items in the meantime. They are marked; what you typed is kept. "
        "Save again to replace what stands now."
    )

    def __init__(self, capabilities: Collection[str]) -> None:
        super().__init__()
        self.capabilities = frozenset(capabilities)


class NobodyToAsk(Conflict):
    """Nobody speaks for the institution."""

    code = "nobody_to_ask"
    message = _("This institution has no coordinator who could be asked. Invite one first.")


class AskedAlready(Conflict):
    """An institution is asked once a month."""

    code = "asked_already"
    message = _("This institution has been asked this month already, and every coordinator of it has the mail.")


class RemindedEnough(Conflict):
    """An asking has few reminders, and a day has room for one."""

    code = "reminded_enough"
    message = _(
        "No reminder can be sent now: the institution has answered or is not being asked, "
        "a mail went out today already, or %(most)s reminders have been sent."
    )


class RowsMovedOn(Conflict):
    """Somebody set, added or confirmed a row after the page was made from which all rows were to be confirmed."""

    code = "rows_moved_on"
    message = _(
        "Somebody else changed the capacity of your hospital in the meantime. "
        "Look at what stands now and confirm once more."
    )


class NothingToConfirm(Conflict):
    """No row of capacity stands."""

    code = "nothing_to_confirm"
    message = _("There is nothing to confirm yet: no capacity has been stated. Set a first row.")


class LinkNotGood(Conflict):
    """A link of a monthly confirmation can do nothing (any more); `found` says what it is (sites.queries)."""

    code = "link_not_good"
    message = _("This link for the monthly confirmation does not work.")

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found


class NoSuchCommittee(NotFound):
    """The institution names no such committee, or no such meeting of it."""

    code = "no_such_committee"
    message = _("Your hospital names no such committee or meeting.")


class NoSuchContact(NotFound):
    """The institution names no such contact."""

    code = "no_such_contact"
    message = _("Your hospital names no such contact.")


class EntryMovedOn(Conflict):
    """Somebody else changed this entry after the reader's page was made."""

    code = "entry_moved_on"
    message = _(
        "Somebody else changed this entry in the meantime. The list shows what stands now; "
        "what you typed is kept below. Save again to replace it."
    )


class LinesRefused(Unacceptable):
    """Some of the pasted lines cannot be taken, so none was; `lines` says of each what was read or what is wrong."""

    def __init__(self, errors: Mapping[str, Message | Said], lines: Sequence[Line]) -> None:
        super().__init__(errors)
        self.lines = tuple(lines)


class SeedWithoutSource(Refused):
    """A fact of the seed does not say where it comes from, or of which day it speaks."""

    code = "seed_without_source"
    message = _(
        "%(file)s, line %(line)s: the fact %(capability)s of %(institution)s needs a source and the day of which it "
        "speaks. Nothing was loaded."
    )

    def __init__(self, file: str, line: int, institution: str, capability: str) -> None:
        super().__init__(file=file, line=line, institution=institution, capability=capability)

    def __str__(self) -> str:
        return self.in_("en")


class NoSuchPartner(NotFound):
    """The hub names no partner of this code."""

    code = "no_such_partner"
    message = _("This institution has no such partner.")


class PartnerMovedOn(Conflict):
    """Somebody else changed this partner after the reader's page was made."""

    code = "partner_moved_on"
    message = _(
        "Somebody else changed this partner in the meantime. The list shows what stands now; "
        "what you typed is kept below. Save again to replace it."
    )


class NoSuchSheetImport(NotFound):
    """No such file was sent in for this institution."""

    code = "no_such_sheet_import"


class SheetAlreadyApplied(Conflict):
    """The changes of this file have been written before."""

    code = "sheet_already_applied"
    message = _("This file has already been applied. Nothing was written a second time.")


class SheetDiscarded(Conflict):
    """The file waited too long for a decision."""

    code = "sheet_discarded"
    message = _("This file was sent too long ago and is no longer kept. Export the sheets again and send a new file.")


class SheetMovedOn(Conflict):
    """The file would change something else by now than the page showed."""

    code = "sheet_moved_on"
    message = _(
        "Something has changed since this page was made, and nothing was written. "
        "Below is what the file would change now. Look at it and decide once more."
    )


class NoSuchPartnerImport(NotFound):
    """No file of partners has this id, or it is not the reader's."""

    code = "no_such_partner_import"
    message = _("There is no such file that you can see.")


class PartnerImportOver(Conflict):
    """The file has been applied, or was kept too long and forgotten."""

    code = "partner_import_over"
    message = _("This file has been applied or is no longer kept. Send it again if it should change something more.")


class PartnerImportMovedOn(Conflict):
    """The file would change something else by now than the page showed."""

    code = "partner_import_moved_on"
    message = _("The partners have changed since this page was made. Look at what the file would change now.")
