"""Spreads the tables over the nodes of a Citus cluster by store: all that belongs to one store lies on one node."""

from collections.abc import Callable

import asyncpg

from customary.errors import OperatorError
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.connections import name_of

OF_ALL_STORES = "installation"
"""The one table that belongs to no store: every node has a copy."""
OF_THE_INDEXES = "ending_words(bigint,text)"
"""The function that an index is made with."""
TABLES = """
SELECT c.relname, EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'store_id')
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname <> 'store', c.relname
"""


async def shard(url: str, say: Callable[[str], None]) -> None:
    """Tells each statement before it is carried out. Again does what is missing.

    Raises OperatorError where there is no Citus or there are no tables.
    """
    try:
        connection = await asyncpg.connect(url, statement_cache_size=0)
    except (asyncpg.PostgresError, OSError, ValueError) as error:
        raise OperatorError(f"The database {name_of(url)} can't be used: {error}") from error
    try:
        for statement in await _statements(connection, url):
            say(statement)
            await connection.execute(statement, timeout=86_400)
    except asyncpg.PostgresError as error:
        raise OperatorError(f"The tables could not be spread: {error}") from error
    finally:
        await connection.close()


async def _statements(connection: Connection, url: str) -> list[str]:
    if await connection.fetchval("SELECT to_regproc('create_distributed_table')") is None:
        raise OperatorError(f"There is no Citus in {name_of(url)}: CREATE EXTENSION citus first")
    tables = [(name, has_store) for name, has_store in await connection.fetch(TABLES)]
    if OF_ALL_STORES not in dict(tables):
        raise OperatorError(f"There are no tables in {name_of(url)}: 'customary store add' makes them")
    done = {name for (name,) in await connection.fetch("SELECT logicalrelid::regclass::text FROM pg_dist_partition")}
    of_every_node = [
        f"SELECT create_distributed_function('{OF_THE_INDEXES}')",
        f"SELECT create_reference_table('{OF_ALL_STORES}')",
    ]
    statements = [] if OF_ALL_STORES in done else of_every_node
    for name, has_store in tables:
        if has_store and name not in done:
            colocation = "" if name == "store" else ", colocate_with => 'store'"
            statements.append(f"SELECT create_distributed_table('{name}', 'store_id'{colocation})")
    return statements
