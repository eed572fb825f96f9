"""A disk that is really full: writes are refused, reads go on, and with room again so do the writes."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from customary.errors import StorageFull
from customary.storage.sqlite.database import SqliteStorage
from tests.storage.records import STORE, add_customer, add_stores, count_customers, found

MIB = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB of its own."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def test_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "customary.db"
    storage = SqliteStorage(str(path))
    await add_stores(storage, STORE)
    answered = await add_until_full(storage, small_disk)
    assert answered
    assert storage.ready
    with pytest.raises(StorageFull):
        await add_customer(storage, STORE, "refused@example.com", private_admin_notes="x" * 10_000)
    await check(storage, answered)

    small_disk.joinpath("ballast").unlink()
    for number in range(20):
        answered.append((await add_customer(storage, STORE, f"again{number}@example.com")).email)
    await check(storage, answered)
    await storage.close()
    await check_reopened(path, answered)


async def test_a_server_starts_on_a_full_disk(small_disk: Path) -> None:
    """As it must, for what is there to be read."""
    path = small_disk / "customary.db"
    storage = SqliteStorage(str(path))
    await add_stores(storage, STORE)
    answered = await add_until_full(storage, small_disk)
    for file in ("customary.db", "customary.db-wal"):  # as a crash leaves them
        small_disk.parent.joinpath(file).write_bytes(small_disk.joinpath(file).read_bytes())
    await storage.close()
    small_disk.joinpath("ballast").unlink()
    for file in ("customary.db", "customary.db-wal"):
        small_disk.joinpath(file).write_bytes(small_disk.parent.joinpath(file).read_bytes())
    fill_up(small_disk)
    again = SqliteStorage(str(path))
    await check(again, answered)
    await again.close()
    await check_reopened(path, answered)


async def add_until_full(storage: SqliteStorage, place: Path) -> list[str]:
    """The e-mails that were stored before there was no more room."""
    answered: list[str] = []
    for number in range(1000):
        if number == 20:
            fill_up(place)
        try:
            customer = await add_customer(storage, STORE, f"{number}@example.com", private_admin_notes="x" * 10_000)
        except StorageFull:
            return answered
        answered.append(customer.email)
    raise AssertionError("there was room for everything")


def fill_up(place: Path) -> None:
    with place.joinpath("ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(bytes(4096)):
                pass
        except OSError:
            return


async def check(storage: SqliteStorage, answered: list[str]) -> None:
    assert await count_customers(storage, STORE) == len(answered)
    total, page = await found(storage, sort_by="EMAIL_ASC")
    assert total == len(answered)
    assert page == sorted(answered)[:100]


async def check_reopened(path: Path, answered: list[str]) -> None:
    again = SqliteStorage(str(path))
    await check(again, answered)
    await again.close()
    assert apsw.Connection(str(path)).pragma("integrity_check") == "ok"
