"""Ways to be refused, each a whole sentence; HTTP is chosen at the door.

Refused
├── NotFound       absent, or hidden from this reader: the same words for both
├── NotAllowed     known, but not for this role
├── Conflict       the thing has moved on
├── Unacceptable   what was typed cannot be taken; says why per field
└── TooMany        too often in too short a time
"""

from collections.abc import Mapping

from app.ground.i18n import Locale, Message, Said, _, spoken


class Refused(Exception):
    """A person asked for something that the rules do not allow."""

    code = "refused"
    message = _("This cannot be done.")

    def __init__(self, **details: object) -> None:
        super().__init__(self.code)
        self.details = details

    def in_(self, locale: Locale) -> str:
        """Say why, in the reader's language."""
        words = self.message.in_(locale)
        return words % spoken(self.details, locale) if self.details else words


class NotFound(Refused):
    """There is no such thing, or this reader may not know that there is."""

    code = "not_found"
    message = _("There is nothing at this address that you can see.")


class NotAllowed(Refused):
    """The thing is known to the reader, but this is not theirs to do."""

    code = "not_allowed"
    message = _("Your role does not allow this.")


class Conflict(Refused):
    """The thing has moved on since the reader last saw it."""

    code = "conflict"
    message = _("This has changed in the meantime. Look at it again and decide once more.")


class TooMany(Refused):
    """Asked too often; `minutes` says how long to wait."""

    code = "too_many"
    message = _("Too many attempts. Try again in %(minutes)s minutes.")


class Unacceptable(Refused):
    """What was typed cannot be taken: field name to sentence, each to stand beside its field."""

    code = "unacceptable"
    message = _("Some of what you typed needs a change. Each place says what to do.")

    def __init__(self, errors: Mapping[str, Message | Said]) -> None:
        super().__init__()
        self.errors = dict(errors)

    def by_field(self, locale: Locale) -> dict[str, str]:
        """Return field name to sentence in the reader's language."""
        return {field: error.in_(locale) for field, error in self.errors.items()}
