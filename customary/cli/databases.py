"""``customary database``: what an operator does with a database as a whole."""

import asyncio
import sys
import time

from cyclopts import App

from customary.cli.copying import copy
from customary.cli.database import DEFAULT, Database, opened
from customary.errors import OperatorError
from customary.operations.retention import prune_history
from customary.storage import is_postgres

databases = App(name="database", help="The database as a whole: copy, shard, prune.")
databases.command(copy)


@databases.command
def shard(*, database: Database = DEFAULT) -> None:
    """Spread the tables of a PostgreSQL database over the nodes of its Citus cluster, each store on one node.

    Prints each statement before it is carried out. Again it does what is missing, for instance after an update of
    customary that brought new tables.
    """
    if not is_postgres(database):
        raise OperatorError("Only a PostgreSQL database with the Citus extension can be spread over several nodes")
    from customary.storage.postgres.sharding import shard as spread  # noqa: PLC0415 -- see open_storage

    asyncio.run(spread(database, _print))


def _print(statement: str) -> None:
    sys.stdout.write(f"{statement};\n")


@databases.command
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
