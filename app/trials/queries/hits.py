"""What a search means in SQL: conditions on the index of heads and on that of all words."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, not_, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.trials.models import TrialChoice, TrialHead, TrialSearch
from app.trials.queries.asking import Search
from app.trials.queries.vocabulary import labels_lately
from app.trials.rules.searching.asking import Asked, asked
from app.trials.rules.searching.documents import OVERLONG, filters_of

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Hits:
    """A search, and what its words ask for; `none`: nothing can be found, for a choice is one that no trial has."""

    search: Search
    asked: Asked
    choices: tuple[int, ...] = ()
    none: bool = False

    @property
    def everything(self) -> bool:
        """Whether nothing is asked for, so that every trial is a hit."""
        return not self.asked.clauses and not self.choices and not self.none

    @property
    def words(self) -> str:
        """The words asked for, as a tsquery; "" where there are none."""
        return "&".join(clause.words for clause in self.asked.clauses)

    def in_head(self) -> list[Condition]:
        """Return the conditions on a row of TrialHead."""
        given: list[Condition] = [TrialHead.head.bool_op("@@")(cast(self._with_choices(self.words), TSQUERY))]
        return given + [_holds(TrialHead.titled, clause.text) for clause in self.asked.clauses if clause.text]

    def in_body(self) -> list[Condition]:
        """Return the conditions on a row of TrialSearch."""
        clauses = self.asked.clauses
        # Where a document has too many words, its text decides on what may be missing in the index.
        words = "&".join(f"({one.words}|'{OVERLONG}')" if one.always else one.words for one in clauses)
        given: list[Condition] = [TrialSearch.body.bool_op("@@")(cast(self._with_choices(words), TSQUERY))]
        given += [_holds(TrialSearch.said, one.text) for one in clauses if one.text]
        given += [
            or_(not_(TrialSearch.overlong), _holds(TrialSearch.said, one.always))
            for one in clauses
            if one.always and not one.text
        ]
        return given

    def all(self) -> Select[UUID, date | None]:
        """Return the select of all hits with their days, in no order."""
        if self.asked.clauses and self.search.within:
            return select(TrialHead.trial_id, TrialHead.registered_on).where(*self.in_head())
        wanted = select(TrialSearch.trial_id, TrialSearch.registered_on)
        if self.asked.clauses:
            return wanted.where(*self.in_body())
        return wanted.where(TrialSearch.choices.contains(list(self.choices))) if self.choices else wanted

    def _with_choices(self, words: str) -> str:
        codes = {name: (code,) for name, code in self.search.choices.items()}
        return "&".join((words, *(f"'f:{one}'" for one in filters_of(codes))))


def _holds(text: InstrumentedAttribute[str], part: str) -> Condition:
    return func.strpos(text, part) > 0


async def hits_of(session: AsyncSession, search: Search) -> Hits:
    """Return what a search means; one query where choices are set, one more once a minute."""
    understood = asked(search.q, await labels_lately(session)) if search.q else Asked()
    if understood.hopeless:
        return Hits(search, understood, none=True)
    choices = search.choices
    if not choices:
        return Hits(search, understood)
    wanted = select(TrialChoice.field, TrialChoice.code, TrialChoice.id).where(TrialChoice.code.in_(choices.values()))
    found = [key for name, code, key in await session.execute(wanted) if choices.get(name) == code]
    return Hits(search, understood, tuple(found), none=len(found) < len(choices))
