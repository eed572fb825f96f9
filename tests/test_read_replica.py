"""Searches and lists from a real streaming replica, for clients that ask for it; everybody else sees every write."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from customary.api.routes import ROUTES
from customary.errors import OperatorError
from customary.settings import Settings
from customary.testing import ServerInThread, server_in_thread
from tests.postgres import CARELESS, PostgresForTests, running_postgres
from tests.test_openapi import operations

STORE = 1003
PREFER = {"Prefer": "reads=replica"}
READS = (
    "/api/v3/1003/customers",
    "/api/v3/1003/customers?keyword=jo",
    "/api/v3/1003/customers/deleted",
    "/api/v3/1003/customers/filters",
    "/api/v3/1003/customers/locations?name=a",
    "/api/v3/1003/customers/products?name=a",
    "/api/v3/1003/customers_ids",
    "/api/v3/1003/customer_groups",
    "/api/v3/1003/orders",
    "/customary/v1/1003/customers",
)
SECONDS = 20


class Pair:
    """A server on a primary with a replica, and what tests do with them."""

    def __init__(self, server: ServerInThread, replica: PostgresForTests, client: httpx.Client) -> None:
        self.server = server
        self.replica = replica
        self.client = client

    def read(self, path: str, headers: dict[str, str] | None = None) -> tuple[Any, str | None]:
        """The body, and the preferences that were followed."""
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers.get("preference-applied")

    def pause(self) -> None:
        """The replica answers, and is told nothing new."""
        self.replica.execute("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self.replica.execute("SELECT pg_wal_replay_resume()")

    def total(self, headers: dict[str, str] | None = None) -> int:
        return int(self.read("/api/v3/1003/customers", headers)[0]["total"])

    def add_customer(self, name: str) -> None:
        body = {"email": f"{name}@example.com", "billingPerson": {"name": name}}
        self.client.post("/api/v3/1003/customers", json=body).raise_for_status()


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with running_postgres(CARELESS) as primary:
        url = primary.new_database("shop")
        with (
            running_postgres(CARELESS, replica_of=primary) as replica,
            server_in_thread(url, database_replica=replica.url("shop")) as server,
        ):
            server.add_store(STORE)
            headers = {"Authorization": f"Bearer {server.add_token(STORE)}"}
            with httpx.Client(base_url=server.base_url, headers=headers, timeout=60) as client:
                pair = Pair(server, replica, client)
                pair.add_customer("jo")
                wait_until(lambda: pair.read(READS[0], PREFER)[1] == "reads=replica")  # it has the tables
                wait_until(lambda: pair.total(PREFER) == 1)
                yield pair


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("path", READS)
def test_searches_and_lists_come_from_the_replica_where_that_is_preferred(pair: Pair, path: str) -> None:
    body, followed = pair.read(path, PREFER)
    assert followed == "reads=replica"
    assert pair.read(path) == (body, None)


def test_a_write_that_was_answered_is_seen_by_whoever_asks_for_nothing(pair: Pair) -> None:
    before = pair.total()
    pair.pause()
    try:
        pair.add_customer("late")
        assert pair.total() == before + 1
        assert pair.total(PREFER) == before
    finally:
        pair.resume()
    wait_until(lambda: pair.total(PREFER) == before + 1)


def test_the_contract_says_what_a_replica_may_answer() -> None:
    asked = {"$ref": "#/components/parameters/preferReplica"}
    described = {each["operationId"] for _, _, each in operations() if asked in each.get("parameters", ())}
    assert described == {route.handler.__name__ for route in ROUTES if hasattr(route.handler, "__wrapped__")}


@pytest.mark.parametrize("path", ["/api/v3/1003/customers/1", "/api/v3/1003/profile", "/customary/v1/1003/changes"])
def test_other_reads_come_from_the_primary(pair: Pair, path: str) -> None:
    assert pair.read(path, PREFER)[1] is None


def test_a_revoked_token_opens_nothing_on_the_replica(pair: Pair) -> None:
    pair.pause()
    try:
        token = pair.server.add_token(STORE)
        headers = PREFER | {"Authorization": f"Bearer {token}"}
        assert pair.read(READS[0], headers)[1] == "reads=replica"
        (number,) = (each.id for each in pair.server.run(pair.server.storage.list_tokens(STORE))[-1:])
        pair.server.run(pair.server.storage.revoke_token(number, 1))
        wait_until(lambda: pair.client.get(READS[0], headers=headers).status_code == 403)
    finally:
        pair.resume()


def test_what_is_wrong_with_a_request_is_told_once(pair: Pair) -> None:
    answer = pair.client.get("/api/v3/1003/customers?limit=x", headers=PREFER)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "WRONG_PARAMETER")


def test_where_the_replica_is_away_the_primary_answers(pair: Pair) -> None:
    total = pair.total(PREFER)
    pair.replica.kill()
    assert {pair.read(path, PREFER)[1] for path in READS} == {None}
    assert pair.total(PREFER) == total
    assert pair.client.get("/health/ready").status_code == 200
    pair.replica.start()
    wait_until(lambda: pair.read(READS[0], PREFER)[1] == "reads=replica")


def test_a_server_starts_while_its_replica_is_away(postgres: PostgresForTests) -> None:
    nowhere = "postgresql://postgres@/nowhere?host=/nowhere"
    with server_in_thread(postgres.new_database("lonely"), database_replica=nowhere) as server:
        server.add_store(STORE)
        headers = PREFER | {"Authorization": f"Bearer {server.add_token(STORE)}"}
        answer = httpx.get(f"{server.base_url}{READS[0]}", headers=headers)
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize(
    ("database", "replica"),
    [("sqlite:///a.db", "postgresql://b"), ("postgresql://a", "sqlite:///b.db")],
)
def test_only_postgresql_has_replicas(database: str, replica: str) -> None:
    with pytest.raises(OperatorError, match="database_replica is a PostgreSQL database, and so must database be"):
        Settings(database=database, database_replica=replica)
