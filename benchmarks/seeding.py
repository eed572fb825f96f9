"""Fills a customary database with the population: through the rules and the storage, without HTTP."""

import asyncio
from pathlib import Path

from msgspec import convert

from benchmarks import population
from benchmarks.wire import STORE_ID
from customary.model.body import CustomerBody
from customary.model.change import Origin
from customary.model.store import Group
from customary.rules.customer_update import StoreFacts, new_customer
from customary.storage.protocol import Storage, Transaction, Work
from customary.storage.sqlite.database import SqliteStorage

CHUNK = 5_000
FACTS = StoreFacts(languages=("en",))


def seed_customary(path: Path, count: int) -> None:
    """Writes the groups and `population.everyone(count)` into store 1003, which is there already.

    Ids are the `i` of the population, and new ids continue after `count`; `registered` and `updated` are
    `population.seeded_second(i, count)`.
    """
    asyncio.run(_seed(path, count))


async def _seed(path: Path, count: int) -> None:
    storage = SqliteStorage(str(path), works_per_commit=CHUNK, cache_mib=512)
    try:
        await fill_store(storage, STORE_ID, count)
        await _wait_for_text_index(storage)
    finally:
        await storage.close()


async def _wait_for_text_index(storage: SqliteStorage) -> None:
    while storage.behind:
        await asyncio.sleep(0.1)


async def _add_groups(transaction: Transaction) -> None:
    for group in population.GROUPS:
        await transaction.add_group(Group(id=transaction.new_group_id(), name=f"Group {group}"))


async def fill_store(storage: Storage, store_id: int, count: int) -> None:
    """Its groups and its customers."""
    await storage.write(store_id, _origin(1, count), _add_groups)
    for first in range(1, count + 1, CHUNK):
        await _add_customers(storage, store_id, range(first, min(first + CHUNK, count + 1)), count)


async def _add_customers(storage: Storage, store_id: int, numbers: range, count: int) -> None:
    """One change a customer, each with its own time; they are committed together."""
    await asyncio.gather(*(storage.write(store_id, _origin(i, count), _adding(i)) for i in numbers))


def _adding(i: int) -> Work[None]:
    body = convert(population.customer(i, population.SEED_MARK), CustomerBody)

    async def work(transaction: Transaction) -> None:
        await transaction.add_customer(
            new_customer(transaction.new_customer_id(), body, FACTS, transaction, transaction.at)
        )

    return work


def _origin(i: int, count: int) -> Origin:
    return Origin(at=population.seeded_second(i, count), token_id=0, request_id="seed")
