"""A disk that reports errors: nothing that was answered is lost, and after the first error nothing more is promised."""

import asyncio
import logging
import random
from pathlib import Path

import apsw
import pytest

from customary.errors import OperatorError, ServiceUnavailable, StorageFailed, StorageFull
from customary.storage.sqlite.connection import open_writer
from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.group_commit import GroupCommit
from tests.storage.records import STORE, add_customer, add_customers, change_customer, count_customers, found, origin
from tests.storage.sqlite.faulty_disk import DATABASE, LOG, FaultyDisk, Files, put_files


async def check_reopened(path: Path, answered: list[str], unanswered: list[str]) -> None:
    """All that was answered is there; of one batch that was not, all or nothing is."""
    again = SqliteStorage(str(path))
    assert again.ready
    _, emails = await found(again)
    assert set(answered) <= set(emails) <= {*answered, *unanswered}
    assert set(emails) in ({*answered}, {*answered, *unanswered})
    assert await count_customers(again, STORE) == len(emails)
    seqs = [change.seq for change in await again.list_changes(STORE, 0, 1000)]
    assert seqs == list(range(1, len(seqs) + 1))
    await add_customer(again, STORE, "afterwards@example.com")
    await again.close()
    assert apsw.Connection(str(path)).pragma("integrity_check") == "ok"


@pytest.mark.parametrize("call", ["xSync", "xWrite"])
async def test_an_error_while_committing_is_final(
    call: str, sqlite: SqliteStorage, disk: FaultyDisk, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answered = [f"{number}@example.com" for number in range(20)]
    unanswered = [f"late{number}@example.com" for number in range(20)]
    await add_customers(sqlite, STORE, answered)
    disk.failing[LOG, call] = apsw.IOError
    outcomes = await asyncio.gather(
        *(add_customer(sqlite, STORE, email) for email in unanswered), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {StorageFailed}
    assert not sqlite.ready
    disk.failing.clear()
    with pytest.raises(StorageFailed):
        await add_customer(sqlite, STORE, "later@example.com")
    assert sorted((await found(sqlite))[1]) == sorted(answered)
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert [record.getMessage() for record in critical] == ["storage failed: no more writes until a restart"]
    await sqlite.close()
    await check_reopened(path, answered, unanswered)


async def test_works_that_wait_behind_a_failing_commit_are_refused_too(sqlite: SqliteStorage, disk: FaultyDisk) -> None:
    disk.failing[LOG, "xSync"] = apsw.IOError
    first = asyncio.ensure_future(add_customer(sqlite, STORE, "first@example.com"))
    while not sqlite._commits._busy or sqlite._commits._waiting:
        await asyncio.sleep(0)
    behind = [asyncio.ensure_future(add_customer(sqlite, STORE, f"{number}@example.com")) for number in range(5)]
    outcomes = await asyncio.gather(first, *behind, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StorageFailed] * 6


@pytest.mark.parametrize("call", ["xSync", "xWrite"])
async def test_an_error_during_a_checkpoint_is_final(call: str, disk: FaultyDisk, path: Path) -> None:
    commits = GroupCommit(open_writer(str(path), 1, "faulty"), 256, checkpoint_pages=4)
    add_store = "INSERT INTO store (store_id, name, url, timezone, languages, default_language, created)"
    disk.failing[DATABASE, call] = apsw.IOError
    answered = 0
    for store_id in range(1, 100):
        try:
            values = (store_id, "x" * 4000)
            await commits.submit(
                lambda batch, v=values: batch.execute(f"{add_store} VALUES (?, ?, '', '', '', '', 0)", v)
            )
        except StorageFailed:
            break
        answered = store_id
    assert commits.failed
    assert 0 < answered < 99
    disk.failing.clear()
    await commits.close()
    writer = open_writer(str(path), 1)
    count, last = writer.execute("SELECT count(*), max(store_id) FROM store").get
    assert count == last
    assert last in {answered, answered + 1}  # one more may have been on the disk when the log could not be folded
    assert writer.pragma("integrity_check") == "ok"
    writer.close()


async def test_an_error_while_closing_loses_nothing(
    sqlite: SqliteStorage, disk: FaultyDisk, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await add_customers(sqlite, STORE, ["a@example.com", "b@example.com"])
    disk.failing[DATABASE, "xSync"] = apsw.IOError
    await sqlite.close()
    assert "storage failed while it was closed" in caplog.text
    disk.failing.clear()
    await check_reopened(path, ["a@example.com", "b@example.com"], [])


async def test_an_error_while_opening_is_told(disk: FaultyDisk, path: Path) -> None:
    disk.failing[DATABASE, "xWrite"] = apsw.IOError
    with pytest.raises(OperatorError, match="can't be used"):
        SqliteStorage(str(path), vfs="faulty")
    disk.failing.clear()
    await SqliteStorage(str(path), vfs="faulty").close()


async def test_what_an_earlier_process_could_not_sync_is_synced_at_the_start(
    sqlite: SqliteStorage, disk: FaultyDisk, path: Path, tmp_path: Path
) -> None:
    """Its log may be on no disk although reading shows it: what follows in the log would be lost with it."""
    disk.failing[LOG, "xSync"] = apsw.IOError
    with pytest.raises(StorageFailed):
        await add_customer(sqlite, STORE, "unanswered@example.com")
    disk.failing.clear()
    await sqlite.close()
    again = SqliteStorage(str(path), vfs="faulty")
    answered = (await found(again))[1]
    await add_customer(again, STORE, "answered@example.com")
    await check_reopened(put_files(disk.cut_power(), tmp_path / "cut"), [*answered, "answered@example.com"], [])
    await again.close()


async def test_a_power_cut_loses_nothing_that_was_answered(
    sqlite: SqliteStorage, disk: FaultyDisk, tmp_path: Path
) -> None:
    """Whenever it comes, also in the middle of a checkpoint, which the small log makes happen all the time."""
    sqlite._commits._upkeep._checkpoint_pages = sqlite._commits._upkeep._checkpoint_due = 20
    dice = random.Random(7)
    answered: list[str] = []
    cuts: list[tuple[Files, int]] = []

    def cut() -> None:
        cuts.append((disk.cut_power(), len(answered)))
        cuts.append((disk.cut_power(lambda: dice.random() < 0.5), len(answered)))

    async def change(number: int, request_id: str) -> None:
        await change_customer(sqlite, STORE, number, origin(request_id), tax_id=request_id)
        answered.append(request_id)

    disk.before_sync = cut
    await add_customers(sqlite, STORE, [f"{number}@example.com" for number in range(8)])
    for turn in range(30):
        await asyncio.gather(*(change(number + 1, f"{turn}-{number}") for number in range(7)))
        await change(8, f"{turn}-alone")
    assert disk.syncs.count(DATABASE) > 10
    for position, (files, count) in enumerate(cuts):
        await check_cut(put_files(files, tmp_path / f"cut{position}"), answered[:count])


async def test_a_disk_that_is_full_refuses_and_goes_on(
    sqlite: SqliteStorage, disk: FaultyDisk, caplog: pytest.LogCaptureFixture
) -> None:
    await add_customer(sqlite, STORE, "a@example.com")
    disk.failing[LOG, "xWrite"] = apsw.FullError
    for _ in range(3):
        with pytest.raises(StorageFull):
            await add_customer(sqlite, STORE, "b@example.com")
    assert sqlite.ready
    assert await found(sqlite) == (1, ["a@example.com"])
    assert [record.getMessage() for record in caplog.records] == ["storage is full"]
    disk.failing.clear()
    assert (await add_customer(sqlite, STORE, "b@example.com")).version == 2
    assert [change.seq for change in await sqlite.list_changes(STORE, 0, 10)] == [1, 2]


async def test_a_disk_without_room_for_a_checkpoint_goes_on(sqlite: SqliteStorage, disk: FaultyDisk) -> None:
    sqlite._commits._upkeep._checkpoint_pages = sqlite._commits._upkeep._checkpoint_due = 4
    disk.failing[DATABASE, "xWrite"] = apsw.FullError
    for number in range(10):
        await add_customer(sqlite, STORE, f"{number}@example.com")
    assert sqlite.ready
    assert disk.syncs.count(DATABASE) > 0
    disk.failing.clear()
    await add_customer(sqlite, STORE, "last@example.com")
    assert await count_customers(sqlite, STORE) == 11


@pytest.mark.parametrize("name", ["customary.db", "customary.db-wal"])
@pytest.mark.parametrize("replaced", [False, True])
async def test_a_database_that_is_deleted_or_replaced_under_a_server_takes_no_more(
    name: str, replaced: bool, sqlite: SqliteStorage, path: Path
) -> None:
    """Else it would answer 200 for changes to a file that is gone with the process."""
    await add_customer(sqlite, STORE, "a@example.com")
    file = path.with_name(name)
    content = file.read_bytes()
    file.unlink()
    if replaced:
        file.write_bytes(content)
    with pytest.raises(StorageFailed):
        await add_customer(sqlite, STORE, "b@example.com")
    assert not sqlite.ready
    assert await sqlite.get_customer(STORE, 1) is not None


async def test_a_fold_that_fails_is_final(sqlite: SqliteStorage, disk: FaultyDisk, path: Path) -> None:
    """What did not reach the database stays in the log, for the next start."""
    await add_customer(sqlite, STORE, "a@example.com")
    sqlite._commits._upkeep._checkpoint_due = 0
    disk.failing[DATABASE, "xWrite"] = apsw.IOError
    await change_customer(sqlite, STORE, 1, tax_id="answered")
    for _ in range(200):
        if not sqlite.ready:
            break
        await asyncio.sleep(0.01)
    assert not sqlite.ready
    with pytest.raises(StorageFailed):
        await change_customer(sqlite, STORE, 1, tax_id="refused")
    disk.failing.clear()
    await sqlite.close()
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0
    again = SqliteStorage(str(path))
    customer = await again.get_customer(STORE, 1)
    assert customer is not None
    assert customer.tax_id == "answered"
    await again.close()


async def test_a_read_that_fails_is_told_and_not_final(sqlite: SqliteStorage, disk: FaultyDisk, path: Path) -> None:
    await add_customer(sqlite, STORE, "a@example.com")
    await sqlite.close()
    again = SqliteStorage(str(path), vfs="faulty")
    disk.failing[DATABASE, "xRead"] = apsw.IOError
    by_email = found(again, email="a@example.com", use_exact_email_match=True)
    for read in (again.get_customer(STORE, 1), again.list_changes(STORE, 0, 1), found(again), by_email):
        with pytest.raises(ServiceUnavailable, match="The storage can't be read at the moment"):
            await read
    disk.failing.clear()
    assert await again.get_customer(STORE, 1) is not None
    assert again.ready
    await again.close()


async def check_cut(path: Path, answered: list[str]) -> None:
    """All that was answered is there, and beside it one batch at most: the one under way."""
    after = SqliteStorage(str(path))
    changes = await after.list_changes(STORE, 0, 1000)
    stored = [change.request_id for change in changes if change.kind == "updated"]
    assert set(answered) <= set(stored)
    assert len(stored) <= len(answered) + 7
    newest = {change.entity_id: change.request_id for change in changes if change.kind == "updated"}
    for customer_id, request_id in newest.items():
        customer = await after.get_customer(STORE, customer_id)
        assert customer is not None
        assert customer.tax_id == request_id
    await after.close()
    assert apsw.Connection(str(path)).pragma("integrity_check") == "ok"
