"""Why the embedded PostgreSQL could not start: each reason is one whole sentence.

CannotStart
├── NoBinaries       nothing to start
├── NotWritable      the data folder cannot be made or written
├── OutOfReach       the server's own user cannot reach the programs or the data
├── DiskFull         no space for the data
├── OtherVersion     the data belongs to a PostgreSQL that is not here
├── PasswordsLost    the data is there and the file with its passwords is not
└── ServerFailed     PostgreSQL itself said no
"""


class CannotStart(Exception):
    """The embedded PostgreSQL could not start; the words are for the person who typed the command."""

    sentence = "The embedded PostgreSQL did not start."

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.sentence % details)


class NoBinaries(CannotStart):
    """No server of a version that serves us is installed."""

    sentence = (
        "No PostgreSQL was found to start: install the pinned requirements, or a system PostgreSQL 15 or later, "
        "or set DATABASE_URL."
    )


class NotWritable(CannotStart):
    """The folder cannot be made or written."""

    sentence = "The data folder %(folder)s cannot be used: %(reason)s."


class OutOfReach(CannotStart):
    """The user that the server runs as cannot reach its files."""

    sentence = (
        "PostgreSQL does not run as root, and the user nobody cannot reach %(path)s: "
        "put the project and its data in a folder that others may enter, or set DATABASE_URL."
    )


class DiskFull(CannotStart):
    """There is no room for the data."""

    sentence = "The disk is full: PostgreSQL could not write into %(folder)s."


class OtherVersion(CannotStart):
    """The data needs another major version."""

    sentence = (
        "The data in %(folder)s was written by PostgreSQL %(wanted)s, "
        "but only version %(found)s was found on this machine."
    )


class PasswordsLost(CannotStart):
    """The passwords of the roles cannot be read."""

    sentence = (
        "The file %(path)s with the database passwords is missing or damaged, "
        "so the data in %(folder)s cannot be opened."
    )


class ServerFailed(CannotStart):
    """The server ended, or was not ready in time."""

    sentence = "PostgreSQL could not start in %(folder)s: %(reason)s"
