"""Records and their problems as a terminal shows them: nothing in a file can steer the terminal."""

import textwrap
import unicodedata
from collections.abc import Iterator

from app.ground.i18n import Locale, Message, _, n_
from app.trials.reading.found import Found
from app.trials.reading.notes import reason_in_words
from app.trials.record import Day, Record, Site, Text

AT_PLACE = _("%(file)s, %(place)s: %(problem)s")
IN_FILE = _("%(file)s: %(problem)s")
_LONGEST = 300
_HIDDEN = _("the registry does not say which hospital")
_MORE = n_("and %(count)s more site", "and %(count)s more sites")
_FINDING = _("To check: %(item)s: %(reason)s %(text)s")
_SITES_SHOWN = 40


def problem(file: str, entry: Found, locale: Locale) -> str:
    """Return what is wrong with one entry, or with a whole file, in one line. Raises ValueError where nothing is."""
    if entry.problem is None:
        raise ValueError("there is no problem to print")
    words = {"file": harmless(file), "problem": harmless(entry.problem.in_(locale))}
    return AT_PLACE.in_(locale, place=entry.place, **words) if entry.place else IN_FILE.in_(locale, **words)


def record(one: Record, locale: Locale) -> str:
    """Return a record as lines: a heading, then each item that the source states, its sites, and what to check."""
    heading = f"{one.number}  {_said(one.public_title, locale) or _said(one.scientific_title, locale)}"
    lines = [harmless(heading)]
    lines += [f"  {label.in_(locale)}: {harmless(words)}" for label, words in _items(one, locale) if words]
    lines += [f"    {harmless(line)}" for line in _sites(one, locale)]
    for finding in one.findings:
        words = {"item": finding.item, "reason": reason_in_words(finding, locale), "text": finding.text}
        lines.append("  " + harmless(_FINDING.in_(locale, **words)))
    return "\n".join(lines) + "\n"


def _items(one: Record, locale: Locale) -> Iterator[tuple[Message, str]]:
    def said(text: Text) -> str:
        return _said(text, locale)

    sponsor = one.sponsor.name or one.sponsor.affiliation if one.sponsor else Text()
    yield _("Registered"), _day(one.registered)
    yield _("Last changed"), _day(one.updated)
    yield _("Other numbers"), ", ".join(number.value for number in one.numbers)
    yield _("Status"), said(one.status.text)
    yield _("Study type"), said(one.design.kind.text)
    yield _("Phase"), said(one.design.phase.text)
    yield _("Sponsor"), said(sponsor)
    yield _("Scientific title"), said(one.scientific_title)
    yield _("Condition"), ", ".join(said(condition.name) for condition in one.conditions)
    yield _("Intervention"), ", ".join(said(item.name or item.description) for item in one.interventions)
    yield _("Minimum age"), said(one.eligibility.minimum_age.text) if one.eligibility.minimum_age else ""
    yield _("Maximum age"), said(one.eligibility.maximum_age.text) if one.eligibility.maximum_age else ""
    yield _("Sex"), said(one.eligibility.sex.text)
    yield _("Participants"), one.size.text if one.size else ""
    yield _("First participant"), _day(one.started)
    yield _("Completion"), _day(one.completed)
    yield _("Countries"), ", ".join(said(country.text) for country in one.countries)
    yield _("Sites"), str(len(one.sites)) if one.sites else ""


def _sites(one: Record, locale: Locale) -> Iterator[str]:
    for site in one.sites[:_SITES_SHOWN]:
        yield f"{site.position}. {_site(site, locale)}"
    if (rest := len(one.sites) - _SITES_SHOWN) > 0:
        yield _MORE.in_(locale, count=rest)


def _site(site: Site, locale: Locale) -> str:
    country = _said(site.country.text, locale) if site.country else ""
    parts = [
        _said(site.facility, locale),
        site.city,
        site.state,
        country,
        site.permission,
        _said(site.status.text, locale),
    ]
    words = ", ".join(part for part in parts if part)
    return words if site.disclosed else f"{words} ({_HIDDEN.in_(locale)})"


def _said(text: Text, locale: Locale) -> str:
    """Return a text in the reader's language where the source has it, else in the other, in one short line."""
    first, other = (text.ja, text.en) if locale == "ja" else (text.en, text.ja)
    return textwrap.shorten(first or other or "", _LONGEST, placeholder="…")


def _day(day: Day | None) -> str:
    if day is None:
        return ""
    return day.text if day.value in (None, day.text) else f"{day.value} ({day.text})"


def harmless(text: str) -> str:
    """Return a text with control and direction characters spelled out, so that a terminal only shows them."""
    return "".join(
        sign if unicodedata.category(sign) not in ("Cc", "Cf", "Cs") else f"\\u{ord(sign):04x}" for sign in text
    )
