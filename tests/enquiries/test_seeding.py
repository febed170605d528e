"""The terms are seeded once and never changed; the demonstration's draft is fictional, flagged and seeded once."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import seeding
from app.enquiries.models import ConfidentialityTerms, Enquiry
from app.enquiries.rules import standing
from app.seeding import DEMO_DATA, SEED_DATA, seed_demonstration
from app.settings import Settings
from tests.conftest import NOW
from tests.enquiries.make import values


async def test_the_terms_are_there_in_both_languages(session: AsyncSession) -> None:
    (terms,) = await session.scalars(select(ConfidentialityTerms))
    assert terms.version == 1 and "Window only" in terms.text_en and "窓口のみ" in terms.text_ja
    paragraphs = [text.count("\n\n") for text in (terms.text_en, terms.text_ja)]
    assert paragraphs == [10, 10]


async def test_seeding_again_leaves_an_operators_own_words_alone(session: AsyncSession) -> None:
    await session.execute(update(ConfidentialityTerms).values(text_en="Our own words"))
    said = await seeding.load_official(session, SEED_DATA, now=NOW)
    assert said.in_("en") == "The confidentiality terms are loaded (versions: 1)."
    assert await session.scalar(select(ConfidentialityTerms.text_en)) == "Our own words"


async def test_the_fictional_draft_is_flagged_and_loaded_once(session: AsyncSession, settings: Settings) -> None:
    for _again in range(2):
        async for _said in seed_demonstration(session, settings, now=NOW):
            pass
    drafts = list(await session.scalars(select(Enquiry).where(Enquiry.submitted_at.is_(None))))
    assert len(drafts) == 1 and drafts[0].demo
    found = await values(session, drafts[0].id)
    assert found["wanted_service"].counts and found["phase"].waits and found["phase"].value == "phase.1"
    assert found["condition"].value == "cond.solid_tumour" and not standing(found).complete
    assert await session.scalar(select(func.count()).select_from(Enquiry).where(~Enquiry.demo)) == 0


async def test_without_its_author_a_draft_is_left_out(session: AsyncSession) -> None:
    await seeding.load_demonstration(session, DEMO_DATA, now=NOW)
    assert await session.scalar(select(func.count()).select_from(Enquiry)) == 0
