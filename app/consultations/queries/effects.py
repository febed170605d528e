"""What filling in a fact would do: how many open requests ask for it. Counts and nothing else: a hospital learns that
somebody asks, never who.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import CaseState, Consultation
from app.enquiries import queries as enquiries
from app.enquiries.rules import settled
from app.identity.rules import SERVICE, Actor
from app.identity.standing import as_the_service
from app.matching import queries as matching
from app.matching.rules import Request, asked


@dataclass(frozen=True)
class Effect:
    """How many open requests are matched by a fact, by how many of their criteria, and how many of these are required."""

    requests: int
    criteria: int
    required: int


async def effects(session: AsyncSession, *, reader: Actor) -> dict[str, Effect]:
    """Return what depends on each capability (its code) in the open consultations; none for who keeps no facts.

    Four queries, however many consultations are open. What counts is what sponsors typed or confirmed.
    """
    if not (reader.is_coordinator or reader.is_staff):
        return {}
    async with as_the_service(session):
        open_cases = select(Consultation.enquiry_id).where(Consultation.state == CaseState.OPEN)
        ids = list(await session.scalars(open_cases))
        values = await enquiries.values_of(session, ids, reader=SERVICE, fields=matching.READ_FIELDS) if ids else {}
        requests = await matching.requests_from(session, [settled(one) for one in values.values()])
    return count_effects(requests)


def count_effects(requests: Iterable[Request]) -> dict[str, Effect]:
    """Count by capability the requests, and their criteria, that it answers."""
    counted, criteria, required = Counter[str](), Counter[str](), Counter[str]()
    for request in requests:
        each = [(code, one.hard) for one in asked(request) for code in one.criterion.capabilities]
        counted.update({code for code, _hard in each})
        criteria.update(code for code, _hard in each)
        required.update(code for code, hard in each if hard)
    return {code: Effect(counted[code], criteria[code], required[code]) for code in counted}
