"""What one worker does, the others know: batches, changes that are waited for, revoked tokens, keys. Real processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import apsw
import httpx
import pytest

from tests.load_client import STORE, TOKEN, ServerProcess, make_store

HEADERS = {"authorization": f"Bearer {TOKEN}"}
PATIENCE = 30.0
MANY = 16
"""So many connections hardly ever go to one worker all."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path, "--workers", "2")
    asyncio.run(make_store(server.database))
    server.start()
    yield server
    server.clean_up()


def call(server: ServerProcess, method: str, path: str, **options: Any) -> httpx.Response:
    """Over a connection of its own, so that any worker may answer. ``path`` is below the root."""
    headers = HEADERS | options.pop("headers", {})
    return httpx.request(method, f"{server.base_url}{path}", headers=headers, timeout=PATIENCE, **options)


def api(path: str) -> str:
    return f"/api/v3/{STORE}{path}"


def processes_of(answers: list[httpx.Response]) -> set[str]:
    return {answer.headers["x-request-id"].partition("-")[0] for answer in answers}


def runner_of(server: ServerProcess, ticket: str) -> str | None:
    connection = apsw.Connection(str(server.database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        runner: str | None = connection.execute("SELECT runner FROM ticket WHERE ticket = ?", (ticket,)).get
        return runner
    finally:
        connection.close()


def add_batch(server: ServerProcess, size: int) -> str:
    requests = [
        {"id": str(number), "path": "/customers", "method": "POST", "body": {"email": f"{number}@example.com"}}
        for number in range(size)
    ]
    ticket: str = call(server, "POST", api("/batch"), json=requests).raise_for_status().json()["ticket"]
    return ticket


def wait_for_batch(server: ServerProcess, ticket: str, completed: int, asked: list[httpx.Response]) -> Any:
    until = time.monotonic() + PATIENCE
    while True:
        asked.append(call(server, "GET", api("/batch"), params={"ticket": ticket}).raise_for_status())
        if (batch := asked[-1].json())["completedRequests"] >= completed:
            return batch
        assert time.monotonic() < until, batch["status"]


def check_batch(server: ServerProcess, batch: Any, size: int) -> None:
    """Every request was carried out, once."""
    assert [response["id"] for response in batch["responses"]] == [str(number) for number in range(size)]
    assert {response["httpStatusCode"] for response in batch["responses"]} == {200}
    assert len({response["httpBody"]["id"] for response in batch["responses"]}) == size
    assert call(server, "GET", api("/customers")).json()["allCustomerCount"] == size


def test_a_batch_goes_on_when_its_worker_is_killed(server: ServerProcess) -> None:
    """It is asked for through both workers."""
    ticket, asked = add_batch(server, 400), []
    wait_for_batch(server, ticket, 20, asked)
    runner = runner_of(server, ticket)
    assert runner in {"worker 1", "worker 2"}
    os.kill(server.workers[int(runner[-1]) - 1], signal.SIGKILL)  # the oldest process is worker 1
    check_batch(server, wait_for_batch(server, ticket, 400, asked), 400)
    assert len(processes_of(asked)) > 1


def test_a_batch_of_a_worker_that_does_not_come_back_is_finished_by_another(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, "--workers", "2")
    asyncio.run(make_store(server.database))
    server.start()
    ticket = add_batch(server, 300)
    wait_for_batch(server, ticket, 5, [])
    runner = runner_of(server, ticket)
    workers = server.workers
    server.signal(signal.SIGKILL)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    server.ended()
    connection = apsw.Connection(str(server.database))
    connection.set_busy_timeout(5000)  # what was killed may take a moment to go
    connection.execute("UPDATE ticket SET runner = 'worker 3' WHERE runner = ?", (runner,))
    connection.close()
    server.start()
    check_batch(server, wait_for_batch(server, ticket, 300, []), 300)
    server.clean_up()


def test_who_waits_hears_of_changes_of_all_workers(server: ServerProcess) -> None:
    """As many as wait at one worker hear of it from that worker itself; the others, which look for it, soon."""
    with ThreadPoolExecutor(MANY) as threads:
        waiting = [
            threads.submit(call, server, "GET", f"/customary/v1/{STORE}/changes", params={"wait": 25})
            for _ in range(MANY)
        ]
        time.sleep(1)
        begun = time.monotonic()
        assert call(server, "POST", api("/customers"), json={"email": "a@example.com"}).status_code == 200
        answers = [each.result() for each in waiting]
    assert time.monotonic() - begun < 5
    assert [answer.json()["last"] for answer in answers] == [1] * MANY
    assert len(processes_of(answers)) == 2


def test_a_revoked_token_opens_nothing_at_any_worker(server: ServerProcess) -> None:
    with ThreadPoolExecutor(MANY) as threads:

        def ask() -> list[httpx.Response]:
            return list(threads.map(lambda _: call(server, "GET", api("/customers")), range(MANY)))

        assert {answer.status_code for answer in ask()} == {200}
        code, errors = asyncio.run(server.command("token", "revoke", "1"))
        assert code == 0, errors
        time.sleep(0.5)
        answers = ask()
    assert {answer.status_code for answer in answers} == {403}
    assert len(processes_of(answers)) == 2


def test_twins_are_one(server: ServerProcess) -> None:
    with ThreadPoolExecutor(MANY) as threads:
        for number in range(8):

            def send(_: int, number: int = number) -> httpx.Response:
                headers = {"idempotency-key": f"k{number}", "prefer": "return=representation"}
                return call(server, "POST", api("/customers"), json={"email": f"{number}@example.com"}, headers=headers)

            answers = list(threads.map(send, range(MANY)))
            assert {answer.status_code for answer in answers} == {200}
            assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1
            assert len(processes_of(answers)) == 2
    assert call(server, "GET", api("/customers")).json()["total"] == 8


def test_an_erasure_is_finished_while_others_write(server: ServerProcess) -> None:
    made = call(server, "POST", api("/customers"), json={"email": "erased@example.com", "taxId": "XQ-77-Erased"}).json()
    other = call(server, "POST", api("/customers"), json={"email": "other@example.com"}).json()["id"]
    until = time.monotonic() + PATIENCE
    erased = False

    def write(number: int) -> set[int]:
        statuses = set()
        while not erased and time.monotonic() < until:
            statuses.add(call(server, "PUT", api(f"/customers/{other}"), json={"taxId": str(number)}).status_code)
        return statuses

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, number) for number in range(4)]
        assert call(server, "POST", f"/customary/v1/{STORE}/customers/{made['id']}/erase").status_code == 200
        while not erased and time.monotonic() < until:
            erasure = call(server, "GET", f"/customary/v1/{STORE}/customers/{made['id']}/erasure").json()
            erased = "purged" in erasure
        assert set.union(*(each.result() for each in writing)) == {200}
    assert erased
    for file in server.database.parent.iterdir():
        assert b"XQ-77-Erased" not in file.read_bytes()


def test_history_is_pruned_while_others_write(server: ServerProcess) -> None:
    made = call(server, "POST", api("/customers"), json={"email": "a@example.com"}).json()["id"]
    with ThreadPoolExecutor(4) as threads:
        writing = [
            threads.submit(call, server, "PUT", api(f"/customers/{made}"), json={"taxId": str(number)})
            for number in range(60)
        ]
        code, errors = asyncio.run(server.command("database", "prune", "--days", "0"))
        assert {each.result().status_code for each in writing} == {200}
    assert code == 0, errors


def test_access_lines_stay_whole(tmp_path: Path) -> None:
    """Of both workers, in one pipe."""
    server = ServerProcess(tmp_path)
    asyncio.run(make_store(server.database))
    where = ("--database", f"sqlite:///{server.database}", "--port", "0", "--workers", "2")
    process = subprocess.Popen(
        [sys.executable, "-m", "customary", "serve", *where], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    server.base_url = process.stdout.readline().removeprefix("customary listens on ").strip()

    def ask(_: int) -> None:
        with httpx.Client(headers=HEADERS) as client:
            for _ in range(50):
                client.get(f"{server.base_url}{api('/customers/1')}")

    with ThreadPoolExecutor(MANY + 1) as threads:
        reading = threads.submit(process.communicate)
        list(threads.map(ask, range(MANY)))
        process.send_signal(signal.SIGTERM)
        _, errors = reading.result()
    lines = [json.loads(line) for line in errors.splitlines()]
    assert [line["status"] for line in lines] == [404] * 50 * MANY
    assert len({line["requestId"].partition("-")[0] for line in lines}) == 2
    assert process.returncode == 0
