"""Mail goes to those concerned, in their own language, with numbers and links and no confidential word."""

from email.message import EmailMessage

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.actions import Decided
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import Ending
from app.enquiries.models import Enquiry, EnquiryStage
from app.ground.queue import enqueue
from tests import make
from tests.conftest import NOW
from tests.consultations.make import an_asked_case, an_enquiry, an_institution
from tests.desk import JobDesk


def said_to(outbox: list[EmailMessage], address: str) -> list[str]:
    return [str(mail["Subject"]) for mail in outbox if mail["To"] == address]


async def test_a_submitted_enquiry_is_acknowledged_by_the_worker_in_each_readers_language(
    session: AsyncSession, desk: JobDesk
) -> None:
    english = await make.a_sponsor(session, language="en")
    company = (await make.acting(session, english)).organisation_ids
    japanese = await make.a_sponsor(session, await session.get_one(type(await make.the_operator(session)), *company))
    japanese.language = "ja"
    officer = await make.an_officer(session, language="ja")
    enquiry = await an_enquiry(session, english)
    for _again in range(2):
        await enqueue(session, "open_consultation", enquiry_id=str(enquiry.id))
    await session.commit()
    await desk.work()
    assert said_to(desk.outbox, english.email) == ["We have received your enquiry: 2026-0001"]
    assert said_to(desk.outbox, japanese.email) == ["相談申込みを受け付けました（相談番号 2026-0001）"]
    assert said_to(desk.outbox, officer.email) == ["新しい相談申込みが届きました（相談番号 2026-0001）"]


async def test_no_mail_of_a_whole_case_holds_a_confidential_word(session: AsyncSession, desk: JobDesk) -> None:
    company = await make.an_organisation(session, name_en="Very Secret Bio", name_ja="極秘バイオ")
    sponsor = await make.a_sponsor(session, company, language="en")
    officer = await make.acting(session, await make.an_officer(session))
    institution = await an_institution(session)
    person = await make.a_coordinator(session, institution)
    case = await an_asked_case(session, officer, institution, sponsor=sponsor)
    by = await make.acting(session, person)
    await actions.answer_request(session, case.number, institution.id, Answer.INTERESTED, "Note", by=by, now=NOW)
    rejected = Decided(Outcome.NOT_SELECTED, reason_ja="理由はここに")
    await actions.record_outcome(session, case.number, institution.id, rejected, by=officer, now=NOW)
    await actions.close(session, case.number, Ending.NOT_PURSUED, "Board decision", by=officer, now=NOW)
    await session.commit()
    await desk.work()
    assert len(said_to(desk.outbox, sponsor.email)) == 5
    assert said_to(desk.outbox, person.email) == [
        f"参加意向調査のご依頼（相談番号 {case.number}）",
        f"選定結果のお知らせ（相談番号 {case.number}）",
    ]
    everything = "".join(mail.as_string() + str(mail.get_body(("plain",)).get_content()) for mail in desk.outbox)  # type: ignore[union-attr]
    for word in ("Very Secret Bio", "極秘バイオ", "SECRET-101", "理由はここに", "Board decision", "two sites"):
        assert word not in everything


async def test_a_withdrawn_enquiry_ends_its_case_by_the_worker(session: AsyncSession, desk: JobDesk) -> None:
    sponsor, institution = await make.a_sponsor(session), await an_institution(session)
    person = await make.an_officer(session)
    officer = await make.acting(session, person)
    case = await an_asked_case(session, officer, institution, sponsor=sponsor)
    enquiry = await session.get_one(Enquiry, case.enquiry_id)
    enquiry.stage, enquiry.withdrawn_at, enquiry.withdrawn_by_id = EnquiryStage.WITHDRAWN, NOW, sponsor.id
    await enqueue(session, "withdraw_consultation", enquiry_id=str(enquiry.id))
    await session.commit()
    await desk.work()
    assert f"相談申込みが取り下げられました（相談番号 {case.number}）" in said_to(desk.outbox, person.email)
