"""The write-ahead log stays small whatever is read and written, and no read holds on to its view of the database."""

import asyncio
import threading
from pathlib import Path

import apsw
import pytest

from customary.model.search import SORT_ORDERS, CustomerSearch
from customary.storage.sqlite import upkeep
from customary.storage.sqlite.connection import open_reader, open_writer
from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.sql import SQL
from tests.storage.records import NOON, STORE, add_customer, add_group, add_stores, delete_customer, token

PAGES = 50
PAGE = 4096 + 24


class Readers:
    """Two connections that take turns with a view each: there is never a moment without an open one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        readers = [open_reader(str(self._path), 1) for _ in range(2)]
        turn = 0
        while not self._stop.wait(0.003):
            readers[turn].execute("BEGIN; SELECT count(*) FROM store")
            turn = 1 - turn
            if readers[turn].in_transaction:
                readers[turn].execute("COMMIT")
        for reader in readers:
            reader.close()


async def write(commits: GroupCommit, number: int) -> None:
    row = (number, "x" * 3000, "", "UTC", "[]", "", 0, 0)
    await commits.submit(lambda batch: batch.execute(SQL["add_store"], row))


async def test_the_log_stays_small_though_neither_writes_nor_reads_pause(path: Path) -> None:
    commits = GroupCommit(open_writer(str(path), 1), 256, checkpoint_pages=PAGES)
    with Readers(path):
        for number in range(1500):
            await write(commits, number + 1)
    assert path.with_name("customary.db-wal").stat().st_size < 12 * PAGES * PAGE
    await commits.close()


async def test_a_long_read_holds_up_no_writes_and_the_log_is_used_again_after_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile the log must grow."""
    monkeypatch.setattr(upkeep, "PATIENCE_WITH_READERS", 0.1)
    commits = GroupCommit(open_writer(str(path), 1), 256, checkpoint_pages=PAGES)
    reader = open_reader(str(path), 1)
    reader.execute("BEGIN; SELECT count(*) FROM store")
    for number in range(300):
        await write(commits, number + 1)
    grown = path.with_name("customary.db-wal").stat().st_size
    assert grown > 300 * PAGE
    assert reader.execute("SELECT count(*) FROM store").get == 0
    reader.execute("COMMIT")
    for number in range(300, 1200):
        await write(commits, number + 1)
    assert path.with_name("customary.db-wal").stat().st_size <= 2 * grown
    assert reader.execute("SELECT count(*) FROM store").get == 1200
    reader.close()
    await commits.close()


async def test_no_read_holds_on_to_its_view(path: Path) -> None:
    """A log that is in use could not be begun anew."""
    storage = SqliteStorage(str(path))
    await add_stores(storage, STORE)
    await storage.add_token(token(STORE, b"x"))
    await add_group(storage, STORE, "Wholesale")
    for number in range(5):
        await add_customer(storage, STORE, f"{number}@example.com", customer_group_id=number % 2)
    await delete_customer(storage, STORE, 5)
    searches = [CustomerSearch(sort_by=sort_by, limit=2) for sort_by in SORT_ORDERS]
    searches += [CustomerSearch(email="1@example.com", use_exact_email_match=True), CustomerSearch(keyword="exa")]
    searches += [CustomerSearch(updated_from=NOON, limit=1), CustomerSearch(customer_group_ids=(1, 0), limit=1)]
    reads = [
        *(lambda search=search: storage.search_customers(STORE, search) for search in searches),
        lambda: storage.get_customer(STORE, 1),
        lambda: storage.get_group(STORE, 1),
        lambda: storage.get_store(STORE),
        lambda: storage.find_access(STORE, b"x"),
        lambda: storage.list_changes(STORE, 0, 1),
        lambda: storage.list_entity_changes(STORE, "customer", 5, None, 1),
        lambda: storage.list_deleted_customers(STORE, None, None, 0, 1),
        lambda: storage.list_groups(STORE),
        storage.list_stores,
        lambda: storage.list_tokens(None),
    ]
    other = apsw.Connection(str(path))
    assert other.execute("SELECT count(*) FROM store").get == 1
    for read in reads:
        await storage.set_suspended(STORE, False)  # makes the log be in use
        await asyncio.gather(read(), read(), read())
        other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)  # raises BusyError where a view is open
        assert path.with_name("customary.db-wal").stat().st_size == 0
    other.close()
    await storage.close()
    assert list(path.parent.iterdir()) == [path]
