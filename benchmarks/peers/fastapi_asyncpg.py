"""FastAPI, SQLAlchemy and asyncpg on PostgreSQL as a peer: how the app is seeded, started and spoken to."""

import asyncio
import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import asyncpg
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks import postgres
from benchmarks.peers.fastapi_rows import COLUMNS, row_chunks
from benchmarks.peers.fastapi_sqlalchemy import NOTE, PACKAGES, SCOPES, TOKEN
from benchmarks.peers.fastapi_tables import Table
from benchmarks.processes import Beside
from benchmarks.targets import Launch, ServerTarget
from benchmarks.wire import STORE_ID, ContractWire


class FastApiAsyncpgTarget(ServerTarget):
    """One uvicorn worker; every write is one transaction, flushed to the disk."""

    note = NOTE
    name = "fastapi-asyncpg"
    title = "FastAPI + SQLAlchemy + asyncpg"

    def settings(self) -> Mapping[str, str]:
        return {
            "version": ", ".join(f"{package} {version(package)}" for package in (*PACKAGES, "asyncpg")),
            "durability": "one transaction an update, flushed at its commit",
            "concurrency": "one uvicorn worker (uvloop, httptools), a pool of 16 connections",
            "access": "the token is looked up in a table at every request, in the session of the request",
            "else": "an update locks the row that it reads; a part of a name has no index",
            "database": postgres.described(),
        }

    def missing(self) -> str | None:
        return postgres.lacking() or (None if find_spec("greenlet") else "the package greenlet is not installed")

    def fingerprint(self) -> str:
        return f"1 {postgres.package()} " + Path(__file__).with_name("fastapi_tables.py").read_text()

    def seed(self, directory: Path, count: int) -> None:
        postgres.initialise(directory)
        with postgres.running(directory):
            asyncio.run(fill(directory, count))
            postgres.settle_tables(postgres.address(directory))

    @contextmanager
    def beside(self, directory: Path) -> Iterator[Beside]:
        with postgres.running(directory) as database:
            yield database

    def launch(self, directory: Path, port: int) -> Launch:
        command = [sys.executable, "-m", "uvicorn", "benchmarks.peers.fastapi_asyncpg_app:app", "--port", str(port)]
        command += ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
        return Launch(command=command, environment={"BENCH_DATABASE": sqlalchemy_address(directory)})

    def wire(self, _directory: Path) -> ContractWire:
        return ContractWire(TOKEN)


def sqlalchemy_address(directory: Path) -> str:
    return postgres.address(directory).replace("postgresql:", "postgresql+asyncpg:")


async def fill(directory: Path, count: int) -> None:
    """The tables come from the app's own classes; the rows are written in bulk."""
    database = await asyncpg.connect(postgres.address(directory))
    for table in Table.metadata.sorted_tables:
        for made in (CreateTable(table), *map(CreateIndex, sorted(table.indexes, key=lambda index: str(index.name)))):
            await database.execute(str(made.compile(dialect=postgresql.dialect())))
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    await database.execute("INSERT INTO token (digest, store_id, scopes) VALUES ($1, $2, $3)", digest, STORE_ID, SCOPES)
    for chunk in row_chunks(count):
        for name, rows in chunk.items():
            await database.copy_records_to_table(name, columns=COLUMNS[name], records=map(tuple, rows))
    await database.execute("SELECT setval('customer_id_seq', $1)", count)
    await database.close()
