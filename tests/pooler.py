"""A pgbouncer for tests, where the machine has one. No test here."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from tests.postgres import PostgresForTests, as_nobody, give_to_nobody

CONFIGURATION = """
[databases]
* = host={postgres} user=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = {directory}
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
"""


class Pooler(NamedTuple):
    directory: Path

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.directory}&port=6432"


@contextmanager
def running_pgbouncer(postgres: PostgresForTests) -> Iterator[Pooler]:
    """In transaction mode, with fewer connections than a server has. Skips the test where there is no pgbouncer."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no pgbouncer on this machine")
    directory = Path(tempfile.mkdtemp(prefix="customary-pgbouncer-"))
    try:
        configuration = directory / "pgbouncer.ini"
        configuration.write_text(CONFIGURATION.format(postgres=postgres.sockets, directory=directory))
        give_to_nobody(directory)
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen([program, configuration], stdout=log, stderr=log, **as_nobody())
        try:
            pooler = Pooler(directory)
            asyncio.run(_wait_until_it_answers(pooler.url("postgres"), directory / "log"))
            yield pooler
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(directory)


async def _wait_until_it_answers(url: str, log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            connection = await asyncpg.connect(url, statement_cache_size=0)
        except (OSError, asyncpg.PostgresError) as error:
            if time.monotonic() > until:
                raise RuntimeError(log.read_text()) from error
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return
