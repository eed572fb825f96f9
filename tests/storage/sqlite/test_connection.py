"""How connections are opened: which SQLite, which pragmas, and what is refused."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from customary.errors import OperatorError, SqliteTooOld
from customary.storage import open_storage
from customary.storage.sqlite.connection import check_sqlite_version, open_reader, open_writer, wait_for_locks


@pytest.mark.parametrize("version", ["3.51.2", "3.40.1", "3.9.5", "2.99.99"])
def test_an_sqlite_that_can_corrupt_a_log_is_refused(version: str) -> None:
    with pytest.raises(SqliteTooOld, match=f"customary needs SQLite 3.51.3 or later, this is {version}"):
        check_sqlite_version(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.51.10", "3.52.0", "4.0.0", apsw.sqlite_lib_version()])
def test_a_later_one_is_taken(version: str) -> None:
    check_sqlite_version(version)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL: every commit is synced
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("wal_autocheckpoint", 0),
        ("cache_size", -3 * 1024),
        ("locking_mode", "normal"),
    ],
)
def test_pragmas_of_the_writer(pragma: str, value: object, path: Path) -> None:
    writer = open_writer(str(path), cache_mib=3)
    assert writer.pragma(pragma) == value
    assert writer.pragma("mmap_size") in {None, 0}  # a torn page would be read without an error
    writer.close()


def test_a_reader_can_only_read(path: Path) -> None:
    writer = open_writer(str(path), cache_mib=1)
    reader = open_reader(str(path), cache_mib=1)
    assert reader.pragma("wal_autocheckpoint") == 0
    assert reader.pragma("mmap_size") in {None, 0}
    for statement in ("DELETE FROM store", "CREATE TABLE x (y)", "PRAGMA user_version = 9"):
        with pytest.raises(apsw.ReadOnlyError):
            reader.execute(statement)
    reader.close()
    writer.close()


def test_a_place_without_a_log_is_refused() -> None:
    with pytest.raises(OperatorError, match="can't have a write-ahead log"):
        open_writer(":memory:", cache_mib=1)


def test_what_is_no_database_stays_as_it_is(path: Path) -> None:
    path.write_text("a letter to a friend, " * 100)
    before = path.read_bytes()
    with pytest.raises(OperatorError, match=r"can't be used: .*not a database"):
        open_writer(str(path), cache_mib=1)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


async def test_a_new_database_is_for_its_owner_alone(path: Path) -> None:
    storage = await open_storage(f"sqlite:///{path}", create=True)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {
        "customary.db": "0o600",
        "customary.db-wal": "0o600",
        "customary.db-shm": "0o600",
    }
    await storage.close()
    path.chmod(0o640)  # the operator's choice stays
    await (await open_storage(f"sqlite:///{path}", create=True)).close()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite:///:memory:", "customary.db", "mysql://localhost/x"])
async def test_what_names_no_file_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OperatorError, match=r"must be given as sqlite:///path/to/file\.db"):
        await open_storage(url, create=True)
    assert list(tmp_path.iterdir()) == []


def test_many_may_make_the_same_database_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        writers = list(threads.map(lambda _: open_writer(str(path), 1), range(8)))
    for writer in writers:
        assert writer.execute("SELECT count(*) FROM store").get == 0
        writer.close()


def test_a_lock_is_waited_for_and_given_up(path: Path) -> None:
    holder, other = open_writer(str(path), 1), open_writer(str(path), 1)
    holder.execute("BEGIN IMMEDIATE")
    for _ in range(2):  # each time anew
        wait_for_locks(other, 0.05)
        with pytest.raises(apsw.BusyError):
            other.execute("BEGIN IMMEDIATE")
    wait_for_locks(other, 30)
    with ThreadPoolExecutor(1) as threads:
        begun = threads.submit(other.execute, "BEGIN IMMEDIATE")
        holder.execute("COMMIT")
        begun.result(timeout=30)
    assert other.in_transaction
    for connection in (holder, other):
        connection.close()


def test_a_lock_is_waited_for_no_longer_on_a_busy_machine(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There each nap between two looks is longer than it was to be."""
    holder, other = open_writer(str(path), 1), open_writer(str(path), 1)
    holder.execute("BEGIN IMMEDIATE")
    nap = time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: nap(20 * seconds))
    started = time.monotonic()
    wait_for_locks(other, 0.1)
    with pytest.raises(apsw.BusyError):
        other.execute("BEGIN IMMEDIATE")
    assert 0.1 <= time.monotonic() - started < 1
    for connection in (holder, other):
        connection.close()


def test_nothing_is_left_open_after_a_refusal(path: Path) -> None:
    """Else the file could not be removed or replaced everywhere."""
    path.write_text("no database")
    before = apsw.connections()
    with pytest.raises(OperatorError):
        open_writer(str(path), 1)
    assert len(apsw.connections()) == len(before)
