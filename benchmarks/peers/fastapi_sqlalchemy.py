"""FastAPI, SQLAlchemy and SQLite as a peer: how the app is seeded, started and spoken to."""

import hashlib
import sqlite3
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.peers.fastapi_rows import COLUMNS, row_chunks
from benchmarks.peers.fastapi_tables import Table, engine_for
from benchmarks.targets import Launch, ServerTarget
from benchmarks.wire import STORE_ID, ContractWire

PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "uvicorn", "uvloop", "httptools")
TOKEN = "secret_" + "BenchmarkBenchmarkBenchmark12345"
SCOPES = "read_customers update_customers create_customers"
NOTE = """\
The FastAPI stack keeps no history of changes. It searches phone numbers in one indexed column, by the whole number."""


class FastApiTarget(ServerTarget):
    """One uvicorn worker; every write is one transaction, flushed to the disk."""

    note = NOTE
    name = "fastapi"
    title = "FastAPI + SQLAlchemy"

    def settings(self) -> Mapping[str, str]:
        return {
            "version": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
            "durability": "journal_mode=WAL, synchronous=FULL, one transaction an update",
            "concurrency": "one uvicorn worker (uvloop, httptools), a pool of 4 threads, a lock for writers",
            "access": "the token is looked up in a table at every request",
            "else": f"SQLite {sqlite3.sqlite_version} of Python's standard library; cache 32 MB a connection",
        }

    def fingerprint(self) -> str:
        return "1 " + Path(__file__).with_name("fastapi_tables.py").read_text()

    def seed(self, directory: Path, count: int) -> None:
        """The tables come from the app's own classes; the rows are written in bulk."""
        path = directory / "customers.db"
        engine = engine_for(str(path))
        Table.metadata.create_all(engine)
        engine.dispose()
        with sqlite3.connect(path) as database:
            digest = hashlib.sha256(TOKEN.encode()).hexdigest()
            database.execute(
                "INSERT INTO token (digest, store_id, scopes) VALUES (?, ?, ?)", (digest, STORE_ID, SCOPES)
            )
            insert_customers(database, count)
        database.execute("ANALYZE")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def launch(self, directory: Path, port: int) -> Launch:
        command = [sys.executable, "-m", "uvicorn", "benchmarks.peers.fastapi_app:app", "--port", str(port)]
        command += ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
        return Launch(command=command, environment={"BENCH_DATABASE": str(directory / "customers.db")})

    def wire(self, _directory: Path) -> ContractWire:
        return ContractWire(TOKEN)


def insert_customers(database: sqlite3.Connection, count: int) -> None:
    for chunk in row_chunks(count):
        for table, rows in chunk.items():
            insert(database, table, COLUMNS[table], [[_stored(value) for value in row] for row in rows])


def _stored(value: Any) -> Any:
    """As SQLAlchemy stores it."""
    return value.strftime("%Y-%m-%d %H:%M:%S.000000") if isinstance(value, datetime) else value


def insert(database: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    database.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
