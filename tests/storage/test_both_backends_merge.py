"""Orders of a customer who is merged into another, whatever the back end: they move, and they come back with it."""

import asyncio

import pytest

from customary.model.customer import Customer
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    change_customer,
    delete_customer,
    found,
    read_customer,
)
from tests.storage.test_both_backends_orders import add_order, bought, delete_order, orders, stats


async def merge(storage: Storage, source_id: int, target_id: int) -> int:
    """How many orders moved."""

    async def work(transaction: Transaction) -> int:
        source = await read_customer(transaction, STORE, source_id)
        target = await read_customer(transaction, STORE, target_id)
        await transaction.delete_customer(source)
        return await transaction.move_orders(source_id, await transaction.replace_customer(target, target))

    return await storage.write(STORE, ORIGIN, work, heavy=True)


async def restore(storage: Storage, customer: Customer) -> Customer:
    return await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(customer), heavy=True)


async def holders(storage: Storage) -> dict[int, int]:
    """Order → customer, which the list of each must say too."""
    page = await storage.list_orders(STORE, None, None, 0, 100)
    for order in page.items:
        assert order.number in (await orders(storage, customer_id=order.customer_id))[1]
    return {order.number: order.customer_id for order in page.items}


async def buyers(storage: Storage, product_id: int) -> list[str]:
    return (await found(storage, purchased_product_ids=(product_id,), sort_by="EMAIL_ASC"))[1]


@pytest.mark.usefixtures("stores")
class TestMerge:
    async def test_orders_move_with_all_that_hangs_on_them(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_customer(storage, OTHER, "b@example.com")
        await add_customer(storage, OTHER, "c@example.com")
        elsewhere = await add_order(storage, OTHER, 2, "9", items=bought(7))
        await add_order(storage, STORE, 1, "1.10", created=50, items=bought(7))
        moved = await add_order(storage, STORE, 2, "0.20", created=10, items=bought(7, 8, 0))
        await add_order(storage, STORE, 2, "5", created=99, items=bought(9), counted=False)
        both = await stats(storage, 1), await stats(storage, 2)
        assert await merge(storage, 2, 1) == 2
        assert await holders(storage) == {1: 1, 2: 1, 3: 1}
        figures = await stats(storage, 1)
        assert figures is not None
        assert (figures.number_of_orders, str(figures.sales_value)) == (2, "1.30")
        assert (figures.first_order_date, figures.last_order_date) == (10, 50)
        assert await found(storage, min_order_count=2) == (1, ["a@example.com"])
        for product_id in (7, 8):
            assert await buyers(storage, product_id) == ["a@example.com"]
        assert await buyers(storage, 9) == []
        page = await storage.list_orders(STORE, moved.email, None, 0, 9)
        assert page.items[0].items == moved.items
        assert (await storage.list_orders(OTHER, None, 2, 0, 9)).items == (elsewhere,)
        customer = await storage.list_entity_changes(STORE, "customer", 2, None, 1)
        assert [change.kind for change in customer] == ["deleted"]

        source = await self.last_state(storage, 2)
        assert (await restore(storage, source)).stats == both[1]
        assert (await stats(storage, 1), await stats(storage, 2)) == both
        assert await holders(storage) == {1: 1, 2: 2, 3: 2}
        assert await buyers(storage, 7) == ["a@example.com", "b@example.com"]
        assert await buyers(storage, 8) == ["b@example.com"]

    async def last_state(self, storage: Storage, customer_id: int) -> Customer:
        (version,) = await storage.list_customer_versions(STORE, customer_id, None, 1)
        assert version.before is not None
        return version.before

    async def test_without_orders(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_order(storage, STORE, 1, "3")
        assert await merge(storage, 2, 1) == 0
        source = await self.last_state(storage, 2)
        figures = await stats(storage, 1)
        assert (await restore(storage, source)).stats is None
        assert await stats(storage, 1) == figures

    async def test_what_was_ordered_since_stays(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        own = [await add_order(storage, STORE, 2, "1", items=bought(7)) for _ in range(3)]
        await merge(storage, 2, 1)
        source = await self.last_state(storage, 2)
        await add_order(storage, STORE, 1, "5", items=bought(7))
        kept = (await storage.list_orders(STORE, own[0].email, None, 0, 1)).items[0]
        await delete_order(storage, STORE, kept)
        await change_customer(storage, STORE, 1, tax_id="7")
        stored = await restore(storage, source)
        assert stored.stats is not None
        assert stored.stats.number_of_orders == 2
        assert await holders(storage) == {2: 2, 3: 2, 4: 1}
        figures = await stats(storage, 1)
        assert figures is not None
        assert str(figures.sales_value) == "5"

    @pytest.mark.parametrize("first", [1, 2], ids=["the first merge first", "the last merge first"])
    async def test_a_chain_of_merges_is_undone_in_any_order(self, storage: Storage, first: int) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com", "c@example.com"])
        for customer_id in (1, 2, 3):
            await add_order(storage, STORE, customer_id, str(customer_id), items=bought(customer_id))
        before = [await stats(storage, customer_id) for customer_id in (1, 2, 3)]
        assert await merge(storage, 1, 2) == 1
        assert await merge(storage, 2, 3) == 2
        assert await holders(storage) == {1: 3, 2: 3, 3: 3}
        states = {customer_id: await self.last_state(storage, customer_id) for customer_id in (1, 2)}
        await restore(storage, states[first])
        assert await holders(storage) == ({1: 1, 2: 3, 3: 3} if first == 1 else {1: 2, 2: 2, 3: 3})
        await restore(storage, states[3 - first])
        assert await holders(storage) == {1: 1, 2: 2, 3: 3}
        assert [await stats(storage, customer_id) for customer_id in (1, 2, 3)] == before
        assert await merge(storage, 1, 3) == 1  # and again
        assert await holders(storage) == {1: 3, 2: 2, 3: 3}

    async def test_one_who_has_them_may_be_gone(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_order(storage, STORE, 2, "1", items=bought(7))
        before = await stats(storage, 2)
        await merge(storage, 2, 1)
        source = await self.last_state(storage, 2)
        await delete_customer(storage, STORE, 1)
        assert (await restore(storage, source)).stats == before
        assert await buyers(storage, 7) == ["b@example.com"]
        target = await self.last_state(storage, 1)
        assert (await restore(storage, target)).stats is None

    async def test_a_work_that_raises_moves_nothing(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_order(storage, STORE, 2, "1", items=bought(7))

        async def work(transaction: Transaction) -> None:
            source = await read_customer(transaction, STORE, 2)
            target = await read_customer(transaction, STORE, 1)
            await transaction.delete_customer(source)
            await transaction.move_orders(2, await transaction.replace_customer(target, target))
            raise ZeroDivisionError

        outcomes = await asyncio.gather(
            storage.write(STORE, ORIGIN, work), change_customer(storage, STORE, 1), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, Customer]
        assert await holders(storage) == {1: 2}
        assert await stats(storage, 1) is None
        assert await buyers(storage, 7) == ["b@example.com"]

    async def test_orders_of_one_who_is_erased_come_back_to_nobody(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_order(storage, STORE, 2, "1", items=bought(7))
        await merge(storage, 2, 1)
        source = await self.last_state(storage, 2)
        await storage.write(STORE, ORIGIN, erase_first, heavy=True)
        assert (await restore(storage, source)).stats is None
        assert (await storage.list_orders(STORE, None, 2, 0, 9)).total == 0
        assert await holders(storage) == {1: 0}


async def erase_first(transaction: Transaction) -> None:
    await transaction.delete_customer(await read_customer(transaction, STORE, 1))
    await transaction.erase_customer(1, frozenset())
