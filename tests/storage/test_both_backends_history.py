"""The versions of a customer, and customers who come back, on every back end."""

import pytest
from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed
from customary.model.customer import Customer
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    EVERYTHING,
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    add_group,
    blank,
    change_customer,
    count_customers,
    delete_customer,
    deleted,
    found,
    origin,
    read_customer,
)
from tests.storage.test_both_backends_extrafields import add_extrafield, holders
from tests.storage.test_both_backends_orders import add_order


async def restore(storage: Storage, customer: Customer) -> Customer:
    """One that was deleted."""
    return await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(customer))


@pytest.mark.usefixtures("stores")
class TestVersions:
    async def test_what_is_not_there(self, storage: Storage) -> None:
        await add_customer(storage, OTHER, "a@example.com")
        for customer_id in (1, 0, -1, 2**40):
            assert await storage.list_customer_versions(STORE, customer_id, None, 10) == ()
            assert await storage.list_customer_versions(9, customer_id, None, 10) == ()

    async def test_each_change_with_what_was_before_and_after(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])  # 1, 2
        states = [await storage.write(STORE, ORIGIN, lambda t: read_customer(t, STORE, 1))]
        for number in range(3):
            states.append(await change_customer(storage, STORE, 1, tax_id=str(number)))  # 3, 5, 7
            await change_customer(storage, STORE, 2)  # 4, 6, 8

        versions = await storage.list_customer_versions(STORE, 1, None, 10)
        assert [version.change.seq for version in versions] == [7, 5, 3, 1]
        assert [version.after for version in versions] == states[::-1]
        assert [version.before for version in versions] == [*states[2::-1], None]
        assert versions == await storage.write(STORE, ORIGIN, lambda t: t.list_customer_versions(STORE, 1, None, 10))

        async def page(before: int | None, limit: int = 10) -> list[int]:
            """They are the same however they are asked for."""
            part = await storage.list_customer_versions(STORE, 1, before, limit)
            assert all(version in versions for version in part)
            return [version.change.seq for version in part]

        assert await page(None, limit=2) == [7, 5]
        assert await page(100) == await page(8) == [7, 5, 3, 1]
        assert await page(7) == await page(6) == [5, 3, 1]
        assert await page(6, limit=1) == [5]
        assert await page(3) == await page(2) == [1]
        assert await page(1) == await page(0) == await page(-1) == []

    async def test_a_transaction_sees_its_own_change(self, storage: Storage) -> None:
        async def change_twice(transaction: Transaction) -> bool:
            first = await transaction.add_customer(blank(transaction, "a@example.com"))
            second = await transaction.replace_customer(first, replace(first, tax_id="2"))
            versions = await transaction.list_customer_versions(STORE, first.id, None, 10)
            return [(version.before, version.after) for version in versions] == [(first, second), (None, first)]

        assert await storage.write(STORE, ORIGIN, change_twice)

    async def test_a_deletion_leaves_nothing_after_it(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com", **EVERYTHING)
        await delete_customer(storage, STORE, first.id)
        deletion, creation = await storage.list_customer_versions(STORE, first.id, None, 10)
        assert (deletion.change.kind, deletion.before, deletion.after) == ("deleted", first, None)
        assert (creation.change.kind, creation.before, creation.after) == ("created", None, first)
        assert await storage.list_customer_versions(STORE, first.id, 2, 10) == (creation,)


@pytest.mark.usefixtures("stores")
class TestComingBack:
    async def test_a_customer_comes_back_and_its_history_goes_on(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com", **EVERYTHING)  # 1
        await delete_customer(storage, STORE, first.id)  # 2
        back = await restore(storage, first)  # 3
        assert back == replace(first, version=3)
        assert await storage.get_customer(STORE, first.id) == back
        changed = await change_customer(storage, STORE, first.id, tax_id="4")  # 4

        versions = await storage.list_customer_versions(STORE, first.id, None, 10)
        assert [(v.change.seq, v.change.kind, v.change.previous) for v in versions] == [
            (4, "updated", 3),
            (3, "restored", 2),
            (2, "deleted", 1),
            (1, "created", 0),
        ]
        assert [version.after for version in versions] == [changed, back, None, first]
        assert await found(storage, keyword="a@example") == (1, ["a@example.com"])
        assert await count_customers(storage, STORE) == 1

    async def test_the_list_of_deleted_customers_has_those_that_are_gone(self, storage: Storage) -> None:
        customers = await add_customers(storage, STORE, ["a@example.com", "b@example.com", "c@example.com"])
        for customer_id, at in ((1, 10), (2, 20), (3, 30)):
            await delete_customer(storage, STORE, customer_id, origin("r", NOON + at))
        await restore(storage, customers[1])
        assert await deleted(storage) == (2, [1, 3])
        assert await deleted(storage, since=NOON + 20) == (1, [3])
        assert await deleted(storage, offset=1, limit=1) == (2, [3])
        await delete_customer(storage, STORE, 2, origin("r", NOON + 40))
        assert await deleted(storage) == (3, [1, 3, 2])
        assert await deleted(storage, until=NOON + 30) == (2, [1, 3])

    async def test_its_counters_are_right(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        await add_extrafield(storage, STORE, "abc1234")
        first = await add_customer(storage, STORE, "a@example.com", customer_group_id=group.id, **EVERYTHING)
        await add_order(storage, STORE, first.id, "10.50")
        ordered = await storage.get_customer(STORE, first.id)
        assert ordered
        await delete_customer(storage, STORE, first.id)
        back = await restore(storage, first)
        assert back == replace(ordered, version=back.version)
        assert await storage.get_customer(STORE, first.id) == back
        assert await found(storage, customer_group_ids=(group.id,)) == (1, ["a@example.com"])
        assert await found(storage, customer_group_ids=(0,)) == (0, [])
        assert await found(storage, min_order_count=1) == (1, ["a@example.com"])
        assert await holders(storage, "abc1234") == [first.id]

    async def test_an_e_mail_that_is_taken(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com")
        await delete_customer(storage, STORE, first.id)
        await add_customer(storage, STORE, "A@example.com")
        with pytest.raises(EmailAlreadyUsed):
            await restore(storage, first)
        assert await count_customers(storage, STORE) == 1
        assert await deleted(storage) == (1, [first.id])

    async def test_a_change_may_be_of_another_kind(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com")

        async def work(transaction: Transaction) -> Customer:
            before = await read_customer(transaction, STORE, 1)
            return await transaction.replace_customer(before, replace(before, tax_id="1"), "restored")

        await storage.write(STORE, ORIGIN, work)
        assert [change.kind for change in await storage.list_changes(STORE, 0, 9)] == ["created", "restored"]
