"""Whom to write to at an institution, by purpose: what a coordinator typed, read or refused beside its field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.ground.i18n import Message, Said, _, say
from app.identity.rules import is_address, normal_address
from app.sites.rules.texts import Errors, plain, read_as_of, read_name, read_note

PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,28}(?: ?(?:ext\.?|内線) ?[0-9]{1,6})?")
LANGUAGES = ("ja", "en")


class ContactPurpose(StrEnum):
    """What somebody at an institution is the right address for."""

    GENERAL = "general"
    FEASIBILITY = "feasibility"
    CONTRACT = "contract"
    IRB_OFFICE = "irb_office"
    CRC = "crc"
    PRODUCT = "product"
    FINANCE = "finance"

    @property
    def label(self) -> Message:
        """The purpose in the reader's words."""
        return _PURPOSES[self]


_PURPOSES = {
    ContactPurpose.GENERAL: _("General enquiries"),
    ContactPurpose.FEASIBILITY: _("Feasibility surveys"),
    ContactPurpose.CONTRACT: _("Contract"),
    ContactPurpose.IRB_OFFICE: _("IRB office"),
    ContactPurpose.CRC: _("Clinical research coordinators (CRC)"),
    ContactPurpose.PRODUCT: _("Investigational product"),
    ContactPurpose.FINANCE: _("Finance"),
}


@dataclass(frozen=True)
class ContactStatement:
    """Whom an institution names for one purpose, on one day."""

    purpose: ContactPurpose
    name: str
    mail: str | None
    phone: str | None
    languages: tuple[str, ...]
    note: str | None
    as_of: date


def read_contact(
    typed: Mapping[str, str], languages: Sequence[str], *, today: date
) -> tuple[ContactStatement | None, Errors]:
    """Read the form of a contact.

    `typed` holds purpose, name, mail, phone, note and as_of as they were typed, `languages` the codes that were
    ticked; `today` is the day in Japan. Returns the statement, or None with a sentence for each field.
    """
    errors: Errors = {}
    purpose = typed.get("purpose", "")
    if purpose not in set(ContactPurpose):
        errors["purpose"] = _("Choose what this person or office is to be asked about.")
    name = read_name(typed.get("name", ""), "name", errors)
    if name is None:
        errors["name"] = _("Enter the name of a person or an office.")
    mail, phone = _mail(typed.get("mail", ""), errors), _phone(typed.get("phone", ""), errors)
    if not (mail or phone or "mail" in errors or "phone" in errors):
        errors["mail"] = _("Enter a mail address or a telephone number.")
    if not set(languages) <= set(LANGUAGES):
        errors["languages"] = _("Choose languages from the list.")
    note = read_note(typed.get("note", ""), errors)
    as_of = read_as_of(typed.get("as_of", ""), today, errors)
    if errors or name is None:
        return None, errors
    spoken = tuple(language for language in LANGUAGES if language in languages)
    return ContactStatement(ContactPurpose(purpose), name, mail, phone, spoken, note, as_of), {}


def _mail(text: str, errors: Errors) -> str | None:
    if not text.strip():
        return None
    address = normal_address(unicodedata.normalize("NFKC", text))
    if not is_address(address):
        errors["mail"] = _quoted(_("“%(typed)s” is not a mail address. Enter one such as name@hospital.jp."), text)
    return address


def _phone(text: str, errors: Errors) -> str | None:
    number = " ".join(unicodedata.normalize("NFKC", plain(text)).replace("‐", "-").replace("ー", "-").split())
    if number and not PHONE.fullmatch(number):
        errors["phone"] = _quoted(
            _("“%(typed)s” is not a telephone number. Enter digits, for example 03-1234-5678 or +81 3 1234 5678."), text
        )
    return number or None


def _quoted(message: Message, typed: str) -> Said:
    return say(message, typed=typed)
