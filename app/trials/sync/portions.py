"""The portions of a run, whatever it is: a sync, one record, or a file."""

from collections.abc import AsyncGenerator, Callable

from app.settings import Settings
from app.trials.models import RunKind, Source
from app.trials.sync.ctgov import ClinicalTrialsGov
from app.trials.sync.files import portions_of_file
from app.trials.sync.jrct import Jrct
from app.trials.sync.registry import Portion, Registry, Transaction
from app.trials.sync.storing import Doing

# Every source that can be asked. WHO's platform gives files only.
REGISTRIES: dict[Source, Callable[[Transaction, Settings], Registry]] = {
    Source.JRCT: Jrct,
    Source.CTGOV: ClinicalTrialsGov,
}


async def portions_of(transaction: Transaction, settings: Settings, doing: Doing) -> AsyncGenerator[Portion, None]:
    """Yield what a run is to store, from its cursor on. Raises every RegistryRefusal."""
    if doing.kind is RunKind.FILE:
        async for portion in portions_of_file(transaction, doing.id, doing.cursor):
            yield portion
        return
    if doing.source is None:
        raise ValueError("only a file has no source")
    registry = REGISTRIES[doing.source](transaction, settings)
    if doing.number is not None:
        entry = await registry.record(doing.number, english=bool(doing.cursor.get("english")))
        yield Portion({}, (entry,), passed=1, expected=1, finished=True)
        return
    async for portion in registry.changes(doing.cursor):
        yield portion
