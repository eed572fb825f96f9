"""Several servers on one database: what is true of one storage is true of all of them together."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed, GroupNotFound, ServiceUnavailable
from customary.model.customer import Customer
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    NOON,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    add_group,
    change_customer,
    count_customers,
    find_token,
    found,
    origin,
    read_customer,
    token,
)
from tests.storage.test_both_backends_tickets import RECEIPT, REQUESTS, add_with_receipt, ticket

Servers: TypeAlias = tuple[Storage, Storage]
CLIENTS = 64


async def at_once(servers: Servers, call: Callable[[Storage, int], Awaitable[object]], times: int) -> list[object]:
    """The outcomes of calls that are begun together, half of them on each server."""
    calls = (call(storage, number) for storage, number in zip(cycle(servers), range(times), strict=False))
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def test_of_64_clients_on_one_customer_no_change_is_lost(servers: Servers) -> None:
    await add_customer(servers[0], STORE, "a@example.com")

    async def client(storage: Storage, number: int) -> None:
        for turn in range(10):

            async def work(transaction: Transaction, mark: str = f"{number}-{turn}") -> None:
                before = await read_customer(transaction, STORE, 1)
                notes = f"{before.private_admin_notes} {mark}".strip()
                await transaction.replace_customer(before, replace(before, private_admin_notes=notes))

            await storage.write(STORE, origin(f"{number}-{turn}"), work)

    assert await at_once(servers, client, CLIENTS) == [None] * CLIENTS
    marks = [f"{number}-{turn}" for number in range(CLIENTS) for turn in range(10)]
    customer = await servers[1].get_customer(STORE, 1)
    assert customer is not None
    assert sorted(customer.private_admin_notes.split()) == sorted(marks)
    changes = await servers[0].list_changes(STORE, 0, 10_000)
    assert [change.seq for change in changes] == list(range(1, len(marks) + 2))
    assert [change.previous for change in changes] == list(range(len(marks) + 1))
    assert [change.request_id for change in changes[1:]] == customer.private_admin_notes.split()


async def test_ids_and_positions_are_given_out_once(servers: Servers) -> None:
    customers = await at_once(
        servers, lambda storage, number: add_customer(storage, STORE, f"{number}@example.com"), 200
    )
    assert all(isinstance(each, Customer) for each in customers)
    assert len({each.id for each in customers if isinstance(each, Customer)}) == 200
    for storage in servers:
        assert [change.seq for change in await storage.list_changes(STORE, 0, 1000)] == list(range(1, 201))
        assert await count_customers(storage, STORE) == 200


async def test_an_e_mail_is_had_by_one(servers: Servers) -> None:
    outcomes = await at_once(
        servers, lambda storage, number: add_customer(storage, STORE, f"{number // 8}@example.com"), 160
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(Customer), kinds.count(EmailAlreadyUsed)) == (20, 140)
    await add_customers(servers[0], OTHER, ["a@example.com", "b@example.com"])
    outcomes = await at_once(
        servers, lambda storage, number: change_customer(storage, OTHER, number + 1, email="c@example.com"), 2
    )
    assert {type(outcome) for outcome in outcomes} == {Customer, EmailAlreadyUsed}


async def test_nobody_joins_a_group_that_is_deleted(servers: Servers) -> None:
    group = await add_group(servers[0], STORE, "Wholesale")
    await add_customers(servers[0], STORE, [f"{number}@example.com" for number in range(40)])

    async def join(storage: Storage, number: int) -> None:
        async def work(transaction: Transaction) -> None:
            if await transaction.get_group(STORE, group.id) is None:
                raise GroupNotFound
            before = await read_customer(transaction, STORE, number + 1)
            await transaction.replace_customer(before, replace(before, customer_group_id=group.id))

        await storage.write(STORE, origin("join"), work)

    async def delete(transaction: Transaction) -> None:
        while members := await transaction.list_group_members(group.id, 7):
            for member in members:
                await transaction.replace_customer(member, replace(member, customer_group_id=0))
        await transaction.delete_group(group)

    joining = asyncio.ensure_future(at_once(servers, join, 40))
    await asyncio.sleep(0.02)
    await servers[1].write(STORE, origin("delete"), delete, heavy=True)
    outcomes = await joining
    assert {type(outcome) for outcome in outcomes} <= {type(None), GroupNotFound}
    assert await found(servers[0], customer_group_ids=(0,), limit=1) == (40, ["0@example.com"])
    assert await servers[1].list_groups(STORE) == ()


async def test_stores_do_not_wait_for_each_other(servers: Servers) -> None:
    """Both stores are written to by both servers, in works that need many statements each."""

    async def work(storage: Storage, number: int) -> None:
        store_id = (STORE, OTHER)[number // 2 % 2]
        await add_customer(storage, store_id, f"{number}@example.com")
        await add_group(storage, store_id, f"Group {number}")

    assert set(await at_once(servers, work, 80)) == {None}
    for store_id in (STORE, OTHER):
        assert [change.seq for change in await servers[0].list_changes(store_id, 0, 100)] == list(range(1, 81))


async def test_tokens_are_numbered_over_all_stores_and_gone_everywhere(servers: Servers) -> None:
    async def add(storage: Storage, number: int) -> int:
        return (await storage.add_token(token((STORE, OTHER)[number % 2], bytes([number])))).id

    assert sorted(await at_once(servers, add, 20)) == list(range(1, 21))
    listed = await servers[1].list_tokens(STORE)
    assert await servers[0].revoke_token(listed[0].id, NOON)
    assert await find_token(servers[1], STORE, listed[0].digest) is None
    assert not await servers[1].revoke_token(listed[0].id, NOON)


async def test_a_batch_is_carried_out_by_one_server(servers: Servers) -> None:
    first, second = (storage.tickets for storage in servers)
    await first.add(ticket(), REQUESTS, 0)
    taken = await asyncio.gather(*(each.take(STORE, "t", 60) for each in (first, second) for _ in range(4)))
    holder, other = (first, second) if taken[0] else (second, first)
    assert sorted(taken) == [False] * 4 + [True] * 4
    assert await holder.list_unfinished() == ((STORE, "t"),)
    assert await other.list_unfinished() == ()
    assert not await other.hold(STORE, "t", 60)
    await holder.give_back(STORE, "t")
    assert await other.take(STORE, "t", 60)
    assert not await holder.take(STORE, "t", 60)


async def test_a_batch_is_taken_over_when_its_server_is_silent(servers: Servers) -> None:
    first, second = (storage.tickets for storage in servers)
    await first.add(ticket(), REQUESTS, 0)
    assert await first.take(STORE, "t", 0.1)
    await servers[0].write(STORE, origin("r"), add_with_receipt)
    await first.add_response(STORE, "t", 0, 200, b"first")
    await asyncio.sleep(0.2)
    assert await second.list_unfinished() == ((STORE, "t"),)
    assert await second.take(STORE, "t", 60)

    assert not await first.hold(STORE, "t", 60)
    await first.add_response(STORE, "t", 1, 200, b"late")
    await first.finish(STORE, "t", NOON)
    with pytest.raises(ServiceUnavailable, match="taken the batch over"):
        await servers[0].write(STORE, origin("r"), lambda transaction: transaction.add_receipt(RECEIPT))
    assert await second.list_statuses(STORE, "t") == {0: 200}
    assert len(await second.list_receipts(STORE, "t", 1)) == 1
    assert await count_customers(servers[1], STORE) == 1
    await second.finish(STORE, "t", NOON)
    assert await first.list_unfinished() == ()


async def test_a_deduplication_key_makes_one_ticket(servers: Servers) -> None:
    names = await at_once(
        servers,
        lambda storage, number: storage.tickets.add(ticket(str(number), deduplication_key="k"), REQUESTS, 0),
        20,
    )
    assert len(set(names)) == 1


async def test_one_migrates_and_the_others_wait(url: str) -> None:
    for _ in range(3):
        opened = await asyncio.gather(*(open_storage(url, create=True) for _ in range(8)))
        for storage in opened:
            assert await storage.list_stores() == ()
            await storage.close()


async def test_who_waits_for_a_change_is_told_of_that_of_another_server(servers: Servers) -> None:
    waiting = asyncio.ensure_future(servers[0].wait_for_change(STORE, 0, 30))
    await asyncio.sleep(0.05)
    await add_customer(servers[1], STORE, "a@example.com")
    await asyncio.wait_for(waiting, 5)
