"""Saving a block: texts as typed, wrong values beside their field, two people at once losing nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions
from app.enquiries.actions import Form
from app.enquiries.errors import AlreadySettled, ChangedMeanwhile, NothingToConfirm
from app.enquiries.fields import FIELDS, block_of
from app.enquiries.models import Enquiry
from app.enquiries.rules import Source, fingerprint
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from tests.conftest import NOW
from tests.enquiries.make import (
    a_colleague,
    a_draft,
    a_reading,
    a_sponsor,
    a_submitted,
    accept,
    as_opened,
    fill_in,
    values,
)


async def save(session: AsyncSession, enquiry: Enquiry, by: Actor, form: Form, **given: Any) -> actions.Saved:
    block = block_of(next(iter([*form.typed, *form.seen, *form.confirm])))
    return await actions.save_block(session, enquiry.id, block, form, by=by, now=given.get("now", NOW))


async def refused(session: AsyncSession, by: Actor, enquiry: Enquiry, **typed: list[str]) -> dict[str, str]:
    with pytest.raises(Unacceptable) as refusal:
        await fill_in(session, enquiry, by, **typed)
    return refusal.value.by_field("en")


@pytest.fixture
async def by(session: AsyncSession) -> Actor:
    return await a_sponsor(session)


async def test_values_stand_in_the_table_of_their_tier_with_who_typed_them(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, product_code=["SB-101"], phase=["phase.2"], company_country=["日本"])
    found = await values(session, enquiry.id)
    assert {code: value.value for code, value in found.items()} == {
        "product_code": "SB-101", "phase": "phase.2", "company_country": "JP"
    }  # fmt: skip
    assert {value.source for value in found.values()} == {Source.TYPED} and found["phase"].updated_by == by.name


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "'; DROP TABLE enquiry; --", "\u202eesrever\u202c", "🧬" * 500, "\x07\x1b[31m\x7f", "x" * 50_000],
)  # fmt: skip
async def test_awkward_text_is_stored_as_it_was_typed(session: AsyncSession, by: Actor, words: str) -> None:
    enquiry = await a_draft(session, by, official_title=[words], product_code=[words])
    found = await values(session, enquiry.id)
    assert found["official_title"].value == found["product_code"].value == words


async def test_clearing_a_field_takes_its_value_away(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, questions=["Which hospitals?"])
    before = enquiry.version
    await fill_in(session, enquiry, by, questions=["  "])
    assert await values(session, enquiry.id) == {} and enquiry.version == before + 1
    await fill_in(session, enquiry, by, questions=[""])
    assert enquiry.version == before + 1, "nothing changed, nothing is counted as a change"


async def test_wrong_values_are_refused_together_and_nothing_is_saved(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by)
    errors = await refused(
        session, by, enquiry, participants_japan=["-5"], last_date_japan=["2027-02-30"], sites_wanted=["3"]
    )
    assert errors == {
        "participants_japan": "Enter a whole number, 0 or more. You typed “-5”.",
        "last_date_japan": ("Enter a day that exists, for example 2027-03-31 or 31 Mar 2027. You typed “2027-02-30”."),
    }
    assert await values(session, enquiry.id) == {}


async def test_ages_upside_down_are_refused_against_what_is_stored(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, minimum_age=["18"])
    assert await refused(session, by, enquiry, maximum_age=["8"]) == {
        "maximum_age": "Enter 18 or more. You typed 8, and the minimum age is 18."
    }
    await fill_in(session, enquiry, by, minimum_age=["6 months"], maximum_age=["8"])
    found = await values(session, enquiry.id)
    assert (found["minimum_age"].value, found["maximum_age"].value) == (0.5, 8)


async def test_a_disagreement_elsewhere_does_not_stop_other_fields(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, enrolment=["20"])
    assert set(await refused(session, by, enquiry, participants_japan=["40"])) == {"participants_japan"}
    await fill_in(session, enquiry, by, sites_wanted=["3"])
    assert (await values(session, enquiry.id))["sites_wanted"].value == 3


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("condition", "cond.lung_cancer", "cond.lung_cancer"),
        ("condition", "lung cancer", "cond.lung_cancer"),
        ("condition", "肺がん", "cond.lung_cancer"),
        ("condition", "Oncology", "area.oncology"),
        ("phase", "Phase 2", "phase.2"),
        ("company_country", "us", "US"),
        ("company_country", "country.US", "US"),
        ("company_country", "アメリカ合衆国", "US"),
    ],
)
async def test_a_word_that_names_one_thing_becomes_its_code(
    session: AsyncSession, by: Actor, field: str, typed: str, value: str
) -> None:
    enquiry = await a_draft(session, by, **{field: [typed]})
    assert (await values(session, enquiry.id))[field].value == value


async def test_lists_of_codes_keep_their_order_and_drop_repeats(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(
        session, by, countries=["Spain\nUnited States\r\nes"], needs=["fih.unit", "ct.apheresis"], dct=["dct.econsent"]
    )
    found = await values(session, enquiry.id)
    assert found["countries"].value == ["ES", "US"] and found["needs"].value == ["fih.unit", "ct.apheresis"]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("condition", "mysterious fatigue", "“mysterious fatigue” is not in our list."),
        ("condition", "phase.2", "“phase.2” is not in our list."),
        ("needs", "dct.econsent", "“dct.econsent” is not in our list."),
        ("needs", "site.beds_total", "“site.beds_total” is not in our list."),
        ("dct", "fih.unit", "“fih.unit” is not in our list."),
        ("company_country", "Atlantis", "“Atlantis” is not a country that we know."),
        ("countries", "Spain\nXX", "“XX” is not a country that we know."),
    ],
)
async def test_what_is_not_in_the_vocabulary_is_refused_and_named(
    session: AsyncSession, by: Actor, field: str, typed: str, words: str
) -> None:
    enquiry = await a_draft(session, by)
    assert (await refused(session, by, enquiry, **{field: [typed]}))[field].startswith(words)


async def test_confidential_fields_are_closed_until_the_terms_are_accepted(session: AsyncSession) -> None:
    newcomer = await a_sponsor(session, accepted=False)
    enquiry = await a_draft(session, newcomer, modality=["modality.antibody"], company_kind=["biotech"])
    errors = await refused(session, newcomer, enquiry, product_code=["SB-101"])
    assert errors["product_code"].startswith("Accept the confidentiality terms first")
    await fill_in(session, enquiry, newcomer, product_code=[" "])
    await accept(session, newcomer)
    await fill_in(session, enquiry, newcomer, product_code=["SB-101"])
    assert (await values(session, enquiry.id))["product_code"].value == "SB-101"


async def test_the_second_editor_of_a_field_is_told_and_keeps_what_they_typed(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, minimum_age=["18"])
    colleague = await a_colleague(session, by)
    opened = as_opened(await values(session, enquiry.id), "minimum_age", "maximum_age")
    await save(session, enquiry, by, Form({"minimum_age": ["20"], "maximum_age": [""]}, opened))
    mine = {"minimum_age": ["21"], "maximum_age": ["80"]}
    with pytest.raises(ChangedMeanwhile) as told:
        await save(session, enquiry, colleague, Form(mine, opened))
    stored = told.value.stored["minimum_age"]
    assert stored is not None and (stored.value, stored.updated_by) == (20, by.name)
    assert set(told.value.stored) == {"minimum_age"}
    assert "maximum_age" not in await values(session, enquiry.id)

    reopened = as_opened(await values(session, enquiry.id), "minimum_age", "maximum_age")
    await save(session, enquiry, colleague, Form(mine, reopened))
    found = await values(session, enquiry.id)
    assert (found["minimum_age"].value, found["maximum_age"].value) == (21, 80)


async def test_two_people_in_different_fields_both_keep_theirs(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, minimum_age=["18"], maximum_age=["65"])
    colleague = await a_colleague(session, by)
    opened = as_opened(await values(session, enquiry.id), "minimum_age", "maximum_age")
    first = await save(session, enquiry, by, Form({"minimum_age": ["20"], "maximum_age": ["65"]}, opened))
    second = await save(session, enquiry, colleague, Form({"minimum_age": ["18"], "maximum_age": ["80"]}, opened))
    found = await values(session, enquiry.id)
    assert (found["minimum_age"].value, found["maximum_age"].value) == (20, 80)
    assert not first.merged and second.merged and second.changed == ("maximum_age",)


async def test_two_people_who_type_the_same_do_not_quarrel(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by)
    opened = as_opened({}, "is_mrct")
    await save(session, enquiry, by, Form({"is_mrct": ["yes"]}, opened))
    await save(session, enquiry, await a_colleague(session, by), Form({"is_mrct": ["yes"]}, opened))
    assert (await values(session, enquiry.id))["is_mrct"].value == "yes"


async def test_a_value_cleared_meanwhile_is_told_too(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, questions=["One"])
    opened = as_opened(await values(session, enquiry.id), "questions")
    await save(session, enquiry, by, Form({"questions": [""]}, opened))
    with pytest.raises(ChangedMeanwhile) as told:
        await save(session, enquiry, await a_colleague(session, by), Form({"questions": ["Two"]}, opened))
    assert told.value.stored == {"questions": None}


async def test_a_day_that_has_gone_by_does_not_block_its_block(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by, last_date_japan=["2026-12-01"])
    opened = as_opened(await values(session, enquiry.id), "last_date_japan", "sites_wanted")
    later = NOW + timedelta(days=60)
    form = Form({"last_date_japan": ["2026-12-01"], "sites_wanted": ["3"]}, opened)
    await save(session, enquiry, by, form, now=later)
    assert (await values(session, enquiry.id))["sites_wanted"].value == 3
    with pytest.raises(Unacceptable):
        await save(session, enquiry, by, Form({"last_date_japan": ["2026-12-02"]}, opened), now=later)


async def test_imported_values_are_confirmed_one_by_one_or_changed(session: AsyncSession, by: Actor) -> None:
    enquiry = await actions.draft_from(session, await a_reading(session), by=by, now=NOW)
    found = await values(session, enquiry.id)
    assert found["phase"].waits and found["minimum_age"].as_read == "18 Years"
    confirm = {"phase": fingerprint("phase.2")}
    await save(session, enquiry, by, Form({"minimum_age": ["20"]}, as_opened(found, "minimum_age"), confirm))
    found = await values(session, enquiry.id)
    assert found["phase"].counts and found["phase"].source is Source.REGISTRY and found["phase"].confirmed_at == NOW
    assert found["minimum_age"].value == 20 and found["minimum_age"].source is Source.TYPED
    assert found["sex"].waits and not found["sex"].counts


async def test_saving_an_opened_imported_value_unchanged_stands_behind_it(session: AsyncSession, by: Actor) -> None:
    enquiry = await actions.draft_from(session, await a_reading(session), by=by, now=NOW)
    opened = as_opened(await values(session, enquiry.id), "sex")
    await save(session, enquiry, by, Form({"sex": ["all"]}, opened))
    assert (await values(session, enquiry.id))["sex"].counts


@pytest.mark.parametrize("shown", ["phase.3", None])
async def test_a_value_read_anew_is_looked_at_again(session: AsyncSession, by: Actor, shown: str | None) -> None:
    enquiry = await actions.draft_from(session, await a_reading(session), by=by, now=NOW)
    with pytest.raises(NothingToConfirm):
        await save(session, enquiry, by, Form(confirm={"phase": fingerprint(shown)}))
    with pytest.raises(NothingToConfirm):
        await save(session, enquiry, by, Form(confirm={"first_in_human": fingerprint(None)}))
    await save(session, enquiry, by, Form(confirm={"phase": fingerprint("phase.2")}))
    with pytest.raises(NothingToConfirm):
        await save(session, enquiry, by, Form(confirm={"phase": fingerprint("phase.2")}))


async def test_after_submission_empty_places_stay_open_and_given_values_fixed(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_submitted(session, by)
    await fill_in(session, enquiry, by, questions=["Which day suits you?"])
    assert (await values(session, enquiry.id))["questions"].counts
    with pytest.raises(AlreadySettled):
        await fill_in(session, enquiry, by, participants_japan=["41"])
    with pytest.raises(AlreadySettled):
        await fill_in(session, enquiry, by, questions=[""])


async def test_a_field_of_another_block_is_not_saved_with_this_one(session: AsyncSession, by: Actor) -> None:
    enquiry = await a_draft(session, by)
    form = Form({"questions": ["Here"], "product_code": ["elsewhere"], "nonsense": ["x"]})
    await actions.save_block(session, enquiry.id, block_of("questions"), form, by=by, now=NOW)
    assert set(await values(session, enquiry.id)) == {"questions"} and "nonsense" not in FIELDS
