"""Forgetting old history, whatever the back end: a class that runs on each of them."""

import pytest
from msgspec.structs import replace

from customary.model.change import Change
from customary.model.extrafield import Extrafield
from customary.operations.history import list_versions
from customary.operations.retention import prune_history
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_group,
    change_customer,
    delete_customer,
    deleted,
    found,
    origin,
)

DAY = 86_400


def told(changes: tuple[Change, ...]) -> list[str]:
    """Such as ``2 customer 1 updated *``; the star says that there is a state before."""
    return [f"{each.seq} {each.entity} {each.entity_id} {each.kind}{' *' if each.before else ''}" for each in changes]


async def live(storage: Storage) -> None:
    """Three days with a change of the first customer each, and others."""
    await add_customer(storage, STORE, "a@example.com")
    await add_customer(storage, STORE, "b@example.com")
    await add_customer(storage, STORE, "c@example.com")
    await change_customer(storage, STORE, 1, origin("day 1", NOON + DAY), tax_id="1")
    await change_customer(storage, STORE, 1, origin("day 1", NOON + DAY), tax_id="1+")
    await delete_customer(storage, STORE, 2, origin("day 1", NOON + DAY))
    await change_customer(storage, STORE, 1, origin("day 2", NOON + 2 * DAY), tax_id="2")
    await add_customer(storage, OTHER, "o@example.com", tax_id="0")
    await change_customer(storage, OTHER, 1, tax_id="1")


@pytest.mark.usefixtures("stores")
class TestRetention:
    async def test_what_was_replaced_before_is_forgotten(self, storage: Storage) -> None:
        await live(storage)
        assert await prune_history(storage, 10**30, NOON) == 0
        assert await prune_history(storage, 1, NOON + 2 * DAY + 1) == 8
        assert told(await storage.list_changes(STORE, 0, 100)) == [
            "3 customer 3 created",
            "5 customer 1 updated",
            "6 customer 2 deleted",
            "7 customer 1 updated *",
        ]
        assert told(await storage.list_changes(OTHER, 0, 100)) == ["2 customer 1 updated"]
        assert await prune_history(storage, 1, NOON + 2 * DAY + 1) == 0
        assert await deleted(storage) == (1, [2])

    async def test_the_history_says_where_it_ends(self, storage: Storage) -> None:
        await live(storage)
        await prune_history(storage, 1, NOON + 2 * DAY + 1)
        versions = await list_versions(storage, STORE, 1, None, 10)
        assert [(version.change.seq, version.before and version.before.tax_id) for version in versions] == [
            (7, "1+"),
            (5, None),
        ]
        assert [version.after and version.after.tax_id for version in versions] == ["2", "1+"]
        assert versions[-1].change.previous == 4
        assert await list_versions(storage, STORE, 1, 5, 10) == ()
        changes = await storage.list_entity_changes(STORE, "customer", 1, None, 10)
        assert [change.seq for change in changes] == [7, 5]

    async def test_the_feed_is_the_store_all_the_same(self, storage: Storage) -> None:
        await live(storage)
        await prune_history(storage, 0, NOON + 9 * DAY)
        page = await storage.read_feed(STORE, 0, 100)
        assert [(item.change.seq, item.change.kind) for item in page.items] == [
            (3, "created"),
            (6, "deleted"),
            (7, "updated"),
        ]
        assert [item.state for item in page.items] == [
            await storage.get_customer(STORE, 3),
            None,
            await storage.get_customer(STORE, 1),
        ]
        assert page.last == 7
        assert await found(storage, sort_by="UPDATED_DATE_DESC") == (2, ["a@example.com", "c@example.com"])
        assert await found(storage, updated_from=NOON + DAY) == (1, ["a@example.com"])

    async def test_it_goes_on_where_it_was_and_new_changes_are_made(self, storage: Storage) -> None:
        await live(storage)
        assert await storage.prune_history(NOON + DAY, 2) == 2
        assert await storage.prune_history(NOON + DAY, 2) == 1
        assert len(await storage.list_changes(STORE, 0, 100)) == 7
        assert await prune_history(storage, 0, NOON + 9 * DAY) == 6
        await change_customer(storage, STORE, 1, origin("late", NOON + 10 * DAY), tax_id="10")
        await delete_customer(storage, STORE, 3, origin("late", NOON + 10 * DAY))
        assert await prune_history(storage, 1, NOON + 20 * DAY) == 2
        assert told(await storage.list_changes(STORE, 0, 100)) == [
            "6 customer 2 deleted",
            "8 customer 1 updated",
            "9 customer 3 deleted",
        ]
        assert (await storage.list_changes(STORE, 7, 1))[0].previous == 7

    async def test_other_entities_too(self, storage: Storage) -> None:
        async def work(transaction: Transaction) -> None:
            store = await transaction.get_store(STORE)
            assert store is not None
            await transaction.replace_store(store, replace(store, name="New"))
            field = Extrafield(id=1, key="size", title="Size", created=NOON, modified=NOON)
            await transaction.add_extrafield(field)
            await transaction.replace_extrafield(field, replace(field, title="Shoe size"))
            await transaction.delete_extrafield(replace(field, title="Shoe size"))

        group = await add_group(storage, STORE, "Wholesale")
        await storage.write(STORE, ORIGIN, work)
        await prune_history(storage, 0, NOON + DAY)
        assert told(await storage.list_changes(STORE, 0, 100)) == [
            f"1 group {group.id} created",
            f"2 store {STORE} updated",
            "5 extrafield 1 deleted *",
        ]
        assert (await storage.read_feed(STORE, 0, 10)).items[-1].key == "size"

    async def test_who_comes_back_later(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com")
        customer = await storage.get_customer(STORE, 1)
        assert customer is not None
        await delete_customer(storage, STORE, 1)
        await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(customer))
        await prune_history(storage, 0, NOON + DAY)
        assert told(await storage.list_changes(STORE, 0, 100)) == ["2 customer 1 deleted", "3 customer 1 restored"]
        assert await deleted(storage) == (0, [])
