"""What was answered with 200 is stored: under load, after kill -9, after SIGTERM. Real processes, real sockets."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest
import uvloop
from msgspec import json

from customary.model.customer import Customer
from tests.api.people import FULL
from tests.api.scenarios import Json, Named
from tests.load_client import STORE, Connection, ServerProcess, Unanswered, make_store

CLIENTS = 64
SHARED = 8
"""Customers that every client changes; beside them each has one of its own."""
CHANGES = """
SELECT seq, entity_id, request_id, before FROM change
WHERE store_id = ? AND entity = 'customer' AND kind = 'updated' AND seq > ? ORDER BY seq
"""


@dataclass
class Update:
    """One that a client sent: ``value`` stands in two fields."""

    customer_id: int
    value: str


@dataclass
class Load:
    """Clients that change and read customers without pause, and all that they were told."""

    server: ServerProcess
    customer_ids: list[int] = field(default_factory=list)
    answered: dict[str, Update] = field(default_factory=dict)
    in_doubt: list[Update] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    torn: list[Json] = field(default_factory=list)
    stopping: bool = False
    signalled: bool = False
    number: int = 0

    async def prepare(self) -> None:
        async with Connection.opened(self.server.base_url) as connection:
            for number in range(SHARED + CLIENTS):
                answer = await connection.call("POST", "/customers", {"email": f"{number}@example.com"})
                self.customer_ids.append(answer.json["id"])

    async def run(self, seconds: float) -> None:
        """Until the time is over or no client has a connection any more."""
        self.stopping = False
        clients = [asyncio.ensure_future(self._client(number)) for number in range(CLIENTS)]
        await asyncio.wait(clients, timeout=seconds)
        self.stopping = True
        await asyncio.wait_for(asyncio.gather(*clients), timeout=30)

    async def _client(self, client: int) -> None:
        own = self.customer_ids[SHARED + client]
        with suppress(Unanswered, OSError):
            async with Connection.opened(self.server.base_url) as connection:
                while not (self.stopping or connection.ending):
                    self.number += 1
                    shared = self.customer_ids[self.number % SHARED]
                    if self.number % 4:
                        await self._update(connection, shared if self.number % 2 else own)
                    else:
                        await self._read(connection, shared)

    async def _update(self, connection: Connection, customer_id: int) -> None:
        update = Update(customer_id, f"{self.server.base_url[-5:]}-{self.number}")
        signalled = self.signalled
        try:
            body = {"taxId": update.value, "fiscalCode": update.value}
            answer = await connection.call("PUT", f"/customers/{customer_id}", body)
        except Unanswered as error:
            self.in_doubt.append(update)
            when = "after" if signalled else "before"
            self.unanswered[f"sent {when} the signal, {'closed' if error.clean else 'broken off'}"] += 1
            raise
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.answered[answer.request_id] = update

    async def _read(self, connection: Connection, customer_id: int) -> None:
        answer = await connection.call("GET", f"/customers/{customer_id}")
        self.statuses[answer.status] += 1
        if answer.status == 200 and answer.json["taxId"] != answer.json["fiscalCode"]:
            self.torn.append(answer.json)


class Log:
    """The change log as it stands in the database file, read on; what clients were told is compared with it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._seq = 0
        self._stored: dict[str, int] = {}

    def check(self, load: Load) -> None:
        """Everything answered is stored, with the value that was sent; nothing else is but what is in doubt."""
        connection = apsw.Connection(str(self._database), flags=apsw.SQLITE_OPEN_READONLY)
        changed: dict[int, str] = {}  # by customer: the request that made the state which a later change replaced
        values: dict[str, str] = {}
        for seq, customer_id, request_id, before in connection.execute(CHANGES, (STORE, self._seq)):
            self._seq = seq
            self._stored[request_id] = seq
            if customer_id in changed:
                values[changed[customer_id]] = json.decode(before, type=Customer).tax_id
            changed[customer_id] = request_id
        for document, customer_id in connection.execute(
            "SELECT document, id FROM customer WHERE store_id = ?", (STORE,)
        ):
            if customer_id in changed:
                values[changed[customer_id]] = json.decode(document, type=Customer).tax_id
        last = connection.execute(
            "SELECT last_seq, (SELECT max(seq) FROM change) FROM store ORDER BY last_seq DESC"
        ).fetchone()
        assert connection.pragma("integrity_check") == "ok"
        connection.close()
        assert last[0] == last[1]
        assert load.answered.keys() - self._stored.keys() == set()
        assert {request_id: load.answered[request_id].value for request_id in values.keys() & load.answered.keys()} == {
            request_id: value for request_id, value in values.items() if request_id in load.answered
        }
        unknown = [value for request_id, value in values.items() if request_id not in load.answered]
        assert set(unknown) <= {update.value for update in load.in_doubt}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """With a store, not started yet."""
    server = ServerProcess(tmp_path)
    asyncio.run(make_store(server.database))
    yield server
    server.clean_up()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


def test_under_load_every_answer_is_true(server: ServerProcess, runner: asyncio.Runner) -> None:
    server.start()
    load = Load(server)
    runner.run(load.prepare())
    runner.run(load_beside_commands(load))
    assert set(load.statuses) == {200}
    assert load.unanswered == Counter()
    assert load.torn == []
    Log(server.database).check(load)
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")
    Log(server.database).check(load)


def test_after_kill_every_answered_update_is_there(server: ServerProcess, runner: asyncio.Runner) -> None:
    """Ten times on the same database, in the middle of the load."""
    load = Load(server)
    log = Log(server.database)
    server.start()
    runner.run(load.prepare())
    for _ in range(10):
        before = len(load.answered)
        runner.run(load_and_signal(load, 1.0, signal.SIGKILL))
        server.ended()
        assert len(load.answered) > before
        server.start()
        log.check(load)
    assert set(load.statuses) == {200}
    assert load.torn == []
    server.signal(signal.SIGTERM)
    assert server.ended() == (0, "")
    assert [file.name for file in server.database.parent.iterdir()] == ["customary.db"]


def test_sigterm_under_load_answers_what_was_sent(server: ServerProcess, runner: asyncio.Runner) -> None:
    """What was sent before the signal is answered, all of it; what comes after it is refused, or finds a connection
    that was closed in order."""
    server.start()
    load = Load(server)
    runner.run(load.prepare())
    runner.run(load_and_signal(load, 1.5, signal.SIGTERM))
    started = time.monotonic()
    assert server.ended(timeout=10) == (0, "")
    assert time.monotonic() - started < 10
    assert set(load.statuses) <= {200, 503}
    assert load.unanswered.keys() <= {"sent after the signal, closed"}
    Log(server.database).check(load)


async def load_beside_commands(load: Load) -> None:
    """Ten seconds of load, and an operator's commands that read and write the same database meanwhile."""
    running = asyncio.ensure_future(load.run(seconds=10))
    for words in (
        ("token", "list"),
        ("token", "add", "--store", str(STORE), "--scopes", "all"),
        ("token", "revoke", "2"),
        ("store", "add", "7", "--name", "Seven"),
    ):
        code, errors = await load.server.command(*words)
        assert code == 0, errors
    await running


async def load_and_signal(load: Load, seconds: float, number: signal.Signals) -> None:
    """Loads, signals in the middle of it, and waits until every client noticed."""
    load.signalled = False
    running = asyncio.ensure_future(load.run(seconds + 10))
    await asyncio.sleep(seconds)
    load.server.signal(number)
    load.signalled = True
    await running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_every_field_reads_back_after_a_restart(
    number: signal.Signals, server: ServerProcess, runner: asyncio.Runner
) -> None:
    async def write() -> Json:
        async with Connection.opened(server.base_url) as connection:
            group = (await connection.call("POST", "/customer_groups", {"name": "Wholesale"})).json["id"]
            body: dict[str, Any] = {name: group if isinstance(value, Named) else value for name, value in FULL.items()}
            customer = (await connection.call("POST", "/customers", {"email": "old@example.com"})).json["id"]
            assert (await connection.call("PUT", f"/customers/{customer}", body)).status == 200
            stored = (await connection.call("GET", f"/customers/{customer}")).json
        assert body.keys() <= stored.keys()
        return stored

    async def read(customer_id: int) -> Json:
        async with Connection.opened(server.base_url) as connection:
            return (await connection.call("GET", f"/customers/{customer_id}")).json

    server.start()
    stored = runner.run(write())
    server.signal(number)
    server.ended()
    server.start()
    assert runner.run(read(stored["id"])) == stored
