"""The rules that let the tables be spread over many machines by store, and let a pooler stand in between."""

import asyncio
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import customary
from customary.errors import DatabaseTooNew, OperatorError
from customary.storage import open_storage
from customary.storage.postgres.connections import open_connections
from customary.storage.postgres.endings import HAS_WORDS, words
from customary.storage.postgres.migrations import steps
from customary.storage.postgres.schema import migrate
from customary.storage.postgres.sharding import OF_ALL_STORES, shard
from customary.storage.postgres.sql import SQL
from customary.storage.sqlite.migrations.steps import STEPS as SQLITE_STEPS
from tests.postgres import PostgresForTests

INDEXES = """
SELECT t.relname, i.relname, x.indisprimary,
    ARRAY(SELECT a.attname FROM unnest(x.indkey) WITH ORDINALITY AS k (attnum, place)
          LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum ORDER BY k.place)::text[]
FROM pg_index AS x JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND x.indisunique
"""
FOREIGN_KEYS = """
SELECT c.conname,
    (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1])::text,
    (SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = c.confkey[1])::text
FROM pg_constraint AS c WHERE c.contype = 'f'
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
OTHERS = """
SELECT 'sequence ' || relname FROM pg_class WHERE relkind = 'S'
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc AS p
    WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'extension ' || extname FROM pg_extension
UNION ALL SELECT 'default ' || pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) ~ '\\('
"""
OF_NO_REQUEST = {
    "is_table",
    "is_sharded",
    "list_stores",
    "list_tokens",
    "new_token_id",
    "revoke_token",
    "list_unfinished_tickets",
    "find_old_ticket",
    "list_unpurged",
    "find_prunable",
    "delete_old_keyed_requests",
    "delete_old_keyed_results",
    "find_customers",  # its conditions are assembled, the store's among them
}
"""What the operator's commands and the background work ask: all stores, or the table that belongs to none."""


async def fetch(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


@pytest.fixture
def made(url: str, runner: asyncio.Runner) -> str:
    """The URL of a database with all tables."""

    async def make() -> None:
        await (await open_storage(url, create=True)).close()

    runner.run(make())
    return url


async def test_every_key_begins_with_the_store(made: str) -> None:
    indexes = [row for row in await fetch(made, INDEXES) if row[0] != OF_ALL_STORES]
    assert [row for row in indexes if row[3][0] != "store_id"] == []
    assert [row for row in indexes if None in row[3]] == []  # an expression
    with_primary_key = {table for table, _, primary, _ in indexes if primary}
    assert {table for (table,) in await fetch(made, TABLES)} == with_primary_key | {OF_ALL_STORES}
    assert [row for row in await fetch(made, FOREIGN_KEYS) if row[1:] != ("store_id", "store_id")] == []


async def test_there_is_nothing_that_a_sharded_database_does_not_take(made: str) -> None:
    assert {name for (name,) in await fetch(made, OTHERS)} == {
        "function ending_words(bigint,text)",  # which every node is given
        "extension plpgsql",
        "extension pg_trgm",
        "extension btree_gin",
    }


@pytest.mark.parametrize("name", sorted(SQL.keys() - OF_NO_REQUEST))
def test_a_statement_names_one_store(name: str) -> None:
    """In every table that it reads or writes."""
    statement = re.sub(r"\s+", " ", SQL[name])
    assert re.search(r"store_id = \$\d|\(store_id[^)]*\) (VALUES|SELECT) ", statement)


def test_no_connection_keeps_a_state() -> None:
    """A pooler gives each transaction another one."""
    folder = Path(customary.__file__).parent / "storage" / "postgres"
    for path in [*folder.rglob("*.py"), *folder.rglob("*.sql")]:
        text = path.read_text("utf-8")
        assert not re.search(r"pg_advisory|\bLISTEN [a-z]|\bnextval\b|\bPREPARE\b|\bTEMP\b|\bCURSOR\b", text), path
        assert not re.search(r'"SET (?!LOCAL)', text), path


async def test_every_statement_is_understood(made: str) -> None:
    """Also those that no test gets at."""
    connection = await asyncpg.connect(made)
    for name, statement in SQL.items():
        if not statement.endswith(("FROM customer", "WHERE")):
            assert await connection.prepare(statement), name
    await connection.close()


def test_the_steps_have_the_numbers_of_sqlite() -> None:
    assert len(steps.STEPS) == len(SQLITE_STEPS)


async def test_a_newer_schema_is_left_alone(made: str) -> None:
    await fetch(made, "UPDATE installation SET schema_step = 9999 RETURNING 1")
    try:
        with pytest.raises(DatabaseTooNew, match="The database has schema 9999"):
            await open_storage(made, create=True)
    finally:
        await fetch(made, f"UPDATE installation SET schema_step = {len(steps.STEPS)} RETURNING 1")


async def test_a_database_without_tables_is_not_filled_unasked(postgres: PostgresForTests) -> None:
    url = await asyncio.to_thread(postgres.new_database, "bare")
    with pytest.raises(OperatorError, match="There are no tables in"):
        await open_storage(url)
    assert await fetch(url, TABLES) == []


@pytest.mark.parametrize(
    "url", ["postgresql://jo:secret@127.0.0.1:1/shop", "postgresql://jo:secret@no-such-host.invalid/shop"]
)
async def test_a_database_that_is_not_there_is_named_without_its_password(url: str) -> None:
    with pytest.raises(
        OperatorError, match=r"The database (127.0.0.1|no-such-host.invalid)/shop can't be used"
    ) as told:
        await open_storage(url)
    assert "secret" not in str(told.value)


STAND_IN = """
CREATE TABLE IF NOT EXISTS pg_dist_partition (logicalrelid regclass);
CREATE OR REPLACE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS
'INSERT INTO public.pg_dist_partition VALUES (t)';
CREATE OR REPLACE FUNCTION create_distributed_function(f regprocedure) RETURNS void LANGUAGE sql AS 'SELECT NULL';
CREATE OR REPLACE FUNCTION create_distributed_table(t regclass, c text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE sql AS 'INSERT INTO public.pg_dist_partition VALUES (t)';
"""
"""Citus is not here: its functions, which do no more than note the tables."""


async def test_sharding_takes_every_table_once(postgres: PostgresForTests) -> None:
    url = await asyncio.to_thread(postgres.new_database, "sharded")
    said: list[str] = []
    with pytest.raises(OperatorError, match="There is no Citus in"):
        await shard(url, said.append)
    connection = await asyncpg.connect(url)
    await connection.execute(STAND_IN)
    with pytest.raises(OperatorError, match="There are no tables in"):
        await shard(url, said.append)
    await (await open_storage(url, create=True)).close()
    await shard(url, said.append)
    assert said[:3] == [
        "SELECT create_distributed_function('ending_words(bigint,text)')",
        "SELECT create_reference_table('installation')",
        "SELECT create_distributed_table('store', 'store_id')",
    ]
    assert "SELECT create_distributed_table('customer', 'store_id', colocate_with => 'store')" in said
    tables = {table for (table,) in await fetch(url, TABLES)} - {"pg_dist_partition"}
    assert len(said) == 1 + len(tables)
    again: list[str] = []
    await shard(url, again.append)
    assert again == []
    await connection.close()


OLD_ROWS = """
INSERT INTO store (store_id, name, url, timezone, languages, default_language, created)
VALUES (7, 'Shop', '', 'UTC', '["en"]', 'en', 0);
INSERT INTO customer (store_id, id, version, registered, updated, email_key, name_key, customer_group_id, email_text,
    phones, cities, postal_codes, companies, states, countries, fiscal_code, pec_email, sdi_code, lang,
    accept_marketing, tax_exempt, b2b_b2c, document)
SELECT 7, number, number + 100, 0, number, 'e' || number, 'jo smith', number % 3, '', '', '', '', '', '', '', '', '',
    '', 'en', true, false, 'b2c', '{}' FROM generate_series(1, 100) AS number;
INSERT INTO customer_text (store_id, id, lines)
SELECT 7, number, E'jo smith\\nx@example.com\\n+1555' || number FROM generate_series(1, 100) AS number;
INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous)
SELECT 7, number, 'customer', 1 + (number - 1) % 100, 'updated', 0, 1, 'r', 0 FROM generate_series(1, 200) AS number;
"""
"""Of step 11: each customer has two changes."""


async def test_searches_of_an_older_database_are_given_their_indexes(postgres: PostgresForTests) -> None:
    url = await asyncio.to_thread(postgres.new_database, "older")
    connections = await open_connections(url, 2)
    try:
        await migrate(connections, url, create=True, steps=steps.STEPS[:11])
        async with connections.taken() as connection:
            await connection.execute(OLD_ROWS)
        await migrate(connections, url, create=False)
        of_group = await connections.ask(
            "SELECT seq, entity_id FROM change WHERE store_id = 7 AND group_id = 1 ORDER BY seq"
        )
        assert [tuple(row) for row in of_group] == [
            (number + 100, number) for number in range(1, 101) if number % 3 == 1
        ]
        found = await connections.ask(
            f"SELECT id FROM customer_text WHERE store_id = 7 AND {HAS_WORDS}".replace("?", "$1"), words(7, "+155542")
        )
        assert [row[0] for row in found] == [42]
    finally:
        await connections.close()
