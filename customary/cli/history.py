"""``customary history``: how far the history of all records goes back."""

import asyncio
import sys
import time

from cyclopts import App

from customary.cli.database import DEFAULT, Database, opened
from customary.errors import OperatorError
from customary.operations.retention import prune_history

histories = App(name="history", help="The history of all records: prune.")


@histories.command
def prune(*, days: int, database: Database = DEFAULT) -> None:
    """Forget what was replaced more than so many days ago, also while a server runs.

    What there is now stays, and so do deletions. The room becomes free for new records; the file does not shrink.

    Parameters
    ----------
    days
        How far the history goes back afterwards; 0 forgets all of it.
    """
    if days < 0:
        raise OperatorError(f"days is {days}, but the least it can be is 0")
    count = asyncio.run(_prune(days, database))
    sys.stderr.write(f"Looked at {count} changes\n")


async def _prune(days: int, database: str) -> int:
    async with opened(database) as storage:
        return await prune_history(storage, days, int(time.time()))
