"""Ways in which matching is refused."""

from app.ground.errors import NotFound


class NotYoursToMatch(NotFound):
    """Runs hold scores and capacity: to anybody but officers there is nothing here."""

    code = "not_yours_to_match"
