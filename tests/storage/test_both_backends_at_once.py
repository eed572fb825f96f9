"""What every storage does when much happens at once, whatever the back end: a class that runs on each of them."""

import asyncio

import pytest
from msgspec.structs import replace

from customary.errors import ServiceUnavailable
from customary.model.customer import Customer
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    STORE,
    add_customer,
    count_customers,
    delete_customer,
    found,
    origin,
    read_customer,
)


@pytest.mark.usefixtures("stores")
class TestStorageAtOnce:
    async def test_customers_are_counted_whatever_fails(self, storage: Storage) -> None:
        async def add_and_delete(number: int) -> None:
            customer = await add_customer(storage, STORE, f"{number // 2}@example.com")
            if number % 3:
                await delete_customer(storage, STORE, customer.id)

        await asyncio.gather(*(add_and_delete(number) for number in range(120)), return_exceptions=True)
        changes = await storage.list_changes(STORE, 0, 1000)
        kinds = [change.kind for change in changes]
        assert await count_customers(storage, STORE) == kinds.count("created") - kinds.count("deleted")
        assert (await found(storage))[0] == await count_customers(storage, STORE)

    async def test_of_writes_at_the_same_time_none_is_lost(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com")

        async def append(number: int) -> None:
            async def work(transaction: Transaction) -> None:
                before = await read_customer(transaction, STORE, 1)
                notes = f"{before.private_admin_notes} {number}"
                await transaction.replace_customer(before, replace(before, private_admin_notes=notes, tax_id=notes))

            await storage.write(STORE, origin(str(number)), work)

        async def read() -> None:
            for _ in range(50):
                customer = await storage.get_customer(STORE, 1)
                assert customer is not None
                assert customer.private_admin_notes == customer.tax_id
                await asyncio.sleep(0)

        await asyncio.gather(read(), *(append(number) for number in range(200)))
        customer = await storage.get_customer(STORE, 1)
        assert customer is not None
        assert sorted(map(int, customer.private_admin_notes.split())) == list(range(200))
        history = await storage.list_entity_changes(STORE, "customer", 1, None, 1000)
        assert [change.seq for change in history] == list(range(201, 0, -1))
        assert [change.request_id for change in history[-2::-1]] == customer.private_admin_notes.split()

    async def test_a_caller_that_gives_up_does_no_harm(self, storage: Storage) -> None:
        writes = [asyncio.ensure_future(add_customer(storage, STORE, f"{number}@example.com")) for number in range(30)]
        await asyncio.sleep(0)
        for write in writes[::3]:
            write.cancel()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, Customer, Customer] * 10
        for outcome in outcomes:
            if isinstance(outcome, Customer):
                assert await storage.get_customer(STORE, outcome.id) == outcome
        assert (await found(storage))[0] == len(await storage.list_changes(STORE, 0, 100)) >= 20

    async def test_what_waits_when_it_is_closed_is_stored(self, storage: Storage, url: str) -> None:
        assert storage.ready
        writes = [asyncio.ensure_future(add_customer(storage, STORE, f"{number}@example.com")) for number in range(300)]
        await asyncio.sleep(0)
        await storage.close()
        assert {type(outcome) for outcome in await asyncio.gather(*writes)} == {Customer}
        with pytest.raises(ServiceUnavailable):
            await add_customer(storage, STORE, "late@example.com")
        again = await open_storage(url)
        assert await found(again, limit=1, sort_by="EMAIL_ASC") == (300, ["0@example.com"])
        await again.close()
