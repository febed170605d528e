"""The preliminary picture: what public sources say about a request, in seconds, before anybody is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.asking.page import InPage, Page
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.visitor import VisitorHash
from app.asking.who import Asker, SignedIn
from app.enquiries import queries as enquiries
from app.enquiries.models import ReadingState
from app.enquiries.rules import provisional
from app.ground.formats import pick
from app.ground.i18n import _
from app.ground.paging import Paged, Paging
from app.matching import queries, rules
from app.matching.rules.words import label_of, say_fact
from app.terms import queries as terms
from app.terms.models import Concept, Vocabulary

router = APIRouter()
PAGE = 50
Number = Annotated[int, Query(alias="page", ge=1, le=1000)]


@dataclass(frozen=True)
class Behind:
    """What a picture is of, for its page: the way back to it, the way on, and its trail."""

    back: str
    submit: str | None
    crumbs: list[tuple[str, str | None] | tuple[str, str | None, str]]


@dataclass(frozen=True)
class More:
    """What a registry's record does not say and a visitor may add, with the choices."""

    first_in_human: str
    modality: str
    region: str
    modalities: list[tuple[str, str, str]]
    regions: list[tuple[str, str, str]]

    @property
    def query(self) -> str:
        """What was added, as the query of an address."""
        return urlencode({"first_in_human": self.first_in_human, "modality": self.modality, "region": self.region})


@router.get("/enquiries/{enquiry_id}/picture")
async def picture_of_enquiry(
    enquiry_id: UUID,
    session: Transaction,
    settings: InSettings,
    page: InPage,
    reader: SignedIn,
    now: Now,
    number: Number = 1,
) -> Response:
    """Show the picture of a draft, with what still waits to be confirmed."""
    enquiry = await enquiries.get_enquiry(session, enquiry_id, reader=reader)
    here = f"/enquiries/{enquiry.id}"
    behind = Behind(
        here,
        here,
        [
            (_("My enquiries").in_(page.locale), "/enquiries"),
            (_("Draft").in_(page.locale), here),
            (_("Preliminary picture").in_(page.locale), None),
        ],
    )
    if settings.preliminary_picture == "off":
        return _off(page, behind)
    values = provisional(await enquiries.enquiry_values(session, enquiry.id, reader=reader))
    request = await queries.request_from(session, values)
    picture = rules.preliminary(request, await queries.sites_for(session, request, now=now))
    return await _show(session, page, picture, behind, Paging(number, PAGE))


@router.get("/readings/{reading_id}/picture")
async def picture_of_reading(
    reading_id: UUID,
    session: Transaction,
    settings: InSettings,
    page: InPage,
    reader: Asker,
    visitor: VisitorHash,
    now: Now,
    first_in_human: str = "",
    modality: str = "",
    region: str = "",
    number: Number = 1,
) -> Response:
    """Show the picture of a registry's record, with what a visitor adds to it in the address."""
    reading = await enquiries.get_reading(session, reading_id, reader=reader, visitor_hash=visitor)
    behind = _behind_reading(page, reading.id, reading.number)
    if reading.state is not ReadingState.READ:
        return page.redirect(behind.back)
    if settings.preliminary_picture == "off":
        return _off(page, behind)
    more = await _more(session, page, first_in_human, modality, region)
    values = provisional(await enquiries.reading_values(session, reading)) | _added(more)
    request = await queries.request_from(session, values)
    picture = rules.preliminary(request, await queries.sites_for(session, request, now=now))
    return await _show(session, page, picture, behind, Paging(number, PAGE), more)


def _behind_reading(page: Page, reading_id: UUID, number: str) -> Behind:
    here = f"/readings/{reading_id}"
    return Behind(here, None, [(number, here, "en"), (_("Preliminary picture").in_(page.locale), None)])


def _off(page: Page, behind: Behind) -> Response:
    return page.show("pictures/off.html", behind=behind)


async def _show(
    session: Transaction, page: Page, picture: rules.Picture, behind: Behind, paging: Paging, more: More | None = None
) -> Response:
    """Show one page of the sites that meet or may; the others are named below them."""
    shown = (*picture.meets, *picture.may)
    rows = Paged(shown[paging.offset : paging.offset + paging.size], len(shown), paging)
    names = await terms.by_codes(session, picture.request.codes)
    return page.show(
        "pictures/picture.html",
        picture=picture,
        rows=rows,
        meeting=rules.by_region([seen for seen in rows.rows if not seen.unknown]),
        perhaps=rules.by_region([seen for seen in rows.rows if seen.unknown]),
        names=names,
        label=partial(label_of, locale=page.locale),
        say=partial(say_fact, locale=page.locale),
        behind=behind,
        more=more,
    )


async def _more(session: Transaction, page: Page, first_in_human: str, modality: str, region: str) -> More:
    """Return what a visitor added, codes that no vocabulary knows left out."""
    modalities = await terms.concepts_of(session, Vocabulary.MODALITY)
    regions = await terms.concepts_of(session, Vocabulary.REGION)
    return More(
        first_in_human=first_in_human if first_in_human in {"yes", "no"} else "",
        modality=modality if modality in {concept.code for concept in modalities} else "",
        region=region if region in {concept.code for concept in regions} else "",
        modalities=_choices(modalities, page),
        regions=_choices(regions, page),
    )


def _choices(concepts: Iterable[Concept], page: Page) -> list[tuple[str, str, str]]:
    return [(concept.code, *pick(concept, page.locale)) for concept in concepts]


def _added(more: More) -> dict[str, Any]:
    """Return what a visitor added as values of a request."""
    given = {"first_in_human": more.first_in_human, "modality": more.modality, "regions": [more.region]}
    return {field: value for field, value in given.items() if value not in ("", [""])}
