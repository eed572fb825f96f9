"""A request with an ``Idempotency-Key`` is carried out once, also when the server is killed in the middle of it."""

import asyncio
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.load_client import STORE, TOKEN, ServerProcess, make_store

SENDERS = 10
DEATHS = 12
LONGEST_LIFE = 0.03
"""Seconds from the first request to the kill: about what it takes to answer all of them."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    asyncio.run(make_store(server.database))
    server.start()
    yield server
    server.clean_up()


def send(server: ServerProcess, number: int, start: threading.Barrier | None = None) -> httpx.Response | None:
    """None when the server died before it answered."""
    url = f"{server.base_url}/api/v3/{STORE}/customers"
    headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": f"k{number}", "prefer": "return=representation"}
    with httpx.Client(headers=headers, timeout=30) as client:
        if start is not None:
            start.wait()
        try:
            return client.post(url, json={"email": f"{number}@example.com"})
        except httpx.TransportError:
            return None


def test_ten_requests_and_a_kill_are_one(server: ServerProcess) -> None:
    dice = random.Random(9)
    lost = kept = 0
    with ThreadPoolExecutor(SENDERS) as threads:
        for number in range(DEATHS):
            start = threading.Barrier(SENDERS + 1)
            sent: list[Future[httpx.Response | None]] = [
                threads.submit(send, server, number, start) for _ in range(SENDERS)
            ]
            start.wait()
            time.sleep(dice.uniform(0, LONGEST_LIFE))
            server.signal(signal.SIGKILL)
            server.ended()
            before = [answer for answer in (each.result() for each in sent) if answer is not None]
            server.start()
            after = [threads.submit(send, server, number).result() for _ in range(3)]
            answers = [*before, *filter(None, after)]
            assert len(answers) == len(before) + 3
            assert {answer.status_code for answer in answers} == {200}
            assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1
            lost, kept = lost + (len(before) == 0), kept + (len(before) > 0)
    customers = httpx.get(
        f"{server.base_url}/api/v3/{STORE}/customers", headers={"authorization": f"Bearer {TOKEN}"}
    ).json()
    assert customers["total"] == DEATHS
    assert lost > 0
    assert kept > 0
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")
