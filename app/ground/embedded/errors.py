"""Why the embedded PostgreSQL could not start: each reason is one whole sentence for the person who typed the command.

CannotStart
├── NoBinaries       nothing to start
├── NotWritable      the data folder cannot be made or written
├── OutOfReach       the server's own user cannot reach the programs or the data
├── DiskFull         no space for the data
├── OtherVersion     the data belongs to a PostgreSQL that is not here
├── PasswordsLost    the data is there and the file with its passwords is not
└── ServerFailed     PostgreSQL itself said no
"""

from app.ground.errors import Refused
from app.ground.i18n import _


class CannotStart(Refused):
    """The embedded PostgreSQL could not start."""

    code = "cannot_start"
    message = _("The embedded PostgreSQL did not start.")

    def __str__(self) -> str:
        return self.in_("en")


class NoBinaries(CannotStart):
    """No server of a version that serves us is installed."""

    code = "no_binaries"
    message = _(
        "No PostgreSQL was found to start: install the pinned requirements, or a system PostgreSQL 15 or later, "
        "or set DATABASE_URL."
    )


class NotWritable(CannotStart):
    """The folder cannot be made or written."""

    code = "not_writable"
    message = _("The data folder %(folder)s cannot be used: %(reason)s.")


class OutOfReach(CannotStart):
    """The user that the server runs as cannot reach its files."""

    code = "out_of_reach"
    message = _(
        "PostgreSQL does not run as root, and the user nobody cannot reach %(path)s: "
        "put the project and its data in a folder that others may enter, or set DATABASE_URL."
    )


class DiskFull(CannotStart):
    """There is no room for the data."""

    code = "disk_full"
    message = _("The disk is full: PostgreSQL could not write into %(folder)s.")


class OtherVersion(CannotStart):
    """The data was written by another major version."""

    code = "other_version"
    message = _(
        "The data in %(folder)s was written by PostgreSQL %(wanted)s, "
        "but only version %(found)s was found on this machine."
    )


class PasswordsLost(CannotStart):
    """The data is there, and nobody knows how to open it."""

    code = "passwords_lost"
    message = _(
        "The file %(path)s with the database passwords is missing or damaged, "
        "so the data in %(folder)s cannot be opened."
    )


class ServerFailed(CannotStart):
    """PostgreSQL gave up; its own words are the reason."""

    code = "server_failed"
    message = _("PostgreSQL could not start in %(folder)s: %(reason)s")
