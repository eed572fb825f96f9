"""What carries out batches: after a death in the middle, when the server is out of order, when it stops."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from customary.api.batch_worker import BatchWorker
from customary.api.routes import ROUTES
from customary.app import build_application
from customary.errors import ServiceUnavailable, StorageFailed
from customary.model.store import SCOPES, Store, Token
from customary.model.ticket import Ticket, TicketRequest
from customary.network.message import Answer
from customary.operations.passwords import PasswordHashing
from customary.settings import Settings
from customary.storage import open_storage
from customary.storage.protocol import Storage
from tests.api.batches import request, run, statuses
from tests.api.scenarios import Json
from tests.api.shop import Shop
from tests.storage.records import count_customers

STORE = 1003
DIGEST = b"d" * 32


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/customary.db"


@pytest.fixture
def passwords() -> Iterator[PasswordHashing]:
    passwords = PasswordHashing()
    yield passwords
    passwords.close()


async def open_shop(database: str) -> Storage:
    storage = await open_storage(database, create=True)
    if await storage.get_store(STORE) is None:
        await storage.add_store(Store(id=STORE, name="Shop", created=0))
        fields: dict[str, Any] = {"public": False, "label": "", "scopes": frozenset(SCOPES), "created": 0}
        await storage.add_token(Token(id=0, store_id=STORE, digest=DIGEST, **fields))
    return storage


async def add_batch(storage: Storage, requests: list[tuple[str, str, Json]], **fields: Any) -> None:
    asked = tuple(
        TicketRequest(id=None, method=method, path=f"/api/v3/{STORE}{path}", query="", body=json.dumps(body).encode())
        for method, path, body in requests
    )
    plain: dict[str, Any] = {"store_id": STORE, "ticket": "t", "token_id": 1, "token_digest": DIGEST, "created": 0}
    await storage.tickets.add(Ticket(**plain, total=len(asked), **fields), asked, 0)


class Worker:
    """One that starts and stops with a block; it can be told what goes wrong."""

    def __init__(self, storage: Storage, passwords: PasswordHashing) -> None:
        application = build_application(Settings(), storage, passwords)
        self._dispatch = application.dispatch
        self._worker = BatchWorker(application.services, self.dispatch, pause_seconds=0.01)
        self.storage = storage
        self.new_tickets = application.services.new_tickets
        self.sent: list[str] = []
        self.answers: list[Answer] = []

    async def dispatch(self, asked: TicketRequest, digest: bytes, storage: Storage) -> Answer:
        self.sent.append(asked.path)
        return self.answers.pop(0) if self.answers else await self._dispatch(asked, digest, storage)

    async def __aenter__(self) -> "Worker":
        await self._worker.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._worker.stop(5)

    async def finished(self) -> list[tuple[int, Json]]:
        """Status and body of each response, once the batch is finished."""
        for _ in range(1000):
            ticket = await self.storage.tickets.get(STORE, "t")
            assert ticket is not None
            if ticket.finished is not None:
                break
            await asyncio.sleep(0.01)
        responses = await self.storage.tickets.list_responses(STORE, "t")
        return [(response.status, json.loads(response.body)) for response in responses]


class Dying:
    """The storage of a server that dies after a number of answers were kept: the next is lost, its write is not."""

    def __init__(self, storage: Storage, kept: int) -> None:
        self._tickets = storage.tickets
        self._kept = kept

    async def add_response(self, *values: Any) -> None:
        if self._kept == 0:
            raise StorageFailed()
        self._kept -= 1
        await self._tickets.add_response(*values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tickets, name)


CREATE_FOUR = [("POST", "/customers", {"email": f"{number}@example.com", "password": "x"}) for number in range(4)]


@pytest.mark.parametrize("kept", range(4))
@pytest.mark.parametrize("parallel", [True, False])
def test_nothing_is_written_twice(database: str, passwords: PasswordHashing, kept: int, parallel: bool) -> None:
    async def die_and_go_on() -> None:
        storage = await open_shop(database)
        await add_batch(storage, CREATE_FOUR, parallel=parallel)
        tickets, storage.tickets = storage.tickets, Dying(storage, kept)
        async with Worker(storage, passwords):
            while await count_customers(storage, STORE) <= kept or len(await tickets.list_statuses(STORE, "t")) < kept:
                await asyncio.sleep(0.01)
        assert len(await tickets.list_statuses(STORE, "t")) == kept
        await storage.close()
        storage = await open_shop(database)
        async with Worker(storage, passwords) as worker:
            responses = await worker.finished()
        assert [status for status, _ in responses] == [200] * 4
        assert sorted(body["id"] for _, body in responses) == [1, 2, 3, 4]
        assert await count_customers(storage, STORE) == 4
        changes = await storage.list_changes(STORE, 0, 100)
        assert [(change.kind, change.token_id) for change in changes] == [("created", 1)] * 4
        assert await storage.tickets.list_unfinished() == ()
        await storage.close()

    asyncio.run(die_and_go_on())


def test_what_has_written_is_answered_though_another_failed(database: str, passwords: PasswordHashing) -> None:
    """The answer to the second is lost, that of the first says that the batch is to stop."""

    class Losing(Dying):
        async def add_response(self, *values: Any) -> None:
            if values[2] == self._kept:
                raise StorageFailed()
            await self._tickets.add_response(*values)

    async def die_and_go_on() -> None:
        storage = await open_shop(database)
        await add_batch(storage, [("PUT", "/customers/9", {}), CREATE_FOUR[0]], parallel=True)
        tickets, storage.tickets = storage.tickets, Losing(storage, 1)
        async with Worker(storage, passwords):
            while not (await count_customers(storage, STORE) and await tickets.list_statuses(STORE, "t")):
                await asyncio.sleep(0.01)
        await storage.close()
        storage = await open_shop(database)
        async with Worker(storage, passwords) as worker:
            assert [status for status, _ in await worker.finished()] == [404, 200]
        assert worker.sent == [f"/api/v3/{STORE}/customers"]
        assert await storage.tickets.list_begun(STORE, "t") == ()
        await storage.close()

    asyncio.run(die_and_go_on())


def test_a_5xx_is_tried_again_where_the_batch_goes_on(database: str, passwords: PasswordHashing) -> None:
    async def try_again() -> None:
        storage = await open_shop(database)
        await add_batch(storage, CREATE_FOUR[:2], stop_on_first_failure=False)
        async with Worker(storage, passwords) as worker:
            worker.answers = [Answer(b"{}", 503), Answer(b"{}", 500)]
            assert [status for status, _ in await worker.finished()] == [200, 200]
            assert len(worker.sent) == 4
        await storage.close()

    asyncio.run(try_again())


@pytest.mark.parametrize(("stop", "sent", "found"), [(False, 6, [500, 200]), (True, 1, [500])])
def test_but_not_for_ever(database: str, passwords: PasswordHashing, stop: bool, sent: int, found: list[int]) -> None:
    async def give_up() -> None:
        storage = await open_shop(database)
        await add_batch(storage, CREATE_FOUR[:2], stop_on_first_failure=stop)
        async with Worker(storage, passwords) as worker:
            worker.answers = [Answer(b"{}", 500)] * 5
            assert [status for status, _ in await worker.finished()] == found
            assert len(worker.sent) == sent
        await storage.close()

    asyncio.run(give_up())


def test_an_answer_waits_for_room_on_the_disk(database: str, passwords: PasswordHashing) -> None:
    class Full(Dying):
        async def add_response(self, *values: Any) -> None:
            self._kept -= 1
            if self._kept > 0:
                raise ServiceUnavailable()
            await self._tickets.add_response(*values)

    async def wait() -> None:
        storage = await open_shop(database)
        await add_batch(storage, CREATE_FOUR)
        storage.tickets = Full(storage, 5)
        async with Worker(storage, passwords) as worker:
            assert [status for status, _ in await worker.finished()] == [200] * 4
            assert len(worker.sent) == 4
        await storage.close()

    asyncio.run(wait())


def test_a_stop_leaves_the_rest_for_the_next_start(database: str, passwords: PasswordHashing) -> None:
    requests = [("PUT", "/profile", {"settings": {"storeName": f"N{number}"}}) for number in range(400)]

    async def stop_and_go_on() -> None:
        storage = await open_shop(database)
        await add_batch(storage, requests)
        async with Worker(storage, passwords) as worker:
            while len(worker.sent) < 20:
                await asyncio.sleep(0)
        done = len(worker.sent)
        assert len(await storage.tickets.list_statuses(STORE, "t")) == done < 400
        assert await storage.tickets.list_unfinished() == ((STORE, "t"),)
        async with Worker(storage, passwords) as worker:
            assert [status for status, _ in await worker.finished()] == [200] * 400
        assert len(worker.sent) == 400 - done
        assert len(await storage.list_changes(STORE, 0, 1000)) == 400
        await storage.close()

    asyncio.run(stop_and_go_on())


def test_a_batch_that_is_queued_twice_is_carried_out_once(database: str, passwords: PasswordHashing) -> None:
    """One that waits for its turn is found as unfinished, and queued once more."""

    async def run() -> None:
        storage = await open_shop(database)
        async with Worker(storage, passwords) as worker:
            await add_batch(storage, [("POST", "/customers", {"email": f"{n}@example.com"}) for n in range(20)])
            for _ in range(4):
                worker.new_tickets.put_nowait((STORE, "t"))
            assert [status for status, _ in await worker.finished()] == [200] * 20
        assert len(worker.sent) == 20
        await storage.close()

    asyncio.run(run())


def test_every_write_there_is_can_be_part_of_a_batch(shop: Shop) -> None:
    """The result of each is one that a receipt can hold."""
    names = {
        "customerId": shop.add_customer("first@example.com"),
        "groupId": shop.add_group(),
        "key": shop.add_extrafield(),
        "orderNumber": shop.add_order(),
    }
    names["contactId"] = shop.customer(names["customerId"])["contacts"][0]["id"]
    bodies: dict[str, Json] = {
        "create_customer": {"email": "new@example.com"},
        "create_contact": {"contact": "x"},
        "create_group": {"name": "New"},
        "create_extrafield": {"title": "New"},
        "create_order": {"email": "jo@example.com"},
        "update_customers": {"mode": "ALL", "customer": {"taxExempt": True}},
    }
    of_batches = [route for route in ROUTES if route.template.startswith("/api/")]
    writes = [route for route in of_batches if route.method != "GET" and not route.template.endswith("/batch")]
    writes.sort(key=lambda route: (route.method == "DELETE", -len(route.template)))
    requests = [
        request(
            route.method,
            route.template.removeprefix("/api/v3/{storeId}").format(**names),
            bodies.get(route.handler.__name__, {}),
            route.handler.__name__,
        )
        for route in writes
    ]
    responses = run(shop, requests, stopOnFirstFailure="false")
    assert statuses(responses) == [200] * len(writes), [each for each in responses if each["status"] == "FAILED"]
