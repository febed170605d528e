"""Questions to an institution, open and answered; who may read them is decided in `sites.queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app.identity.models import Person
from app.identity.rules import Actor
from app.sites.errors import NoSuchQuestion
from app.sites.models import SiteQuestion
from app.sites.queries import all_questions_visible_to

MOST_ANSWERED = 50


@dataclass(frozen=True)
class Asked:
    """One question with the names of who asked and who answered; nobody where it came with the first data."""

    question: SiteQuestion
    asked_by: str | None
    answered_by: str | None


async def question_of(
    session: AsyncSession, institution_id: UUID, question_id: UUID, *, for_change: bool = False
) -> SiteQuestion:
    """Return a question to an institution whose coordinator asks for it; raises NoSuchQuestion for any other.

    `for_change` holds it until the commit, so that two coordinators answer one after the other.
    """
    wanted = select(SiteQuestion).where(SiteQuestion.id == question_id, SiteQuestion.institution_id == institution_id)
    if for_change:
        # The lock is on the question alone: its capability is joined from outside.
        wanted = wanted.with_for_update(of=SiteQuestion).execution_options(populate_existing=True)
    found = await session.scalar(wanted.options(joinedload(SiteQuestion.capability)))
    if found is None:
        raise NoSuchQuestion
    return found


async def questions_about(
    session: AsyncSession, institution_id: UUID, *, reader: Actor, capability: str | None = None
) -> Sequence[Asked]:
    """Return the questions to an institution (about one capability), the open ones first, then the last answered.

    Empty for a reader who may not know.
    """
    asker, answerer = aliased(Person), aliased(Person)
    rows = all_questions_visible_to(reader).where(SiteQuestion.institution_id == institution_id)
    if capability is not None:
        rows = rows.where(SiteQuestion.capability_code == capability)
    named = (
        rows.add_columns(asker.name, answerer.name)
        .outerjoin(asker, asker.id == SiteQuestion.asked_by_id)
        .outerjoin(answerer, answerer.id == SiteQuestion.answered_by_id)
        .options(joinedload(SiteQuestion.capability))
        .order_by(SiteQuestion.answered_at.desc().nulls_first(), SiteQuestion.topic, SiteQuestion.id)
    )
    found = [Asked(*row) for row in await session.execute(named)]
    answered = [one for one in found if one.question.answered_at]
    return [one for one in found if not one.question.answered_at] + answered[:MOST_ANSWERED]
