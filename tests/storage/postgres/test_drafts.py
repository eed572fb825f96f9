"""Groups of works that are run without the lock of their store, while the group before is still being written."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from customary.errors import CustomerNotFound
from customary.model.change import Change
from customary.model.customer import Customer
from customary.storage import open_storage
from customary.storage.postgres import batch, group_commit
from customary.storage.postgres.asking import Connection
from customary.storage.protocol import Storage, Transaction
from customary.storage.sqlite import rows
from tests.storage.records import (
    STORE,
    add_customer,
    add_customers,
    change_customer,
    delete_customer,
    origin,
    read_customer,
)

CUSTOMERS = 40
Servers = tuple[Storage, Storage]


class Counted:
    """How many drafts were written, and how many groups were run under the lock."""

    drafts = locked = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    write, opened = batch.write_draft, batch.Batch.open

    async def count_draft(*arguments: Any) -> str:
        mark = await write(*arguments)
        counted.drafts += 1
        return mark

    async def count_locked(self: batch.Batch, **options: bool) -> None:
        counted.locked += 1
        await opened(self, **options)

    monkeypatch.setattr(group_commit, "write_draft", count_draft)
    monkeypatch.setattr(batch.Batch, "open", count_locked)
    return counted


async def append(storage: Storage, customer_id: int, mark: str) -> None:
    async def work(transaction: Transaction) -> None:
        before = await read_customer(transaction, STORE, customer_id)
        notes = f"{before.private_admin_notes} {mark}".strip()
        await transaction.replace_customer(before, replace(before, private_admin_notes=notes, updated=transaction.at))

    await storage.write(STORE, origin(mark), work)


async def check(storage: Storage, marks: list[str]) -> None:
    """Each mark was made once; each change has the state that the change before it left."""
    changes = [change for change in await storage.list_changes(STORE, 0, 10_000) if change.kind == "updated"]
    assert sorted(change.request_id for change in changes) == sorted(marks)
    last = (await storage.list_changes(STORE, 0, 10_000))[-1]
    assert [change.seq for change in changes] == list(range(last.seq - len(changes) + 1, last.seq + 1))
    chains: dict[int, list[Change]] = {}
    for change in changes:
        chains.setdefault(change.entity_id, []).append(change)
    for customer_id, chain in chains.items():
        customer = await storage.get_customer(STORE, customer_id)
        assert customer is not None
        states = [rows.decode_customer(change.before or "") for change in chain]
        assert [change.previous for change in chain] == [state.version for state in states]
        notes = [each.private_admin_notes for each in (*states, customer)]
        assert [
            after == f"{before} {change.request_id}".strip()
            for (before, after), change in zip(pairwise(notes), chain, strict=True)
        ] == [True] * len(chain)
        assert customer.version == chain[-1].seq


async def test_a_store_that_is_known_is_not_locked(servers: Servers, counted: Counted) -> None:
    storage = servers[0]
    await add_customer(storage, STORE, "a@example.com")
    await append(storage, 1, "0")
    assert (counted.locked, counted.drafts) == (2, 0)
    for number in range(1, 10):
        await append(storage, 1, str(number))
    assert (counted.locked, counted.drafts) == (2, 9)
    await check(storage, [str(number) for number in range(10)])


async def test_who_comes_while_a_group_is_written_reads_what_it_leaves(servers: Servers, counted: Counted) -> None:
    storage = servers[0]
    await add_customers(storage, STORE, [f"{number}@example.com" for number in range(CUSTOMERS)])
    await append(storage, 1, "first")
    dice = random.Random(1)

    async def client(number: int) -> None:
        for turn in range(30):
            await append(storage, dice.randint(1, CUSTOMERS), f"{number}-{turn}")

    await asyncio.gather(*(client(number) for number in range(12)))
    assert counted.drafts > 10
    await check(storage, ["first", *(f"{number}-{turn}" for number in range(12) for turn in range(30))])


async def test_two_servers_overwrite_nothing(
    servers: Servers, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customary.storage.postgres.known.SHARED_SECONDS", 0.0)  # so that both go on trying
    await add_customers(servers[0], STORE, [f"{number}@example.com" for number in range(CUSTOMERS)])
    dice = random.Random(2)

    async def client(number: int) -> None:
        for turn in range(20):
            await append(servers[number % 2], dice.randint(1, CUSTOMERS), f"{number}-{turn}")
            await asyncio.sleep(dice.random() * 0.02)

    await asyncio.gather(*(client(number) for number in range(8)))
    assert counted.drafts > 10
    await check(servers[1], [f"{number}-{turn}" for number in range(8) for turn in range(20)])


async def test_what_another_server_changed_is_seen(servers: Servers) -> None:
    first, second = servers
    await add_customers(first, STORE, ["a@example.com", "b@example.com"])
    for turn in range(3):
        await append(first, 1, f"first-{turn}")
        await append(second, 1, f"second-{turn}")
    await check(first, [f"{name}-{turn}" for name in ("first", "second") for turn in range(3)])


async def known(storage: Storage) -> None:
    await append(storage, 1, "so that the store is known")


async def test_what_is_refused_is_refused_by_the_state_of_now(servers: Servers) -> None:
    """A refusal writes nothing by which the state would be proved."""
    first, second = servers
    await add_customer(first, STORE, "a@example.com")
    await known(first)

    async def rename(transaction: Transaction) -> None:
        store = await transaction.get_store(STORE)
        assert store is not None
        await transaction.replace_store(store, replace(store, name="Renamed"))

    async def refuse(transaction: Transaction) -> None:
        store = await transaction.get_store(STORE)
        assert store is not None
        raise CustomerNotFound(store.name)

    await second.write(STORE, origin("rename"), rename)
    with pytest.raises(CustomerNotFound, match="Renamed"):
        await first.write(STORE, origin("refuse"), refuse)


async def test_one_that_fails_in_a_draft_fails_alone(servers: Servers, counted: Counted) -> None:
    storage = servers[0]
    await add_customers(storage, STORE, [f"{number}@example.com" for number in range(CUSTOMERS)])
    await known(storage)
    numbers = [*range(1, 9), 999, *range(9, 17)]
    outcomes = await asyncio.gather(
        *(append(storage, number, str(number)) for number in numbers), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [
        CustomerNotFound if number == 999 else type(None) for number in numbers
    ]
    assert counted.drafts >= 2
    await check(storage, ["so that the store is known", *(str(number) for number in numbers if number != 999)])


async def test_works_that_need_the_lock_go_between(servers: Servers) -> None:
    storage = servers[0]
    await add_customers(storage, STORE, [f"{number}@example.com" for number in range(CUSTOMERS)])
    dice = random.Random(3)

    async def client(number: int) -> None:
        for turn in range(20):
            customer_id = dice.randint(1, CUSTOMERS)
            kind = dice.randint(0, 9)
            with suppress(CustomerNotFound):
                if kind == 0:
                    await delete_customer(storage, STORE, customer_id)
                elif kind == 1:
                    await add_customer(storage, STORE, f"{number}-{turn}@example.com")
                elif kind == 2:
                    await change_customer(storage, STORE, customer_id, email=f"new-{number}-{turn}@example.com")
                else:
                    await change_customer(storage, STORE, customer_id, tax_id=f"{number}-{turn}")

    await asyncio.gather(*(client(number) for number in range(12)))
    changes = await storage.list_changes(STORE, 0, 10_000)
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    newest: dict[int, int] = {}
    for change in changes:
        assert change.previous == newest.get(change.entity_id, 0)
        newest[change.entity_id] = change.seq
    gone = {change.entity_id for change in changes if change.kind == "deleted"}
    for customer_id, seq in newest.items():
        customer = await storage.get_customer(STORE, customer_id)
        assert (customer.version if customer else None) == (None if customer_id in gone else seq)


@asynccontextmanager
async def held(url: str) -> AsyncIterator[Connection]:
    """The store's row, by somebody else."""
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await connection.execute(f"SELECT FROM store WHERE store_id = {STORE} FOR NO KEY UPDATE")
        yield connection
    await connection.close()


async def test_a_draft_waits_for_who_holds_the_store(servers: Servers, url: str, counted: Counted) -> None:
    """And is run again when the store was written to meanwhile."""
    storage = servers[0]
    await add_customer(storage, STORE, "a@example.com")
    await known(storage)
    async with held(url):
        waiting = asyncio.ensure_future(append(storage, 1, "waited"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    await waiting
    assert counted.drafts == 1
    async with held(url) as connection:
        waiting = asyncio.ensure_future(append(storage, 1, "ran again"))
        await asyncio.sleep(0.1)
        await connection.execute(f"UPDATE store SET last_contact_id = last_contact_id + 1 WHERE store_id = {STORE}")
    await waiting
    assert counted.drafts == 1
    customer: Customer | None = await storage.get_customer(STORE, 1)
    assert customer is not None
    assert customer.private_admin_notes == "so that the store is known waited ran again"


async def test_where_commits_do_not_wait_for_the_disk_the_store_is_locked(
    servers: Servers, url: str, counted: Counted
) -> None:
    """Only in a transaction can a commit of ours be told to wait."""
    await add_customer(servers[0], STORE, "a@example.com")
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER ROLE postgres SET synchronous_commit = off")
    try:
        storage = await open_storage(url)
        for number in range(3):
            await append(storage, 1, str(number))
        await storage.close()
        assert counted.drafts == 0
    finally:
        await connection.execute("ALTER ROLE postgres RESET synchronous_commit")
        await connection.close()
