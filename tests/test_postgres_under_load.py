"""Two servers on one PostgreSQL, under load, while it is killed: what was answered with 200 is stored, once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
import uvloop
from msgspec import json

from customary.model.change import Change
from customary.model.customer import Customer
from customary.model.keys import token_digest
from customary.model.search import CustomerSearch
from customary.model.store import SCOPES, Store, Token
from customary.testing import ServerInThread, server_in_thread
from tests.load_client import STORE, TOKEN, Connection, Unanswered
from tests.pooler import running_pgbouncer
from tests.postgres import PostgresForTests, running_postgres

CLIENTS = 64
CUSTOMERS = 4


@dataclass
class Load:
    """Clients that change a few customers through several servers, and what they were told."""

    servers: list[ServerInThread]
    answered: dict[str, str] = field(default_factory=dict)
    """Request id → the value that was sent."""
    sent: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    stopping: bool = False

    async def run(self) -> None:
        self.stopping = False
        await asyncio.gather(*(self._client(number) for number in range(CLIENTS)))

    async def _client(self, number: int) -> None:
        server = self.servers[number % len(self.servers)]
        while not self.stopping:
            with suppress(Unanswered, OSError):
                async with Connection.opened(server.base_url) as connection:
                    while not (self.stopping or connection.ending):
                        await self._update(connection, number % CUSTOMERS + 1)

    async def _update(self, connection: Connection, customer_id: int) -> None:
        value = str(len(self.sent))
        self.sent.add(value)
        answer = await connection.call("PUT", f"/customers/{customer_id}", {"taxId": value, "fiscalCode": value})
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.answered[answer.request_id] = value
        elif answer.status == 503:
            await asyncio.sleep(0.05)


def prepare(server: ServerInThread) -> None:
    server.run(server.storage.add_store(Store(id=STORE, name="Shop", created=0)))
    digest = token_digest(TOKEN)
    token = Token(id=0, store_id=STORE, digest=digest, public=False, label="", scopes=frozenset(SCOPES), created=0)
    server.run(server.storage.add_token(token))

    async def add() -> None:
        async with Connection.opened(server.base_url) as connection:
            for number in range(CUSTOMERS):
                assert (await connection.call("POST", "/customers", {"email": f"{number}@a.example"})).status == 200

    asyncio.run(add())


def check(load: Load) -> None:
    """Every 200 is one change with the value that was sent; no gap, no change twice, nothing that nobody sent."""
    server = load.servers[0]
    changes = server.changes(STORE)
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    made: dict[str, str] = {}
    for customer_id in range(1, CUSTOMERS + 1):
        own = [change for change in changes if change.entity_id == customer_id]
        assert [change.previous for change in own] == [0, *(change.seq for change in own[:-1])]
        made |= {change.request_id: value for change, value in zip(own, values(server, customer_id, own), strict=True)}
    assert len(made) == len(changes)
    assert load.answered.keys() <= made.keys()
    assert {request_id: made[request_id] for request_id in load.answered} == load.answered
    assert set(made.values()) - {""} <= load.sent


def values(server: ServerInThread, customer_id: int, changes: list[Change]) -> list[str]:
    """What each change set, as the next one found it."""
    last = server.run(server.storage.get_customer(STORE, customer_id))
    assert last is not None
    states = [json.decode(later.before or b"", type=Customer) for _, later in pairwise(changes)] + [last]
    assert all(state.tax_id == state.fiscal_code for state in states)
    return [state.tax_id for state in states]


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


@pytest.fixture
def pair(postgres: PostgresForTests) -> Iterator[list[ServerInThread]]:
    url = postgres.new_database("pair")
    with server_in_thread(url) as first, server_in_thread(url) as second:
        prepare(first)
        yield [first, second]


async def load_for(load: Load, seconds: float) -> None:
    running = asyncio.ensure_future(load.run())
    await asyncio.sleep(seconds)
    load.stopping = True
    await running


def test_two_servers_and_64_clients(pair: list[ServerInThread], runner: asyncio.Runner) -> None:
    load = Load(pair)
    runner.run(load_for(load, 3))
    assert set(load.statuses) == {200}
    check(load)


def test_a_token_that_is_revoked_through_one_server_opens_nothing_at_the_other(
    pair: list[ServerInThread], runner: asyncio.Runner
) -> None:
    async def status() -> int:
        async with Connection.opened(pair[1].base_url) as connection:
            return (await connection.call("GET", "/customers/1")).status

    assert runner.run(status()) == 200
    tokens = pair[0].run(pair[0].storage.list_tokens(STORE))
    assert pair[0].run(pair[0].storage.revoke_token(tokens[0].id, 1))
    runner.run(asyncio.sleep(0.6))
    assert runner.run(status()) == 403


def test_killed_ten_times_under_load(runner: asyncio.Runner) -> None:
    """With its own settings, so that a commit is on the disk; both servers go on as if nothing had been."""
    with running_postgres({}) as postgres, ExitStack() as stack:
        url = postgres.new_database("killed")
        load = Load([stack.enter_context(server_in_thread(url)) for _ in range(2)])
        prepare(load.servers[0])
        for _ in range(10):
            before = len(load.answered)
            runner.run(load_and_kill(load, postgres))
            assert len(load.answered) > before
            check(load)
        runner.run(load_for(load, 0.5))
        assert set(load.statuses) == {200, 503}
        check(load)


async def load_and_kill(load: Load, postgres: PostgresForTests) -> None:
    running = asyncio.ensure_future(load.run())
    await asyncio.sleep(0.4)
    postgres.kill()
    await asyncio.sleep(0.1)
    answered = len(load.answered)
    await asyncio.to_thread(postgres.start)
    async with asyncio.timeout(20):
        while len(load.answered) < answered + CLIENTS:  # no restart of ours
            await asyncio.sleep(0.05)
    load.stopping = True
    await running


def test_through_pgbouncer(postgres: PostgresForTests, runner: asyncio.Runner) -> None:
    """In transaction mode: each transaction may be on another connection."""
    name = "pooled"
    postgres.new_database(name)
    with running_pgbouncer(postgres) as pooler, ExitStack() as stack:
        load = Load([stack.enter_context(server_in_thread(pooler.url(name))) for _ in range(2)])
        prepare(load.servers[0])
        runner.run(load_for(load, 1.5))
        assert set(load.statuses) == {200}
        check(load)
        search = load.servers[1].storage.search_customers(STORE, CustomerSearch(keyword="a.example"))
        assert load.servers[1].run(search).total == CUSTOMERS
