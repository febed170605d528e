"""Questions to the hospital, answered on its desk."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import QuestionAnswered
from app.sites.queries.forms import capability_forms
from app.sites.queries.questions import question_of
from app.web.consultations.forms import Text

router = APIRouter(prefix="/desk/{code}/questions/{question_id}")


@router.get("")
async def question(
    code: str, question_id: UUID, session: Transaction, page: InPage, reader: CoordinatorOnly
) -> Response:
    """Show one question to the reader's institution, and the form to answer it."""
    return await _show(session, page, code, question_id, reader=reader)


@router.post("")
async def answer(
    code: str, question_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now, answer: Text = ""
) -> Response:
    """Take the answer; the question then leaves the desk."""
    try:
        await actions.answer_question(session, code, question_id, answer, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, question_id, reader=by, typed=answer, errors=errors)
    except QuestionAnswered as refusal:
        moved_on = refusal.in_(page.locale)
        return await _show(session, page, code, question_id, reader=by, typed=answer, moved_on=moved_on)
    return page.redirect(f"/desk?at={code}&answered=1#questions")


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    question_id: UUID,
    *,
    reader: Actor,
    typed: str = "",
    errors: dict[str, str] | None = None,
    moved_on: str | None = None,
) -> Response:
    institution = await queries.own_institution(session, code, reader=reader)
    question = await question_of(session, institution.id, question_id)
    return page.show(
        "desk/question.html",
        status=409 if moved_on else 422 if errors else 200,
        institution=institution,
        question=question,
        statable=question.capability_code in await capability_forms(session),
        typed=typed,
        errors=errors or {},
        moved_on=moved_on,
    )
