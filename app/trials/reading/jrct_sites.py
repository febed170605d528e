"""The hospitals of a jRCT page: one block of rows each, the principal investigator's own hospital first."""

import re
from collections.abc import Iterable

from app.trials.reading.labelled import Labelled
from app.trials.reading.pages import Row
from app.trials.record import Contact, Country, Party, Site, Text
from app.trials.rules import codes, places

FACILITY = ("所属機関実施医療機関", "実施医療機関の名称", "実施医療機関名", "実施医療機関")
_OF_SITES = re.compile(r"研究責任医師|治験責任医師|研究代表医師|実施医療機関|研究分担医師")
_JAPAN = Country(Text("日本", "Japan"), "country.JP")


def sites_on(page: Labelled) -> tuple[Site, ...]:
    """Return the hospitals of a Japanese detail page in its order; the English page has none.

    Section 1 (2) holds the first and 1 (4) the others. A block begins at the row of the hospital's name and ends
    before the next; people's names, posts and numbers are not among the rows any more.
    """
    blocks = page.blocks(lambda row: row.is_called(*FACILITY) and _of_a_site(row), _of_a_site_or_after)
    return tuple(_site(page, position, block) for position, block in enumerate(blocks, 1))


def lead_contact(page: Labelled, *, under: str, department: tuple[str, ...], names: tuple[str, ...]) -> Contact | None:
    """Return the organisation under a heading of section 1 (2), None where the page names none."""
    organisation = page.text("contact", *names, under=under, names_too=False)
    rooms = page.text("contact", *department, under=under)
    return Contact(organisation, rooms) if organisation or rooms else None


def investigator_as_sponsor(sites: Iterable[Site]) -> Party | None:
    """Return the sponsor of research that a physician answers for: no name, only where they work (item 5)."""
    lead = next((site for site in sites if site.lead), None)
    return Party(affiliation=lead.facility, person=True) if lead and lead.facility else None


def _of_a_site(row: Row) -> bool:
    return row.section in ("", "01-02", "01-04") or any(_OF_SITES.search(heading) for heading in row.headings)


def _of_a_site_or_after(row: Row) -> bool:
    return row.section in ("", "01-02", "01-04")


def _site(page: Labelled, position: int, block: list[Row]) -> Site:
    item = f"sites.{position}"
    page.use(row for row in block if row.section == "01-04")
    named = [row for row in block if not any("問" in heading and "先" in heading for heading in row.headings)]

    def said(*names: str, keep: bool = True) -> Text:
        row = next((row for row in named if row.is_called(*names)), None)
        return page.of(row, item, names_too=keep) if row else Text()

    facility, address = said(*FACILITY, keep=False), said("所属機関の住所", "住所", "address", keep=False)
    permission = (
        said("当該研究に対する管理者の許可の有無", "管理者の許可の有無", "研究に対する管理者の許可の有無").any() or None
    )
    reason = places.undisclosed(facility, (), (), japan=True)
    return Site(
        position=position,
        facility=facility,
        department=said("所属部署"),
        address=address,
        postcode=said("所属機関の郵便番号", "所属部署の郵便番号", "郵便番号").any() or None,
        country=_JAPAN,
        prefecture=places.prefecture_of(address.ja, address.en),
        lead=block[0].section == "01-02",
        permission=permission,
        permitted=codes.yes_or_no(permission),
        approved=page.notes.day(
            item, said("認定研究審査委員会の承認日", "承認日", "研究審査委員会の承認日").any() or None
        ),
        emergency=said("救急医療に必要な施設又は設備").any() or None,
        disclosed=reason is None,
        undisclosed_because=reason,
    )
