"""Batches of requests, whatever the back end: what was asked and answered, and receipts of what was written."""

from typing import Any

import pytest

from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import NOON, ORIGIN, OTHER, STORE, add_customer, blank, everything

REQUESTS = (
    TicketRequest(id="a", method="GET", path="/api/v3/1003/profile", query="x=ü", body=b""),
    TicketRequest(id=None, method="PUT", path="/api/v3/1003/profile", query="", body=b'{"\xc3\xbc": 1}'),
)
RECEIPT = Receipt(ticket="t", position=1, number=0, kind="int", result=b"5")


def ticket(name: str = "t", **fields: Any) -> Ticket:
    plain = {"store_id": STORE, "ticket": name, "token_id": 7, "token_digest": b"d" * 32, "total": 2, "created": NOON}
    return Ticket(**{**plain, **fields})


async def add_and_take(storage: Storage, name: str = "t") -> None:
    await storage.tickets.add(ticket(name), REQUESTS, 0)
    assert await storage.tickets.take(STORE, name, 60)


async def add_with_receipt(transaction: Transaction) -> int:
    customer = await transaction.add_customer(blank(transaction, "a@example.com"))
    await transaction.add_receipt(RECEIPT)
    return customer.id


@pytest.mark.usefixtures("stores")
class TestTickets:
    async def test_what_was_added_reads_back(self, storage: Storage, url: str) -> None:
        full = ticket("u", deduplication_key="k", stop_on_first_failure=False, parallel=True)
        assert await storage.tickets.add(ticket(), REQUESTS, 0) == "t"
        assert await storage.tickets.add(full, REQUESTS, 0) == "u"
        await storage.close()
        again = await open_storage(url)
        assert await again.tickets.get(STORE, "t") == ticket()
        assert await again.tickets.get(STORE, "u") == full
        assert await again.tickets.list_requests(STORE, "t") == REQUESTS
        assert await again.tickets.list_unfinished() == ((STORE, "t"), (STORE, "u"))
        await again.close()

    async def test_it_is_the_stores_own(self, storage: Storage) -> None:
        await add_and_take(storage)
        await storage.tickets.add_response(STORE, "t", 0, 200, b"{}")
        assert await storage.tickets.get(OTHER, "t") is None
        assert await storage.tickets.list_requests(OTHER, "t") == ()
        assert await storage.tickets.list_responses(OTHER, "t") == ()
        assert await storage.tickets.list_statuses(OTHER, "t") == {}

    async def test_answers(self, storage: Storage) -> None:
        before = await everything(storage)
        await add_and_take(storage)
        await storage.tickets.add_response(STORE, "t", 1, 404, b"no")
        assert await storage.tickets.list_statuses(STORE, "t") == {1: 404}
        assert await storage.tickets.hold(STORE, "t", 60)
        await storage.tickets.add_response(STORE, "t", 1, 200, b"again")  # the first one stays
        await storage.tickets.add_response(STORE, "t", 0, 200, b"\xc3\xbc")
        assert await storage.tickets.list_responses(STORE, "t") == (
            TicketResponse(position=0, id="a", status=200, body=b"\xc3\xbc"),
            TicketResponse(position=1, id=None, status=404, body=b"no"),
        )
        await storage.tickets.finish(STORE, "t", NOON + 9)
        assert await storage.tickets.get(STORE, "t") == ticket(finished=NOON + 9)
        await storage.tickets.give_back(STORE, "t")
        assert await storage.tickets.list_unfinished() == ()
        assert await everything(storage) == before  # a batch is no change

    async def test_the_same_key_of_the_same_token_is_the_same_ticket_for_a_while(self, storage: Storage) -> None:
        add = storage.tickets.add
        assert await add(ticket("t", deduplication_key="k"), REQUESTS, NOON - 3600) == "t"
        assert await add(ticket("u", deduplication_key="k", created=NOON + 9), REQUESTS, NOON - 3591) == "t"
        assert await storage.tickets.get(STORE, "u") is None
        assert await storage.tickets.list_requests(STORE, "u") == ()
        assert await add(ticket("v", deduplication_key="l"), REQUESTS, 0) == "v"
        assert await add(ticket("w", deduplication_key="k", token_id=8), REQUESTS, 0) == "w"
        assert await add(ticket("x", deduplication_key="k", store_id=OTHER), REQUESTS, 0) == "x"
        assert await add(ticket("y", deduplication_key="k", created=NOON + 3600), REQUESTS, NOON) == "y"
        assert await add(ticket("z"), REQUESTS, 0) == "z"

    async def test_a_receipt_stands_and_falls_with_what_was_written(self, storage: Storage) -> None:
        await add_and_take(storage)

        async def fail(transaction: Transaction) -> None:
            await add_with_receipt(transaction)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await storage.write(STORE, ORIGIN, fail)
        assert await storage.tickets.list_receipts(STORE, "t", 1) == ()
        await storage.write(STORE, ORIGIN, add_with_receipt)
        assert await storage.tickets.list_receipts(STORE, "t", 1) == (RECEIPT,)
        assert await storage.tickets.list_receipts(STORE, "t", 0) == ()
        assert await storage.tickets.list_receipts(OTHER, "t", 1) == ()
        assert await storage.tickets.list_begun(STORE, "t") == (1,)
        assert await storage.tickets.list_begun(OTHER, "t") == ()
        await storage.tickets.add_response(STORE, "t", 1, 200, b"{}")
        assert await storage.tickets.list_receipts(STORE, "t", 1) == ()
        assert await storage.tickets.list_begun(STORE, "t") == ()

    async def test_old_ones_go(self, storage: Storage) -> None:
        for name, finished in (("a", NOON), ("b", NOON + 1), ("c", None), ("d", NOON - 5)):
            await add_and_take(storage, name)
            await storage.tickets.add_response(STORE, name, 0, 200, b"{}")
            if finished is not None:
                await storage.tickets.finish(STORE, name, finished)
        await add_customer(storage, STORE, "a@example.com")
        before = await everything(storage)
        assert await storage.tickets.remove_old(NOON + 1) == 2
        assert await storage.tickets.remove_old(NOON + 1) == 0
        for name, left in (("a", False), ("b", True), ("c", True), ("d", False)):
            assert (await storage.tickets.get(STORE, name) is not None) == left
            assert bool(await storage.tickets.list_requests(STORE, name)) == left
            assert bool(await storage.tickets.list_responses(STORE, name)) == left
        assert await everything(storage) == before
