"""Works that change very many rows, whatever the back end: pages of what is found, all or nothing, reads meanwhile."""

import asyncio

import pytest
from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed
from customary.model.customer import Customer
from customary.model.search import CustomerSearch
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    add_group,
    change_customer,
    everything,
    found,
    read_customer,
)

ALL = CustomerSearch()


async def exempt_all(transaction: Transaction) -> int:
    count, after = 0, 0
    while page := await transaction.find_customers(CustomerSearch(tax_exempt=False), after, 70):
        for customer in page:
            await transaction.replace_customer(customer, replace(customer, tax_exempt=True, updated=transaction.at))
        count, after = count + len(page), page[-1].id
    return count


@pytest.mark.usefixtures("stores")
class TestHeavyWorks:
    async def test_pages_of_what_is_found(self, storage: Storage) -> None:
        await add_customers(storage, OTHER, ["z@example.com"])
        await add_customers(storage, STORE, [f"{9 - number}@example.com" for number in range(9)])
        await change_customer(storage, STORE, 5, tax_exempt=True)

        async def pages(transaction: Transaction) -> list[list[int]]:
            asked = ((ALL, 0, 4), (ALL, 4, 4), (ALL, 8, 4), (ALL, 9, 4), (CustomerSearch(tax_exempt=False), 3, 3))
            return [[each.id for each in await transaction.find_customers(*each)] for each in asked]

        ids = await storage.write(STORE, ORIGIN, pages, heavy=True)
        assert ids == [[1, 2, 3, 4], [5, 6, 7, 8], [9], [], [4, 6, 7]]
        assert (await storage.write(OTHER, ORIGIN, pages))[0] == [1]

    async def test_what_was_found_is_replaced_and_deleted(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(5)])

        async def work(transaction: Transaction) -> None:
            first, second, third, *_ = await transaction.find_customers(ALL, 0, 10)
            await transaction.replace_customer(third, replace(third, customer_group_id=group.id))
            await transaction.replace_customer(first, replace(first, email="new@example.com"))
            await transaction.delete_customer(second)
            members = await transaction.list_group_members(group.id, 10)
            assert [member.id for member in members] == [3]
            assert await transaction.list_group_members(group.id, 0) == []

        await storage.write(STORE, ORIGIN, work, heavy=True)
        names = ["2@example.com", "3@example.com", "4@example.com", "new@example.com"]
        assert await found(storage, sort_by="EMAIL_ASC") == (4, names)
        assert await found(storage, customer_group_ids=(group.id,)) == (1, ["2@example.com"])
        history = await storage.list_entity_changes(STORE, "customer", 3, None, 9)
        assert [change.kind for change in history] == ["updated", "created"]

    async def test_all_or_nothing(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(200)])
        before = await everything(storage)

        async def work(transaction: Transaction) -> None:
            await exempt_all(transaction)
            last = await read_customer(transaction, STORE, 200)
            await transaction.replace_customer(last, replace(last, email="0@example.com"))

        heavy = storage.write(STORE, ORIGIN, work, heavy=True)
        light = add_customer(storage, STORE, "light@example.com")
        outcomes = await asyncio.gather(heavy, light, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [EmailAlreadyUsed, Customer]
        await storage.write(STORE, ORIGIN, lambda t: t.delete_customer(outcomes[1]))
        assert (await everything(storage))[:3] == before[:3]
        assert await storage.write(STORE, ORIGIN, exempt_all, heavy=True) == 200
        assert (await found(storage, tax_exempt=True))[0] == 200

    async def test_others_take_their_turn(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(100)])

        async def count(transaction: Transaction) -> int:
            return len(await transaction.find_customers(ALL, 0, 1000))

        counted = await asyncio.gather(
            add_customer(storage, STORE, "a@example.com"),
            storage.write(STORE, ORIGIN, count, heavy=True),
            storage.write(STORE, ORIGIN, count, heavy=True),
            add_customer(storage, STORE, "b@example.com"),
            storage.write(STORE, ORIGIN, count, heavy=True),
            add_customer(storage, OTHER, "c@example.com"),
        )
        assert (counted[1], counted[2], counted[4]) == (101, 101, 102)
        changes = await storage.list_changes(STORE, 0, 1000)
        assert [change.seq for change in changes] == list(range(1, 103))

    async def test_reads_are_answered_meanwhile(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(3000)])
        heavy = asyncio.ensure_future(storage.write(STORE, ORIGIN, exempt_all, heavy=True))
        reads = 0
        while not heavy.done():
            customer = await storage.get_customer(STORE, 3000)
            assert customer is not None
            reads += not customer.tax_exempt
            await asyncio.sleep(0)
        assert await heavy == 3000
        assert reads > 10

    async def test_it_is_finished_when_the_storage_is_closed(self, storage: Storage, url: str) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(500)])
        heavy = asyncio.ensure_future(storage.write(STORE, ORIGIN, exempt_all, heavy=True))
        await asyncio.sleep(0)
        await storage.close()
        assert await heavy == 500
        again = await open_storage(url)
        assert (await found(again, tax_exempt=True))[0] == 500
        await again.close()
