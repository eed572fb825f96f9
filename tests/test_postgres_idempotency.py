"""Two servers on one PostgreSQL: a request that is sent to both of them under one key is carried out once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from customary.testing import ServerInThread, server_in_thread
from tests.postgres import PostgresForTests

STORE = 1003
TWINS = 10
ROUNDS = 15


@pytest.fixture
def servers(postgres: PostgresForTests) -> Iterator[tuple[ServerInThread, ServerInThread]]:
    url = postgres.new_database("keys")
    with ExitStack() as running:
        yield running.enter_context(server_in_thread(url)), running.enter_context(server_in_thread(url))


def test_twins_on_two_servers_are_one(servers: tuple[ServerInThread, ServerInThread]) -> None:
    servers[0].add_store(STORE)
    token = servers[0].add_token(STORE)

    def send(number: int, method: str, path: str, body: object, key: str) -> httpx.Response:
        url = f"{servers[number % 2].base_url}/api/v3/{STORE}{path}"
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key, "prefer": "return=representation"}
        return httpx.request(method, url, json=body, headers=headers, timeout=30)

    with ThreadPoolExecutor(TWINS) as threads:

        def at_once(method: str, path: str, body: object, key: str) -> httpx.Response:
            answers = list(threads.map(lambda number: send(number, method, path, body, key), range(TWINS)))
            assert [answer.status_code for answer in answers] == [200] * TWINS, {each.text for each in answers}
            assert len({(answer.content, answer.headers.get("etag")) for answer in answers}) == 1
            return answers[0]

        for number in range(ROUNDS):
            made = at_once("POST", "/customers", {"email": f"{number}@example.com"}, f"a{number}").json()["id"]
            at_once("PUT", f"/customers/{made}", {"taxId": "1"}, f"b{number}")
            at_once("DELETE", f"/customers/{made}", None, f"c{number}")
    kinds = [change.kind for change in servers[0].changes(STORE)]
    assert kinds == ["created", "updated", "deleted"] * ROUNDS
