"""Searches in a thousand stores of a thousand customers, and deep offsets in one store of a million: the storage alone.

`python -m benchmarks.many_stores` prints the milliseconds of each search, one after the other, called in process.
"""

import argparse
import asyncio
import random
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import convert
from msgspec.structs import replace
from rich.console import Console

from benchmarks import population, seeds
from benchmarks.own import DATABASE, CustomaryTarget
from benchmarks.seeding import FACTS
from benchmarks.wire import STORE_ID
from customary.model.body import CustomerBody
from customary.model.change import Origin
from customary.model.search import CustomerSearch
from customary.model.store import Store
from customary.rules.customer_update import new_customer
from customary.storage.protocol import Storage, Transaction
from customary.storage.sqlite.database import SqliteStorage

SEARCHES = 500
DEPTHS = (0, 1_000, 100_000, 999_900)
SAY = Console(width=140, highlight=False).print

Search = Callable[[int], CustomerSearch]

BY: dict[str, Search] = {
    "exact e-mail": lambda i: CustomerSearch(email=population.email(i), use_exact_email_match=True, limit=20),
    "part of a name": lambda i: CustomerSearch(
        name=str(population.customer(i)["billingPerson"]["name"])[2:9], limit=20
    ),
    "phone": lambda i: CustomerSearch(phone=str(population.customer(i)["billingPerson"]["phone"]), limit=20),
    "newest first": lambda _: CustomerSearch(sort_by="UPDATED_DATE_DESC", limit=20),
}


def main(arguments: Sequence[str] | None = None) -> None:
    flags = argparse.ArgumentParser(prog="python -m benchmarks.many_stores", description=__doc__)
    flags.add_argument("--stores", type=int, default=1_000)
    flags.add_argument("--customers", type=int, default=1_000, help="in each store")
    flags.add_argument("--work", type=Path, default=Path("build/bench"), help="where databases are kept")
    options = flags.parse_args(arguments)
    path = options.work / "many-stores" / DATABASE
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    try:
        asyncio.run(_many(path, options.stores, options.customers))
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)
    million = options.work / "seeds" / f"{CustomaryTarget.name}-1000000"
    if million.exists():
        directory = seeds.fresh_copy(million, options.work / "running" / "deep")
        try:
            asyncio.run(_deep(directory / DATABASE))
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _billing(i: int) -> Any:
    return population.customer(i)["billingPerson"]


async def _many(path: Path, stores: int, customers: int) -> None:
    storage = SqliteStorage(str(path), works_per_commit=5_000, cache_mib=512)
    for store_id in range(1, stores + 1):
        await storage.add_store(Store(id=store_id, name="Shop", created=0))
        await asyncio.gather(*(_add(storage, store_id, i) for i in range(1, customers + 1)))
    while storage.behind:
        await asyncio.sleep(0.1)
    await storage.close()
    storage = SqliteStorage(str(path))
    dice = random.Random(1)
    SAY(f"{stores:,} stores of {customers:,} customers")
    for name, search in BY.items():
        asked = [(dice.randint(1, stores), search(dice.randint(1, customers))) for _ in range(SEARCHES)]
        await _measure(storage, name, asked)
    await storage.close()


async def _add(storage: Storage, store_id: int, i: int) -> None:
    body = convert(population.customer(i, population.SEED_MARK), CustomerBody)
    body = replace(body, customer_group_id=0)

    async def work(transaction: Transaction) -> None:
        number = transaction.new_customer_id()
        await transaction.add_customer(new_customer(number, body, FACTS, transaction, transaction.at))

    await storage.write(store_id, Origin(at=1_700_000_000 + i, token_id=0, request_id="seed"), work)


async def _deep(path: Path) -> None:
    storage = SqliteStorage(str(path))
    SAY("one store of 1,000,000 customers, pages of 20")
    for sort_by in ("NAME_ASC", "EMAIL_ASC", "UPDATED_DATE_DESC"):
        for offset in DEPTHS:
            search = CustomerSearch(sort_by=sort_by, offset=offset, limit=20)
            await _measure(storage, f"{sort_by}, offset {offset:,}", [(STORE_ID, search)] * 5)
    await storage.close()


async def _measure(storage: Storage, name: str, searches: Sequence[tuple[int, CustomerSearch]]) -> None:
    took = []
    for store_id, search in searches:
        begun = time.perf_counter()
        await storage.search_customers(store_id, search)
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    SAY(f"{name}: p50 {took[len(took) // 2]:.2f} ms, p99 {took[len(took) * 99 // 100]:.2f} ms")


if __name__ == "__main__":
    main()
