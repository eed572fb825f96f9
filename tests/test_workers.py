"""Several workers on one database: nothing is lost under load, when one is killed, when all are stopped."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvloop

from customary.testing import server_in_thread
from customary.workers import MOST_RESTARTS
from tests.load_client import ServerProcess, make_store
from tests.postgres import PostgresForTests
from tests.test_durability import Load, Log, load_and_signal, load_beside_commands
from tests.test_postgres_under_load import Load as LoadOnPostgres
from tests.test_postgres_under_load import check, load_for, prepare

PATIENCE = 20.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """Two workers on SQLite, and a store."""
    server = ServerProcess(tmp_path, "--workers", "2")
    asyncio.run(make_store(server.database))
    server.start()
    yield server
    server.clean_up()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


def processes_of(load: Load) -> set[str]:
    """Those that have answered: their request ids begin with a name of their own."""
    return {request_id.partition("-")[0] for request_id in load.answered}


def wait_for_workers(server: ServerProcess, gone: int) -> None:
    """Until there are two again, and the one that was killed is none of them, and they answer."""
    until = time.monotonic() + PATIENCE
    while len(server.workers) < 2 or gone in server.workers:
        assert time.monotonic() < until
        time.sleep(0.02)
    answered: set[str] = set()
    while len(answered) < 2:
        assert time.monotonic() < until
        answer = httpx.get(f"{server.base_url}/health/live", timeout=PATIENCE)
        answered.add(answer.headers["x-request-id"].partition("-")[0])


def test_64_clients_on_two_workers(server: ServerProcess, runner: asyncio.Runner) -> None:
    """While an operator's commands work on the database as well."""
    load = Load(server)
    runner.run(load.prepare())
    runner.run(load_beside_commands(load))
    assert set(load.statuses) == {200}
    assert not load.unanswered
    assert not load.torn
    assert len(processes_of(load)) == 2
    Log(server.database).check(load)
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")
    Log(server.database).check(load)


def test_a_worker_that_is_killed_under_load_loses_nothing(server: ServerProcess, runner: asyncio.Runner) -> None:
    load = Load(server)
    log = Log(server.database)
    runner.run(load.prepare())
    dice = random.Random(7)

    async def load_and_kill() -> int:
        running = asyncio.ensure_future(load.run(2))
        await asyncio.sleep(dice.uniform(0.5, 1.5))
        killed = dice.choice(server.workers)
        os.kill(killed, signal.SIGKILL)
        await running
        return killed

    for _ in range(MOST_RESTARTS - 1):
        wait_for_workers(server, runner.run(load_and_kill()))
        log.check(load)
    assert load.unanswered  # by those that were killed
    before = len(processes_of(load))
    runner.run(load.run(1))
    assert len(processes_of(load)) > before  # the last one that was started
    log.check(load)
    assert set(load.statuses) == {200}
    assert not load.torn
    server.signal(signal.SIGTERM)
    code, errors = server.ended()
    assert (code, errors.count("started again")) == (0, MOST_RESTARTS - 1)


def test_sigterm_under_load_answers_what_was_sent(server: ServerProcess, runner: asyncio.Runner) -> None:
    load = Load(server)
    runner.run(load.prepare())
    runner.run(load_and_signal(load, 1.5, signal.SIGTERM))
    assert server.ended() == (0, "")
    assert set(load.statuses) <= {200, 503}
    assert load.unanswered.keys() <= {"sent after the signal, closed"}
    assert len(processes_of(load)) == 2
    Log(server.database).check(load)


def test_workers_that_die_again_and_again_end_the_server(server: ServerProcess) -> None:
    for _ in range(MOST_RESTARTS):
        killed = server.workers[-1]
        os.kill(killed, signal.SIGKILL)
        wait_for_workers(server, killed)
    os.kill(server.workers[-1], signal.SIGKILL)
    code, errors = server.ended()
    assert code == 1
    assert "workers end again and again" in errors
    assert server.workers == []


def test_a_worker_that_is_killed_before_it_has_its_settings_is_started_again(server: ServerProcess) -> None:
    known = set(server.workers)
    os.kill(server.workers[0], signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    for _ in range(MOST_RESTARTS - 2):
        while not (new := set(server.workers) - known):
            assert time.monotonic() < until
        for each in new:
            os.kill(each, signal.SIGKILL)
        known |= new
    wait_for_workers(server, max(known))
    server.signal(signal.SIGTERM)
    assert server.ended()[0] == 0


def test_workers_end_with_their_parent_and_nobody_works_on_their_database_before(server: ServerProcess) -> None:
    workers = server.workers
    os.kill(workers[0], signal.SIGSTOP)
    server.signal(signal.SIGKILL)
    server.ended()
    with pytest.raises(AssertionError, match="Another server works on"):
        server.start()
    assert server.ended()[0] == 2
    os.kill(workers[0], signal.SIGCONT)
    until = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.02)
    server.start()
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")


def test_what_can_not_start_says_so_once(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, "--workers", "3")
    server.database.write_text("no database at all, but a text that is long enough to be taken for one" * 20)
    with pytest.raises(AssertionError):
        server.start()
    code, errors = server.ended()
    assert (code, errors.count("customary: ")) == (2, 1)
    assert "can't be used" in errors


def test_a_port_that_is_taken(server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = ServerProcess(tmp_path / "other", "--workers", "2", port=int(server.base_url.rpartition(":")[2]))
    with pytest.raises(AssertionError, match="taken by another program"):
        other.start()
    assert other.ended()[0] == 2


def test_two_workers_on_postgres(tmp_path: Path, postgres: PostgresForTests, runner: asyncio.Runner) -> None:
    url = postgres.new_database("workers")
    with server_in_thread(url) as beside:
        server = ServerProcess(tmp_path, "--workers", "2", url=url)
        try:
            prepare(beside)
            server.start()
            load = LoadOnPostgres([beside])
            load.servers = [server]  # type: ignore[list-item]  # it has what the load needs
            runner.run(load_for(load, 3))
            assert set(load.statuses) == {200}
            assert len({request_id.partition("-")[0] for request_id in load.answered}) == 2
            load.servers = [beside]
            check(load)
            server.signal(signal.SIGTERM)
            assert server.ended() == (0, "")
        finally:
            server.clean_up()
