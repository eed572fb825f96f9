"""A PostgreSQL database as a side of a copy."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from customary.errors import OperatorError
from customary.storage.copying.documents import as_written
from customary.storage.copying.progress import MARK_COLUMNS, OF_SOURCE, Progress
from customary.storage.copying.side import PAGE_BYTES, PAGE_ROWS, Key, Row, size
from customary.storage.copying.tables import Pair, Table
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.connections import Connections, name_of, open_connections
from customary.storage.postgres.schema import migrate
from customary.storage.unfinished import MARK

PATIENCE = 24 * 3600.0
"""Seconds that a count of a big table may take."""
KINDS = {"boolean": "boolean", "jsonb": "json"}
TABLES = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), array_position(i.indkey::int[], a.attnum::int)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, a.attnum
"""
TEXTS = (
    "name_key", "email_text", "phones", "cities", "postal_codes", "companies", "fiscal_code", "pec_email", "sdi_code"
)  # fmt: skip
"""What the text index holds of a customer, a line each."""

Change = Callable[[Any], Any]


class PostgresSide:
    """Opened with ``open_side``."""

    def __init__(self, name: str, connections: Connections) -> None:
        self.name = name
        self._connections = connections

    async def tables(self) -> Mapping[str, Table]:
        kinds: dict[str, dict[str, str]] = {}
        keys: dict[str, dict[int, str]] = {}
        for table, column, kind, place in await self._connections.ask(TABLES):
            kinds.setdefault(table, {})[column] = KINDS.get(kind, "plain")
            if place is not None:
                keys.setdefault(table, {})[place] = column
        return {name: Table(name, kinds[name], tuple(keys[name][n] for n in sorted(keys[name]))) for name in kinds}

    async def count(self, table: str) -> int:
        async with self._connections.snapshot() as connection:
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}", timeout=PATIENCE))

    async def read(self, table: Table, columns: Sequence[str], after: Key) -> tuple[list[Row], Key]:
        keys = ", ".join(table.key)
        beyond = f"WHERE ({keys}) > ({', '.join(f'${n + 1}' for n in range(len(after)))})" if after else ""
        sql = f"SELECT {keys}, {', '.join(columns)} FROM {table.name} {beyond} ORDER BY {keys} LIMIT {PAGE_ROWS}"
        as_in_sqlite = _as_in_sqlite(table, columns)
        rows: list[Row] = []
        total, last = 0, after
        async with self._connections.snapshot() as connection:
            async for record in connection.cursor(sql, *after, prefetch=200):
                row = tuple(record)
                last = row[: len(table.key)]
                rows.append(as_in_sqlite(row[len(table.key) :]))
                total += size(row)
                if total >= PAGE_BYTES:
                    break
        return rows, last

    async def progress(self) -> dict[str, Progress] | None:
        if not (await self._connections.row("is_table", MARK))[0]:
            return None
        found = await self._connections.ask(f"SELECT name, last_key, done FROM {MARK}")
        return {name: Progress(last_key, done) for name, last_key, done in found}

    async def begin(self, source: str, tables: Sequence[str]) -> None:
        marks = [(OF_SOURCE, source, 0), *((name, "", 0) for name in tables)]
        async with self._connections.transaction() as connection:
            await connection.execute(f"CREATE TABLE {MARK} ({MARK_COLUMNS})")
            await connection.executemany(f"INSERT INTO {MARK} (name, last_key, done) VALUES ($1, $2, $3)", marks)

    async def write(self, pair: Pair, rows: list[Row], before: Progress, after: Progress) -> None:
        async with self._connections.transaction() as connection:
            tag = await connection.execute(
                f"UPDATE {MARK} SET last_key = $1, done = $2 WHERE name = $3 AND last_key = $4",
                after.last_key,
                after.done,
                pair.name,
                before.last_key,
            )
            if tag != "UPDATE 1":
                raise OperatorError(f"Another copy into {self.name} goes on at the same time")
            await _add(connection, pair.name, pair.columns, _as_in_postgres(pair, rows))
            if pair.name == "customer":
                await _add(connection, "customer_text", ("store_id", "id", "lines"), _texts(pair.columns, rows))

    async def unindexed(self) -> int:
        return 0

    async def index_texts(self) -> None:
        """The index is written along with the customers."""

    async def last_token_id(self) -> int:
        return int((await self._connections.ask("SELECT last_token_id FROM installation"))[0][0])

    async def set_last_token_id(self, token_id: int) -> None:
        async with self._connections.transaction() as connection:
            await connection.execute("UPDATE installation SET last_token_id = $1", token_id)

    async def finish(self) -> None:
        """Also lets the planner know what the tables hold."""
        async with self._connections.transaction() as connection:
            await connection.execute(f"DROP TABLE {MARK}")
        async with self._connections.taken() as connection:
            await connection.execute("ANALYZE", timeout=PATIENCE)

    async def close(self) -> None:
        await self._connections.close()


async def open_side(url: str, *, create: bool) -> PostgresSide:
    """``create`` makes the tables in an empty database. Raises OperatorError."""
    connections = await open_connections(url, 1)
    try:
        await migrate(connections, url, create=create)
    except BaseException:
        await connections.close()
        raise
    return PostgresSide(name_of(url), connections)


async def _add(connection: Connection, table: str, columns: Sequence[str], rows: list[Row]) -> None:
    await connection.copy_records_to_table(table, records=rows, columns=list(columns), timeout=PATIENCE)


def _as_in_sqlite(table: Table, columns: Sequence[str]) -> Callable[[Row], Row]:
    booleans = [place for place, column in enumerate(columns) if table.kinds[column] == "boolean"]
    documents = [place for place, column in enumerate(columns) if table.kinds[column] == "json"]
    entity = columns.index("entity") if "entity" in columns else None

    def convert(row: Row) -> Row:
        values = list(row)
        for place in booleans:
            values[place] = None if values[place] is None else int(values[place])
        for place in documents:
            if values[place] is not None:
                values[place] = as_written(values[place], table.name, None if entity is None else row[entity])
        return tuple(values)

    return convert


def _as_in_postgres(pair: Pair, rows: list[Row]) -> list[Row]:
    booleans = [place for place, column in enumerate(pair.columns) if pair.target.kinds[column] == "boolean"]
    if not booleans:
        return rows
    converted = []
    for row in rows:
        values = list(row)
        for place in booleans:
            values[place] = None if values[place] is None else bool(values[place])
        converted.append(tuple(values))
    return converted


def _texts(columns: Sequence[str], rows: list[Row]) -> list[Row]:
    store_id, customer_id = columns.index("store_id"), columns.index("id")
    places = [columns.index(column) for column in TEXTS]
    return [(row[store_id], row[customer_id], "\n".join(row[place] for place in places)) for row in rows]
