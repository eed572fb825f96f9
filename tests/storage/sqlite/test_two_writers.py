"""Two storages on one SQLite file, as two workers have it: the text index and the log are kept up by both."""

import asyncio
from pathlib import Path

import apsw

from customary.storage.sqlite.database import SqliteStorage
from tests.storage.records import STORE, add_customer, add_stores, found

CUSTOMERS = 3000


async def test_both_bring_the_text_indexes_up_to_date(path: Path) -> None:
    storages = [SqliteStorage(str(path), server=name) for name in ("one", "two")]
    await add_stores(storages[0], STORE)

    async def add(number: int) -> None:
        await add_customer(storages[number % 2], STORE, f"{number:04}@example.com")

    for start in range(0, CUSTOMERS, 200):
        await asyncio.gather(*(add(number) for number in range(start, start + 200)))
    async with asyncio.timeout(20):
        while any(storage.behind for storage in storages):
            await asyncio.sleep(0.05)
    for storage in storages:
        assert (await found(storage, keyword="299", limit=1))[0] == 13  # 0299, 1299, 2299 and 2990 to 2999
    for storage in storages:
        await storage.close()
    connection = apsw.Connection(str(path))
    assert connection.execute("SELECT count(*) FROM customer_unindexed").get == 0
    assert connection.execute("SELECT count(*) FROM customer_text").get == CUSTOMERS
    assert connection.execute("SELECT count(*) FROM customer_ending").get == CUSTOMERS
    assert len(connection.execute("SELECT rowid FROM customer_text('\"299\"')").fetchall()) == 13
    assert connection.pragma("integrity_check") == "ok"
    connection.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
