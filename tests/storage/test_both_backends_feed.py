"""The feed of changes, whatever the back end: a class that runs on each of them."""

import asyncio
import random
import time

import pytest
from msgspec.structs import replace

from customary.errors import CustomerNotFound, EmailAlreadyUsed
from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedItem
from customary.model.store import Group, Store
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_group,
    change_customer,
    count_customers,
    delete_customer,
)

WRITERS = 16


def described(items: tuple[FeedItem, ...]) -> list[str]:
    """Such as ``2 customer 1 updated +``; the sign says that there is a state."""
    return [
        f"{each.change.seq} {each.change.entity} {each.change.entity_id} {each.change.kind}"
        + (" +" if each.state else "")
        for each in items
    ]


class Copy:
    """What somebody has who applies the feed."""

    def __init__(self) -> None:
        self.after = 0
        self.seqs: list[int] = []
        self.states: dict[tuple[str, int], object] = {}

    async def read_on(self, storage: Storage, limit: int) -> int:
        page = await storage.read_feed(STORE, self.after, limit)
        for item in page.items:
            self.seqs.append(item.change.seq)
            self.after = item.change.seq
            key = (item.change.entity, item.change.entity_id)
            if item.state is not None:
                self.states[key] = item.state
            elif item.change.kind == "deleted":
                self.states.pop(key, None)
        return len(page.items)

    def customers(self) -> dict[int, Customer]:
        return {state.id: state for state in self.states.values() if isinstance(state, Customer)}


@pytest.mark.usefixtures("stores")
class TestFeed:
    async def test_each_change_has_the_state_that_is_still_there(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        first = await add_customer(storage, STORE, "a@example.com", customer_group_id=group.id)
        second = await add_customer(storage, STORE, "b@example.com")
        await change_customer(storage, STORE, first.id, tax_id="7")
        await delete_customer(storage, STORE, second.id)
        page = await storage.read_feed(STORE, 0, 100)
        assert described(page.items) == [
            "1 group 1 created +",
            "2 customer 1 created",
            "3 customer 2 created",
            "4 customer 1 updated +",
            "5 customer 2 deleted",
        ]
        assert page.items[0].state == group
        assert page.items[3].state == await storage.get_customer(STORE, first.id)
        assert {each.change.before for each in page.items} == {None}
        assert page.last == 5
        assert page.groups == (group,)
        assert described((await storage.read_feed(STORE, 2, 2)).items) == [
            "3 customer 2 created",
            "4 customer 1 updated +",
        ]
        assert (await storage.read_feed(STORE, 5, 100)).items == ()
        assert (await storage.read_feed(OTHER, 0, 100)) == (await storage.read_feed(OTHER, 9, 1))
        assert (await storage.read_feed(999, 0, 100)).last == 0

    async def test_the_store_and_its_extra_fields_are_in_it(self, storage: Storage) -> None:
        async def work(transaction: Transaction) -> tuple[Extrafield, Extrafield]:
            store = await transaction.get_store(STORE)
            assert store is not None
            await transaction.replace_store(store, replace(store, name="First"))
            await transaction.replace_store(replace(store, name="First"), replace(store, name="Second"))
            fields = [
                Extrafield(id=transaction.new_extrafield_id(), key=key, title=key, created=NOON, modified=NOON)
                for key in ("size", "gone")
            ]
            for field in fields:
                await transaction.add_extrafield(field)
            await transaction.delete_extrafield(fields[1])
            return fields[0], fields[1]

        kept, _ = await storage.write(STORE, ORIGIN, work)
        page = await storage.read_feed(STORE, 0, 100)
        assert described(page.items) == [
            f"1 store {STORE} updated",
            f"2 store {STORE} updated +",
            "3 extrafield 1 created +",
            "4 extrafield 2 created",
            "5 extrafield 2 deleted",
        ]
        assert isinstance(page.items[1].state, Store)
        assert page.items[1].state.name == "Second"
        assert page.items[2].state == kept
        assert page.items[4].key == "gone"
        assert page.extrafields == (kept,)

    async def test_replayed_it_is_the_store_whatever_goes_on_meanwhile(self, storage: Storage) -> None:
        """Sixteen write, one follows page by page, and one begins at the end."""
        follower, late = Copy(), Copy()
        writing = asyncio.gather(*(write_at_random(storage, random.Random(number), 60) for number in range(WRITERS)))
        while not writing.done():
            await follower.read_on(storage, 7)
            await asyncio.sleep(0)
        for copy in (follower, late):
            while await copy.read_on(storage, 50):
                pass
            assert copy.seqs == list(range(1, len(copy.seqs) + 1))
            for customer_id, customer in copy.customers().items():
                assert await storage.get_customer(STORE, customer_id) == customer
            assert len(copy.customers()) == await count_customers(storage, STORE) > 0
            groups = [state for state in copy.states.values() if isinstance(state, Group)]
            assert tuple(sorted(groups, key=lambda group: group.id)) == await storage.list_groups(STORE)
        assert len(late.seqs) > 16 * 10

    async def test_who_waits_is_woken_by_the_next_change_of_that_store(self, storage: Storage) -> None:
        waiting = asyncio.ensure_future(storage.wait_for_change(STORE, 0, 30))
        other = asyncio.ensure_future(storage.wait_for_change(OTHER, 0, 30))
        further = asyncio.ensure_future(storage.wait_for_change(STORE, 1, 30))
        await asyncio.sleep(0.05)
        await add_customer(storage, STORE, "a@example.com")
        await asyncio.wait_for(waiting, 5)
        await storage.wait_for_change(STORE, 0, 30)  # it is there already
        await asyncio.sleep(0.05)
        assert not other.done()
        assert not further.done()
        await add_customer(storage, STORE, "b@example.com")
        await asyncio.wait_for(further, 5)
        other.cancel()

    async def test_nobody_waits_longer_than_he_said(self, storage: Storage) -> None:
        begun = time.monotonic()
        await storage.wait_for_change(STORE, 0, 0.2)
        assert 0.15 < time.monotonic() - begun < 5
        await storage.wait_for_change(STORE, 0, 0)


async def write_at_random(storage: Storage, choice: random.Random, times: int) -> None:
    for _ in range(times):
        number = choice.randrange(40)
        try:
            match choice.randrange(8):
                case 0 | 1 | 2:
                    await add_customer(storage, STORE, f"{number}@example.com")
                case 3:
                    await delete_customer(storage, STORE, number)
                case 4:
                    await add_group(storage, STORE, f"Group {number}")
                case _:
                    await change_customer(storage, STORE, number, tax_id=str(choice.random()))
        except (EmailAlreadyUsed, CustomerNotFound):
            pass
