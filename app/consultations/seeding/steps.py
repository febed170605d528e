"""What can happen to a fictional consultation: each step of the file is one action."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.actions import Decided
from app.consultations.models import Consultation
from app.consultations.rules.meeting import MeetingHeld, Mode
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import Ending, Stage, Waiting
from app.consultations.seeding.cast import Cast, the_actor
from app.enquiries import actions as enquiries
from app.enquiries.models import Enquiry
from app.ground.calendar import in_japan
from app.identity.rules import SERVICE
from app.matching.actions import run_match

Row = dict[str, str]
REPLY_WITHIN = timedelta(days=28)


@dataclass(frozen=True)
class Moment:
    """When and in which case a step is taken; `now` is the day on which the story is told."""

    session: AsyncSession
    cast: Cast
    case: Consultation
    at: datetime
    now: datetime

    @property
    def number(self) -> str:
        """The case's number."""
        return self.case.number


Step = Callable[[Moment, Row], Awaitable[object]]


async def accept(moment: Moment, row: Row) -> None:
    """The officer takes the case up."""
    await actions.accept(moment.session, moment.number, by=moment.cast.officer, now=moment.at)


async def meet(moment: Moment, row: Row) -> None:
    """The intake meeting is held; `what` says whether the sponsor approved what sites may read."""
    held = MeetingHeld(
        held_at=moment.at,
        mode=Mode.ONLINE,
        participants=moment.cast.officer.name,
        minutes_en=row["text_en"],
        minutes_ja=row["text_ja"],
        synopsis_approved=row["what"] == "approved",
    )
    await actions.record_intake_meeting(moment.session, moment.number, held, by=moment.cast.officer, now=moment.at)


async def release(moment: Moment, row: Row) -> None:
    """The officer matches and releases a list of fictional institutions."""
    chosen = [moment.cast.institutions[code] for code in row["what"].split("|")]
    await run_match(moment.session, moment.case.enquiry_id, by=moment.cast.officer, now=moment.at)
    await actions.release_list(moment.session, moment.number, chosen, by=moment.cast.officer, now=moment.at)


async def ask(moment: Moment, row: Row) -> None:
    """The officer asks institutions of the list."""
    asked = [moment.cast.institutions[code] for code in row["what"].split("|")]
    await actions.ask_sites(moment.session, moment.number, asked, by=moment.cast.officer, now=moment.at)


async def answer(moment: Moment, row: Row) -> None:
    """A fictional coordinator answers."""
    by = await moment.cast.coordinator(row["institution"])
    institution, note = moment.cast.institutions[row["institution"]], row["text_ja"]
    await actions.answer_request(
        moment.session, moment.number, institution, Answer(row["what"]), note, by=by, now=moment.at
    )


async def outcome(moment: Moment, row: Row) -> None:
    """The officer records what became of an asked institution."""
    what = Outcome(row["what"])
    reply_by = in_japan(moment.now + REPLY_WITHIN) if what is Outcome.ON_HOLD else None
    decided = Decided(what, row["text_en"], row["text_ja"], reply_by)
    institution = moment.cast.institutions[row["institution"]]
    await actions.record_outcome(
        moment.session, moment.number, institution, decided, by=moment.cast.officer, now=moment.at
    )


async def move(moment: Moment, row: Row) -> None:
    """The officer moves the case on."""
    to = Stage(int(row["what"]))
    await actions.move_on(moment.session, moment.number, to, by=moment.cast.officer, now=moment.at)


async def wait(moment: Moment, row: Row) -> None:
    """The case waits for somebody."""
    waits_for = Waiting(row["what"])
    await actions.wait(moment.session, moment.number, waits_for, by=moment.cast.officer, now=moment.at)


async def refer(moment: Moment, row: Row) -> None:
    """The sponsor is referred elsewhere."""
    await actions.refer(moment.session, moment.number, row["what"], by=moment.cast.officer, now=moment.at)


async def out_of_scope(moment: Moment, row: Row) -> None:
    """The case is out of scope."""
    reason = row["text_en"]
    await actions.declare_out_of_scope(moment.session, moment.number, reason, by=moment.cast.officer, now=moment.at)


async def withdraw(moment: Moment, row: Row) -> None:
    """The sponsor withdraws its enquiry, and the case ends with it."""
    enquiry = await moment.session.get_one(Enquiry, moment.case.enquiry_id)
    by = await the_actor(moment.session, enquiry.created_by_id)
    await enquiries.withdraw(moment.session, enquiry.id, by=by, now=moment.at)
    await actions.withdraw_consultation(moment.session, enquiry.id, by=SERVICE, now=moment.at)


async def close(moment: Moment, row: Row) -> None:
    """The officer closes the case."""
    ending, note = Ending(row["what"]), row["text_en"]
    await actions.close(moment.session, moment.number, ending, note, by=moment.cast.officer, now=moment.at)


STEPS: dict[str, Step] = {
    "accept": accept,
    "meet": meet,
    "list": release,
    "ask": ask,
    "answer": answer,
    "outcome": outcome,
    "move": move,
    "wait": wait,
    "refer": refer,
    "out_of_scope": out_of_scope,
    "withdraw": withdraw,
    "close": close,
}
