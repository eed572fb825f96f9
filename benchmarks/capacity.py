"""What one customer and one update cost, on SQLite and on PostgreSQL: the figures that docs/capacity.md reckons with.

``python -m benchmarks.capacity --stores 1000 --customers 200 --seconds 20``; needs wrk and the packages for tests.
"""

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import apsw
import asyncpg
from rich.console import Console
from rich.table import Table

from benchmarks import population
from benchmarks.load import Figure, put_under_load
from benchmarks.own import binary, run_customary
from benchmarks.processes import HOST, TICKS_PER_SECOND, Server, child, free_port, wait_until_ready
from benchmarks.seeding import fill_store
from benchmarks.wire import Request, encoded
from benchmarks.workloads import Cell
from customary.model.keys import token_digest
from customary.model.store import Store, Token
from customary.storage.sqlite.database import SqliteStorage
from tests.postgres import PostgresForTests, running_postgres

SAMPLE = 40_000
"""Requests that are made ready and sent in turn."""
CONNECTIONS = 32
POSTGRES = {"shared_buffers": "2GB", "max_wal_size": "16GB", "checkpoint_timeout": "30min"}
"""No checkpoint while it is measured, but one right before."""
CHUNK = 5_000


class Database(Protocol):
    """What is asked of either kind."""

    url: str

    def sizes(self) -> dict[str, int]:
        """Table → bytes with its indexes."""
        ...

    def settle(self) -> None:
        """Brings what is written to its place, so that what follows is not charged for it."""
        ...

    def log_bytes(self) -> tuple[int, int]:
        """Of the write-ahead log so far, and the whole pages in it."""
        ...

    def cpu_seconds(self) -> float:
        """Of a process of its own."""
        ...


class SqliteDatabase:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def sizes(self) -> dict[str, int]:
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
        question = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
        found: dict[str, int] = dict(connection.execute(question).fetchall())
        connection.close()
        return found

    def settle(self) -> None:
        os.sync()

    def log_bytes(self) -> tuple[int, int]:
        """It is part of what the server writes."""
        return 0, 0

    def cpu_seconds(self) -> float:
        return 0.0


class PostgresDatabase:
    def __init__(self, postgres: PostgresForTests, name: str) -> None:
        self._postgres = postgres
        self.url = postgres.new_database(name)

    def sizes(self) -> dict[str, int]:
        question = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(self._ask(question))

    def settle(self) -> None:
        self._postgres.execute("CHECKPOINT")
        os.sync()

    def log_bytes(self) -> tuple[int, int]:
        row = self._ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn, wal_fpi FROM pg_stat_wal")[0]
        return int(row[0]), int(row[1])

    def cpu_seconds(self) -> float:
        """Of the postmaster, its processes, and those that have ended."""
        postmaster = self._postgres.pid
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                number, _, rest = entry.read_text().partition(" (")
            except OSError:
                continue
            fields = rest.rpartition(")")[2].split()
            if int(number) == postmaster:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                ticks += sum(map(int, fields[11:13]))
        return ticks / TICKS_PER_SECOND

    def _ask(self, question: str) -> Any:
        async def ask() -> Any:
            connection = await asyncpg.connect(self.url)
            try:
                return await connection.fetch(question)
            finally:
                await connection.close()

        return asyncio.run(ask())


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A store and its token."""

    id: int
    token: str


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What was measured of one database: bytes, and microseconds of processor time."""

    title: str
    customer: float
    change: float
    log: float
    pages: float
    written: float
    server: float
    database: float
    figure: Figure


def main(arguments: list[str] | None = None) -> int:
    flags = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    flags.add_argument("--stores", type=int, default=1000)
    flags.add_argument("--customers", type=int, default=200, help="of each store")
    flags.add_argument("--seconds", type=int, default=20)
    flags.add_argument("--connections", type=int, default=CONNECTIONS)
    flags.add_argument("--wal-compression", default="off", help="of PostgreSQL")
    options = flags.parse_args(arguments)
    with TemporaryDirectory(prefix="customary-capacity-") as place:
        sqlite = SqliteDatabase(Path(place, "customers.db"))
        shops = seed(sqlite, options.stores, options.customers)
        requests = Path(place, "requests")
        write_updates(requests, shops, options.customers)
        with running_postgres(POSTGRES | {"wal_compression": options.wal_compression}) as server:
            postgres = PostgresDatabase(server, "capacity")
            run_customary("database", "copy", sqlite.url, postgres.url)
            databases = {"SQLite": sqlite, "PostgreSQL": postgres}
            found = [measured(title, each, requests, options) for title, each in databases.items()]
    show(found)
    return 0


def seed(database: SqliteDatabase, stores: int, customers: int) -> list[Shop]:
    shops = [Shop(id=store_id, token=f"secret_{store_id:032}") for store_id in range(1, stores + 1)]

    async def fill() -> None:
        storage = SqliteStorage(str(database.path), works_per_commit=CHUNK, cache_mib=512)
        for shop in shops:
            await storage.add_store(Store(id=shop.id, name=f"Shop {shop.id}", created=1))
            digest = token_digest(shop.token)
            scopes = frozenset({"update_customers"})
            token = Token(id=0, store_id=shop.id, digest=digest, public=False, label="", scopes=scopes, created=1)
            await storage.add_token(token)
            await fill_store(storage, shop.id, customers)
        while storage.behind:
            await asyncio.sleep(0.1)
        await storage.close()

    asyncio.run(fill())
    return shops


def write_updates(path: Path, shops: list[Shop], customers: int) -> None:
    """Whole requests, each for a random customer of a random store, each after a line with its length."""
    dice = random.Random(1)
    with path.open("wb") as file:
        for _ in range(SAMPLE):
            shop, i = dice.choice(shops), dice.randint(1, customers)
            body = encoded(population.customer(i))
            head = (
                f"PUT /api/v3/{shop.id}/customers/{i} HTTP/1.1\r\nHost: {HOST}\r\n"
                f"Authorization: Bearer {shop.token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            ).encode()
            file.write(b"%d\n" % len(head + body) + head + body)


def measured(title: str, database: Database, requests: Path, options: argparse.Namespace) -> Costs:
    customers = options.stores * options.customers
    before = database.sizes()
    of_customers = sum(size for table, size in before.items() if table.startswith("customer"))
    with serving(database.url, requests.parent) as server:
        cell = Cell(workload="update", connections=options.connections, customers=customers)
        put_under_load(server, requests, cell, target=title, turn=0, seconds=2, first=0)
        database.settle()
        sizes, (log, pages) = database.sizes(), database.log_bytes()
        written, seconds = bytes_written(server.process.pid), database.cpu_seconds()
        figure = put_under_load(
            server, requests, cell, target=title, turn=1, seconds=options.seconds, first=SAMPLE // 2
        )
        spent = database.cpu_seconds() - seconds
        now = database.log_bytes()
        written = bytes_written(server.process.pid) - written
    updates = figure.requests
    if figure.errors:
        sys.stderr.write(f"{title}: {figure.errors} requests failed\n")
    return Costs(
        title=title,
        customer=of_customers / customers,
        change=(database.sizes()["change"] - sizes["change"]) / updates,
        log=(now[0] - log) / updates,
        pages=(now[1] - pages) / updates,
        written=written / updates,
        server=figure.server_cpu / figure.rate * 1e6,
        database=spent / updates * 1e6,
        figure=figure,
    )


@contextmanager
def serving(url: str, place: Path) -> Iterator[Server]:
    port, log = free_port(), place / "server.log"
    command = [str(binary()), "serve", "--database", url, "--port", str(port), "--database-connections", "20"]
    with child(command, {}, log) as process:
        server = Server(port=port, headers={}, process=process)
        wait_until_ready(server, Request(method="GET", path="/health/ready"), log)
        yield server


def bytes_written(pid: int) -> int:
    """What the process has had the disk store."""
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    return 0


def show(found: list[Costs]) -> None:
    table = Table("", *(each.title for each in found))
    rows = {
        "updates/s": [f"{each.figure.rate:,.0f}" for each in found],
        "updates measured": [f"{each.figure.requests:,}" for each in found],
        "99th percentile, ms": [f"{each.figure.p99:.1f}" for each in found],
        "bytes a customer, indexes included": [f"{each.customer:,.0f}" for each in found],
        "bytes a change": [f"{each.change:,.0f}" for each in found],
        "bytes of WAL an update": [f"{each.log:,.0f}" for each in found],
        "whole pages in it": [f"{each.pages:.2f}" for each in found],
        "bytes that the server wrote an update": [f"{each.written:,.0f}" for each in found],
        "µs of server an update": [f"{each.server:,.0f}" for each in found],
        "µs of database an update": [f"{each.database:,.0f}" for each in found],
        "cores busy with other things": [f"{each.figure.other_cpu:.2f}" for each in found],
    }
    for name, values in rows.items():
        table.add_row(name, *values)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
