"""Days as a form holds them."""

from datetime import date

from app.ground.i18n import Locale


def typed_day(day: date, locale: Locale) -> str:
    """Return a day as it is typed into a form: 2027年1月15日, or 2027-01-15."""
    return f"{day.year}年{day.month}月{day.day}日" if locale == "ja" else day.isoformat()
