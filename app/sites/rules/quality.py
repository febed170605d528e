"""How well an institution's profile is kept: three shares, never a rank or a mark.

The rule: the items are those that an institution can state of itself, all of the vocabulary's but its legal status, the
trials it has led and its room for new trials (`NOT_STATED_BY_SITES`). Known is an item whose counting source says
available, partly or not available; fresh a known one that is not due again after its period; confirmed a known one
whose counting source is the institution's own word, however old.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.ground.i18n import Message, _


class Share(StrEnum):
    """The three shares."""

    KNOWN = "known"
    FRESH = "fresh"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> Message:
        """The share in the reader's words."""
        return {
            Share.KNOWN: _("Known"),
            Share.FRESH: _("Fresh among the known"),
            Share.CONFIRMED: _("Confirmed by the site among the known"),
        }[self]


@dataclass(frozen=True)
class Quality:
    """Of so many items so many are known; of the known so many are fresh, and so many confirmed by the site."""

    items: int
    known: int = 0
    fresh: int = 0
    confirmed: int = 0

    def count(self, share: Share) -> int:
        """How many items a share counts."""
        return {Share.KNOWN: self.known, Share.FRESH: self.fresh, Share.CONFIRMED: self.confirmed}[share]

    def of(self, share: Share) -> int:
        """Of how many items a share is a part."""
        return self.items if share is Share.KNOWN else self.known

    def percent(self, share: Share) -> int | None:
        """Return a share in whole per cent, rounded down so that 100 means all; None of nothing."""
        whole = self.of(share)
        return self.count(share) * 100 // whole if whole else None

    def worst_first(self, share: Share) -> tuple[float, ...]:
        """Return the key by which the least kept come first by one share; of nothing comes before none of something."""
        percents = [self.percent(one) for one in (share, *(one for one in Share if one is not share))]
        return tuple(-1 if one is None else one for one in percents)
