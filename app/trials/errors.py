"""Refusals that concern trial records and their runs.

NotFound ── NoSuchTrial, NoSuchFacility, NoSuchRun
Conflict ── NotParted, DecidedMeanwhile, SourcePaused, NotPaused, NothingToSync
Refused ─── FileTooLarge
"""

from app.ground.errors import Conflict, NotFound, Refused
from app.ground.i18n import _


class NoSuchTrial(NotFound):
    """No stored record bears or names this number, or there is no such version."""

    code = "no_such_trial"
    message = _("There is no record of a trial with this number here.")


class NotParted(Conflict):
    """No officer parted these records from a trial, or somebody has taken it back already."""

    code = "not_parted"
    message = _("These records are not parted from a trial: nothing is to be taken back.")


class NoSuchFacility(NotFound):
    """No record has had such a facility text."""

    code = "no_such_facility"
    message = _("There is no such facility text.")


class DecidedMeanwhile(Conflict):
    """Somebody else decided on the text since the officer saw it; `name` is who."""

    code = "decided_meanwhile"
    message = _("%(name)s has decided on this text in the meantime. Look at the decision and decide once more.")


class NoSuchRun(NotFound):
    """There is no such run."""

    code = "no_such_run"
    message = _("There is no such run.")


class SourcePaused(Conflict):
    """Somebody has paused the source, or it was stopped: it is to be resumed first."""

    code = "source_paused"
    message = _("%(registry)s is paused or stopped. Resume it first.")


class NotPaused(Conflict):
    """There is nothing to resume."""

    code = "not_paused"
    message = _("Nothing is stopped: %(registry)s can be asked.")


class NothingToSync(Conflict):
    """The source gives files, and nothing that could be asked."""

    code = "nothing_to_sync"
    message = _("%(registry)s is not asked by this window: its records come as export files. Hand in a file instead.")


class FileTooLarge(Refused):
    """Beyond what is taken over the web."""

    code = "file_too_large"
    message = _(
        "The file is larger than %(most)s MB. An operator can bring it in on the server with `madoguchi trials import`."
    )
