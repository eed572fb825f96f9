"""``customary database``: what an operator does with a database as a whole."""

import asyncio
import sys

from cyclopts import App

from customary.cli.database import DEFAULT, Database
from customary.errors import OperatorError
from customary.storage import is_postgres

databases = App(name="database", help="The database as a whole: shard.")


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
