"""SQLite storages for tests that look behind the protocol."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.storage.sqlite.database import SqliteStorage
from tests.storage.records import STORE, add_stores
from tests.storage.sqlite.faulty_disk import FaultyDisk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "customary.db"


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    """A disk that works until it is told to fail."""
    disk = FaultyDisk("faulty")
    yield disk
    disk.unregister()


@pytest.fixture
def sqlite(path: Path, disk: FaultyDisk, runner: asyncio.Runner) -> Iterator[SqliteStorage]:
    """A storage on the faulty disk, with one store."""

    async def opened() -> SqliteStorage:
        storage = SqliteStorage(str(path), vfs="faulty")
        await add_stores(storage, STORE)
        return storage

    storage = runner.run(opened())
    yield storage
    disk.failing.clear()
    runner.run(storage.close())
