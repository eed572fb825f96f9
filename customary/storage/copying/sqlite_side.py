"""A SQLite file as a side of a copy."""

from collections.abc import Mapping, Sequence
from typing import Any

from customary.errors import OperatorError
from customary.storage.copying.progress import MARK_COLUMNS, OF_SOURCE, Progress
from customary.storage.copying.side import PAGE_BYTES, PAGE_ROWS, Key, Row, size
from customary.storage.copying.tables import MADE_ANEW, Pair, Table
from customary.storage.sqlite.connection import open_writer
from customary.storage.sqlite.sql import SQL
from customary.storage.sqlite.upkeep import INDEX_ROWS_BEHIND, INDEX_STEPS
from customary.storage.unfinished import MARK

CACHE_MIB = 256
LOG_PAGES = 8_000
"""The write-ahead log is folded into the database when it is so long: 32 MB."""


class SqliteSide:
    """Owns the file while it is open: its caller holds the lock of the one server."""

    def __init__(self, path: str) -> None:
        """Makes the file where there is none. Raises OperatorError."""
        self.name = path
        self._connection = open_writer(path, CACHE_MIB)
        self._connection.pragma("wal_autocheckpoint", LOG_PAGES)

    async def tables(self) -> Mapping[str, Table]:
        names = self._all("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        return {name: self._table(name) for (name,) in names if not name.startswith("sqlite_")}

    def _table(self, name: str) -> Table:
        columns = self._all("SELECT name, pk FROM pragma_table_info(?)", name)
        key = sorted((place, column) for column, place in columns if place)
        return Table(name, {column: "plain" for column, _ in columns}, tuple(column for _, column in key))

    async def count(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").get)

    async def read(self, table: Table, columns: Sequence[str], after: Key) -> tuple[list[Row], Key]:
        keys = ", ".join(table.key)
        beyond = f"WHERE ({keys}) > ({', '.join('?' * len(after))})" if after else ""
        sql = f"SELECT {keys}, {', '.join(columns)} FROM {table.name} {beyond} ORDER BY {keys} LIMIT {PAGE_ROWS}"
        rows: list[Row] = []
        total, last = 0, after
        for row in self._connection.execute(sql, tuple(after)):
            last = row[: len(table.key)]
            rows.append(row[len(table.key) :])
            total += size(row)
            if total >= PAGE_BYTES:
                break
        return rows, last

    async def progress(self) -> dict[str, Progress] | None:
        if not self._all(SQL["is_table"], MARK):
            return None
        return {name: Progress(last_key, done) for name, last_key, done in self._all(f"SELECT * FROM {MARK}")}

    async def begin(self, source: str, tables: Sequence[str]) -> None:
        with self._connection:
            self._connection.execute(f"CREATE TABLE {MARK} ({MARK_COLUMNS}) STRICT".replace("bigint", "INTEGER"))
            marks = [(OF_SOURCE, source, 0), *((name, "", 0) for name in tables)]
            self._connection.executemany(f"INSERT INTO {MARK} VALUES (?, ?, ?)", marks)

    async def write(self, pair: Pair, rows: list[Row], before: Progress, after: Progress) -> None:
        with self._connection:
            self._connection.executemany(_insertion(pair), rows)
            if pair.name == "customer":
                places = pair.columns.index("store_id"), pair.columns.index("id")
                keys = [(row[places[0]] << 32 | row[places[1]],) for row in rows]
                self._connection.executemany(SQL["mark_unindexed"], keys)
            self._connection.execute(
                f"UPDATE {MARK} SET last_key = ?, done = ? WHERE name = ? AND last_key = ?",
                (after.last_key, after.done, pair.name, before.last_key),
            )
            if self._connection.changes() != 1:
                raise OperatorError(f"Another copy into {self.name} goes on at the same time")

    async def unindexed(self) -> int:
        return int(self._connection.execute(SQL["count_unindexed"]).get)

    async def index_texts(self) -> None:
        with self._connection:
            for statement in INDEX_STEPS:
                self._connection.execute(SQL[statement], (INDEX_ROWS_BEHIND,))

    async def last_token_id(self) -> int:
        found = self._all("SELECT seq FROM sqlite_sequence WHERE name = 'token'")
        return int(found[0][0]) if found else 0

    async def set_last_token_id(self, token_id: int) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM sqlite_sequence WHERE name = 'token'")
            self._connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('token', ?)", (token_id,))

    async def finish(self) -> None:
        with self._connection:
            self._connection.execute(f"DROP TABLE {MARK}")

    async def close(self) -> None:
        self._connection.close()

    def _all(self, sql: str, *values: Any) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()


def _insertion(pair: Pair) -> str:
    """Values by position; a column that the source does not have is made from those."""
    places = {column: f"?{place}" for place, column in enumerate(pair.columns, 1)}
    made = {
        column: MADE_ANEW[pair.name, column].format(**places)
        for column in pair.target.kinds
        if column not in places and MADE_ANEW[pair.name, column]
    }
    columns = places | made
    return f"INSERT INTO {pair.name} ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
