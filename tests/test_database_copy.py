"""``customary database copy`` as an operator runs it: real processes, one of them killed in the middle."""

import asyncio
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import apsw
import asyncpg
import pytest

from customary.sole_server import sole_server
from tests.conftest import BACKENDS
from tests.postgres import PostgresForTests
from tests.storage.made_up_rows import make_filled

COPY = [sys.executable, "-m", "customary", "database", "copy"]
ROWS = 2_500
ENOUGH = 8_000
"""Rows that were copied before the copy is killed; there are far more."""
SECONDS = 120


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COPY, *words], capture_output=True, text=True, timeout=SECONDS, check=False)


def copied_so_far(url: str) -> int:
    """As the unfinished copy itself says; 0 before it says anything."""
    question = "SELECT coalesce(sum(done), 0) FROM copy_progress"
    with suppress(apsw.Error, asyncpg.PostgresError):
        if url.startswith("sqlite"):
            connection = apsw.Connection(url.removeprefix("sqlite:///"), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                return int(connection.execute(question).get)
            finally:
                connection.close()
        return asyncio.run(_ask(url, question))
    return 0


async def _ask(url: str, question: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(question))
    finally:
        await connection.close()


@pytest.fixture
def source(tmp_path: Path, postgres: PostgresForTests) -> str:
    asyncio.run(make_filled(f"{tmp_path}/source.db", postgres.new_database("copy_schema"), ROWS))
    return f"sqlite:///{tmp_path}/source.db"


@pytest.mark.parametrize("kind", BACKENDS)
def test_a_copy_that_was_killed_goes_on(kind: str, source: str, tmp_path: Path, postgres: PostgresForTests) -> None:
    target = f"sqlite:///{tmp_path}/target.db" if kind == "sqlite" else postgres.new_database("copy_target")
    process = subprocess.Popen([*COPY, source, target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + SECONDS
    while copied_so_far(target) < ENOUGH:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.kill()
    process.wait()
    reached = copied_so_far(target)
    refused = subprocess.run(
        [*COPY[:3], "store", "list", "--database", target], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, "is an unfinished copy" in refused.stderr) == (2, True)
    result = run(source, target, "--json")
    assert result.returncode == 0, result.stderr
    tables = json.loads(result.stdout)
    assert {each["rows"] for each in tables} == {ROWS}
    assert ENOUGH <= reached < ROWS * len(tables), "it was killed in the middle"
    assert {len(each["checksum"]) for each in tables} == {32}
    assert "Comparing customer" in result.stderr


def test_a_source_that_is_served_is_refused(source: str, tmp_path: Path) -> None:
    with sole_server(Path(source.removeprefix("sqlite:///"))):
        result = run(source, f"sqlite:///{tmp_path}/target.db")
    assert (result.returncode, result.stdout) == (2, "")
    assert "Another server works on" in result.stderr
    assert not (tmp_path / "target.db").exists()


def test_there_must_be_something_to_copy(tmp_path: Path) -> None:
    result = run(f"sqlite:///{tmp_path}/none.db", f"sqlite:///{tmp_path}/target.db")
    assert (result.returncode, result.stdout) == (2, "")
    assert "There is no database at" in result.stderr
    assert not (tmp_path / "none.db").exists()
