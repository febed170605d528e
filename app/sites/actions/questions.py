"""Officers ask a hospital about one fact; the hospital answers in words, or by stating the fact."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotFound, Unacceptable
from app.ground.i18n import Message, Said, _
from app.ground.mail import post
from app.identity.queries import recipients
from app.identity.rules import Actor, Role
from app.sites import queries
from app.sites.errors import NoSuchCapability, QuestionAnswered
from app.sites.models import Fact, SiteQuestion
from app.sites.queries.forms import capability_forms
from app.sites.queries.questions import question_of
from app.sites.queries.shown import uuid_of
from app.sites.rules.statements import read_note

Typed = Mapping[str, str]


async def ask_about_fact(
    session: AsyncSession, code: str, capability: str, typed: Typed, *, by: Actor, now: datetime
) -> SiteQuestion:
    """Ask a hospital's coordinators about one item; they are told by mail, without a word of the question.

    `typed` holds question_ja and question_en as they were typed (one may be empty), and in `shown` the id of the fact
    that the page showed. The same question that is still open is not asked twice. Raises NotFound for anybody but
    officers, NoSuchInstitution, NoSuchCapability for what a hospital does not state, Unacceptable.
    """
    if not by.is_staff:
        raise NotFound
    institution = await queries.get_institution(session, code, reader=by)
    if capability not in await capability_forms(session):
        raise NoSuchCapability
    text_ja, text_en = _read_question(typed)
    same = select(SiteQuestion).where(
        SiteQuestion.institution_id == institution.id, SiteQuestion.capability_code == capability,
        SiteQuestion.answered_at.is_(None), SiteQuestion.text_ja.is_not_distinct_from(text_ja),
        SiteQuestion.text_en.is_not_distinct_from(text_en),
    )  # fmt: skip
    if (open_already := await session.scalar(same)) is not None:
        return open_already
    question = SiteQuestion(
        institution_id=institution.id, topic=capability, capability_code=capability, text_ja=text_ja, text_en=text_en,
        fact_id=await _fact_asked_about(session, institution.id, capability, typed), asked_at=now, asked_by_id=by.person_id,
    )  # fmt: skip
    session.add(question)
    await session.flush()
    audit.record(session, "question.asked", subject=institution.id, by=by, now=now, question=str(question.id))
    for person in await recipients(session, institution.id, Role.COORDINATOR):
        await post(session, "site_question", to=person, now=now, code=code, question=str(question.id))
    return question


def _read_question(typed: Typed) -> tuple[str | None, str | None]:
    errors: dict[str, Message | Said] = {}
    names = ("question_ja", "question_en")
    text_ja, text_en = (read_note(typed.get(name, ""), name, errors) for name in names)
    if not (text_ja or text_en) and not errors:
        errors["question_ja"] = _("Write the question in Japanese or in English.")
    if errors:
        raise Unacceptable(errors)
    return text_ja, text_en


async def _fact_asked_about(session: AsyncSession, institution_id: UUID, capability: str, typed: Typed) -> UUID | None:
    key = uuid_of(typed.get("shown", ""))
    wanted = select(Fact.id).where(Fact.id == key, Fact.institution_id == institution_id)
    return await session.scalar(wanted.where(Fact.capability_code == capability)) if key else None


async def answer_question(
    session: AsyncSession, code: str, question_id: UUID, text: str, *, by: Actor, now: datetime
) -> SiteQuestion:
    """Answer an open question to the coordinator's institution in words.

    Raises NoSuchInstitution for an institution that `by` does not speak for, NoSuchQuestion, QuestionAnswered,
    Unacceptable for an empty or endless answer.
    """
    institution = await queries.own_institution(session, code, reader=by)
    question = await question_of(session, institution.id, question_id, for_change=True)
    errors: dict[str, Message | Said] = {}
    answer = read_note(text, "answer", errors)
    if answer is None and not errors:
        errors["answer"] = _("Write an answer, or state the item itself in the table.")
    if question.answered_at is not None:
        raise QuestionAnswered
    if errors:
        raise Unacceptable(errors)
    question.answer, question.answered_at, question.answered_by_id = answer, now, by.person_id
    await session.flush()
    audit.record(session, "question.answered", subject=institution.id, by=by, now=now, question=str(question.id))
    return question


async def answer_by_stating(
    session: AsyncSession, institution_id: UUID, capabilities: Collection[str], *, by: Actor, now: datetime
) -> None:
    """Close the open questions about facts that the institution has just stated: the facts are the answer."""
    if by.person_id is None or not capabilities:
        return
    about = SiteQuestion.capability_code.in_(capabilities) & (SiteQuestion.institution_id == institution_id)
    answered = update(SiteQuestion).where(about, SiteQuestion.answered_at.is_(None))
    await session.execute(answered.values(answered_at=now, answered_by_id=by.person_id))
