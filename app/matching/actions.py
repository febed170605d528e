"""An officer holds a request against the sites; the run is kept with all that it read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries as enquiries
from app.enquiries.rules import settled
from app.ground.audit import record
from app.identity.rules import Actor
from app.matching import queries, rules
from app.matching.errors import NotYoursToMatch
from app.matching.models import MatchRun


async def run_match(session: AsyncSession, enquiry_id: UUID, *, by: Actor, now: datetime) -> MatchRun:
    """Match an enquiry's settled values (typed or confirmed) against what is known of the sites at this moment.

    Raises NotYoursToMatch for anybody but officers and the service, and what enquiries raise where the
    enquiry is absent or hidden.
    """
    if not (by.is_staff or by.is_service):
        raise NotYoursToMatch
    enquiry = await enquiries.get_enquiry(session, enquiry_id, reader=by)
    values = settled(await enquiries.enquiry_values(session, enquiry.id, reader=by))
    request = await queries.request_from(session, values)
    run = rules.rank(request, await queries.sites_for(session, request, now=now))
    stored_request, result = rules.request_json(run.request), rules.result_json(run)
    row = MatchRun(
        enquiry_id=enquiry.id,
        rule_version=run.rule_version,
        request=stored_request,
        result=result,
        digest=rules.digest(stored_request, result),
        at=now,
        by_id=by.person_id,
    )
    session.add(row)
    await session.flush()
    record(
        session, "match.run", subject=enquiry.id, by=by, now=now,
        run=str(row.id), rule_version=run.rule_version, sites=len(run.rows), digest=row.digest,
    )  # fmt: skip
    return row
