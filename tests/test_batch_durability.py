"""A batch survives the death of the server: what was done is done once, and the rest is done after the next start."""

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.load_client import STORE, TOKEN, ServerProcess, make_store

REQUESTS = 400
DEADLINE = 30.0
HEADERS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    asyncio.run(make_store(server.database))
    server.start()
    yield server
    server.clean_up()


def ask(server: ServerProcess, ticket: str) -> Any:
    url = f"{server.base_url}/api/v3/{STORE}/batch"
    return httpx.get(url, params={"ticket": ticket}, headers=HEADERS).raise_for_status().json()


def wait_until(server: ServerProcess, ticket: str, completed: int) -> Any:
    until = time.monotonic() + DEADLINE
    while (batch := ask(server, ticket))["completedRequests"] < completed:
        assert time.monotonic() < until, batch["status"]
    return batch


@pytest.mark.parametrize("parallel", ["false", "true"])
def test_a_batch_is_finished_after_several_deaths(server: ServerProcess, parallel: str) -> None:
    dice = random.Random(parallel)
    requests = [
        {"id": str(number), "path": "/customers", "method": "POST", "body": {"email": f"{number}@example.com"}}
        for number in range(REQUESTS)
    ]
    url = f"{server.base_url}/api/v3/{STORE}/batch"
    sent = httpx.post(url, json=requests, headers=HEADERS, params={"allowParallelMode": parallel}).raise_for_status()
    ticket = sent.json()["ticket"]
    done = 0
    for death in range(5):
        done = wait_until(server, ticket, min(done + dice.randint(1, 60), REQUESTS))["completedRequests"]
        server.signal(signal.SIGTERM if death == 3 else signal.SIGKILL)
        server.ended()
        server.start()
    batch = wait_until(server, ticket, REQUESTS)
    assert {response["httpStatusCode"] for response in batch["responses"]} == {200}
    assert [response["id"] for response in batch["responses"]] == [str(number) for number in range(REQUESTS)]
    assert len({response["httpBody"]["id"] for response in batch["responses"]}) == REQUESTS
    customers = httpx.get(f"{server.base_url}/api/v3/{STORE}/customers", headers=HEADERS).json()
    assert customers["allCustomerCount"] == REQUESTS
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")
