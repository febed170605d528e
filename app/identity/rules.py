"""Who may be what: roles, the person asking, and what each role may invite."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.ground.i18n import Locale, Message, _


class Role(StrEnum):
    """What a membership lets a person be."""

    SPONSOR = "sponsor"
    COORDINATOR = "coordinator"
    STAFF = "staff"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> Message:
        """The role in the reader's words."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.SPONSOR: _("Sponsor"),
    Role.COORDINATOR: _("Site coordinator"),
    Role.STAFF: _("Window officer"),
    Role.OBSERVER: _("Observer (government, steering committee)"),
    Role.ADMINISTRATOR: _("Administrator"),
}

# Staff and coordinator never meet in one account: where the operator is itself a candidate site, nobody judges
# their own hospital's answer (product.md, guard rails).
NEVER_TOGETHER = ({Role.STAFF, Role.COORDINATOR}, {Role.STAFF, Role.SPONSOR}, {Role.COORDINATOR, Role.SPONSOR})

MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.SPONSOR: frozenset({Role.SPONSOR}),
    Role.STAFF: frozenset({Role.COORDINATOR}),
    Role.ADMINISTRATOR: frozenset({Role.STAFF, Role.OBSERVER, Role.ADMINISTRATOR}),
    # Colleagues of their own institution only: actions.invite looks at the place.
    Role.COORDINATOR: frozenset({Role.COORDINATOR}),
    Role.OBSERVER: frozenset(),
}


@dataclass(frozen=True)
class Actor:
    """Whoever asks or acts: a signed-in person, a visitor, or the service itself."""

    person_id: UUID | None
    name: str = ""
    email: str = ""
    language: Locale = "en"
    roles: frozenset[Role] = frozenset()
    organisation_ids: frozenset[UUID] = frozenset()
    institution_ids: frozenset[UUID] = frozenset()
    organisation_name: str = ""
    is_service: bool = False
    session_id: UUID | None = field(default=None, compare=False)

    @property
    def is_visitor(self) -> bool:
        """Nobody is signed in."""
        return self.person_id is None and not self.is_service

    @property
    def is_sponsor(self) -> bool:
        """A member of an organisation that enquires."""
        return Role.SPONSOR in self.roles

    @property
    def is_coordinator(self) -> bool:
        """Speaks for named institutions."""
        return Role.COORDINATOR in self.roles

    @property
    def is_staff(self) -> bool:
        """An officer of the window."""
        return Role.STAFF in self.roles

    @property
    def is_observer(self) -> bool:
        """Reads the figures, nothing else."""
        return Role.OBSERVER in self.roles

    @property
    def is_administrator(self) -> bool:
        """Looks after accounts, settings and vocabularies; reads no enquiry by that."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def may_read_figures(self) -> bool:
        """Staff, observers and administrators read the figures down to the case."""
        return self.is_staff or self.is_observer or self.is_administrator

    @property
    def standing(self) -> str:
        """What row-level security is told this transaction acts as."""
        if self.is_service:
            return "service"
        return "staff" if self.is_staff else "member"

    def may_invite(self) -> frozenset[Role]:
        """The roles that this person may invite others to."""
        return frozenset().union(*(MAY_INVITE[role] for role in self.roles))


VISITOR = Actor(person_id=None)
SERVICE = Actor(person_id=None, name="Madoguchi", is_service=True)


def may_be_together(roles: frozenset[Role]) -> bool:
    """Say whether one account may hold all these roles."""
    return not any(pair <= roles for pair in NEVER_TOGETHER)


def token_for(secret: str, purpose: str, subject: UUID) -> str:
    """Return the secret half of a link: made from the row's id, so that it stands in no table and no job.

    A mail that must be sent again after a crash therefore carries the same link.
    """
    digest = hmac.digest(secret.encode(), f"{purpose}:{subject}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_address(address: str) -> str:
    """Return a mail address as it is compared and stored: trimmed, in lower case."""
    return address.strip().lower()


def is_address(address: str) -> bool:
    """Say whether a text can be a mail address: one @, a dot in the domain, no spaces or control characters."""
    local, at, domain = address.partition("@")
    parts = domain.split(".")
    return bool(
        at
        and local
        and len(address) <= 254
        and len(parts) >= 2
        and all(parts)
        and "@" not in domain
        and address.isascii()
        and address.isprintable()
        and not set(address) & set(" ,;<>\"'()[]\\")
    )
