"""Connections that are lost in the middle of a write: done once, or not at all and the caller is told so."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from customary.errors import ServiceUnavailable
from customary.model.customer import Customer
from customary.storage import open_storage
from customary.storage.postgres import group_commit
from customary.storage.protocol import Storage, Transaction
from tests.postgres import PostgresForTests
from tests.storage.records import (
    STORE,
    add_customer,
    add_stores,
    change_customer,
    everything,
    origin,
    read_customer,
)
from tests.storage.test_both_backends_orders import add_order

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""The message, as the protocol has it."""
PREPARED = re.compile(rb"P....(\w+)\x00WITH proved AS", re.DOTALL)
"""How the statement that is a whole transaction gets its name."""


class Cable:
    """Passes on what goes between a server and PostgreSQL, and cuts the line at a commit when it is told to."""

    def __init__(self, directory: Path, target: Path) -> None:
        self._path = directory / ".s.PGSQL.5432"
        self._target = target / ".s.PGSQL.5432"
        self._lines: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._names: set[bytes] = set()
        self.cut_before_commit = self.cut_after_commit = 0
        self.keeps_out = False

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/storage?host={self._path.parent}"

    @asynccontextmanager
    async def plugged_in(self) -> AsyncIterator["Cable"]:
        self._server = await asyncio.start_unix_server(self._line, self._path)
        async with self._server:
            yield self
            self.cut()
            await asyncio.sleep(0.05)

    def cut(self) -> None:
        """All lines at once."""
        for writer in self._lines:
            writer.transport.abort()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.keeps_out:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        self._lines |= {writer, far_writer}
        ways = [
            asyncio.ensure_future(self._to_postgres(reader, far_writer, writer)),
            asyncio.ensure_future(self._back(far_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for each in (writer, far_writer):
            each.transport.abort()
        self._lines -= {writer, far_writer}

    async def _to_postgres(
        self, reader: asyncio.StreamReader, far: asyncio.StreamWriter, near: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            commits = self._commits_with(data)
            if commits and self.cut_before_commit:
                self.cut_before_commit -= 1
                raise ConnectionResetError
            if commits and self.cut_after_commit:
                self.cut_after_commit -= 1
                near.transport.abort()
                far.write(data)
                await asyncio.sleep(0.05)  # until PostgreSQL has done it
                raise ConnectionResetError
            far.write(data)

    def _commits_with(self, data: bytes) -> bool:
        """COMMIT, or the statement that needs none being carried out: it is bound by the name that it was given."""
        if data == COMMIT:
            return True
        self._names |= {b"\x00" + name + b"\x00" for name in PREPARED.findall(data)}
        return data.startswith(b"B") and any(name in data[:64] for name in self._names)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)


@asynccontextmanager
async def by_cable(postgres: PostgresForTests, directory: Path) -> AsyncIterator[tuple[Cable, Storage]]:
    """A storage whose connections can be cut."""
    direct = await open_storage(postgres.url("storage"), create=True)
    await add_stores(direct, STORE)
    await direct.close()
    async with Cable(directory, postgres.sockets).plugged_in() as cable:
        storage = await open_storage(cable.url)
        try:
            yield cable, storage
        finally:
            cable.keeps_out = False
            await storage.close()


@pytest.fixture
def _empty(postgres: PostgresForTests) -> None:
    postgres.empty_database("storage")


pytestmark = pytest.mark.usefixtures("_empty")


async def append(storage: Storage, mark: str) -> None:
    async def work(transaction: Transaction) -> None:
        before = await read_customer(transaction, STORE, 1)
        notes = f"{before.private_admin_notes} {mark}".strip()
        await transaction.replace_customer(before, replace(before, private_admin_notes=notes))

    await storage.write(STORE, origin(mark), work)


async def marks(storage: Storage) -> list[str]:
    customer = await storage.get_customer(STORE, 1)
    assert customer is not None
    return customer.private_admin_notes.split()


@pytest.mark.parametrize("side", ["cut_before_commit", "cut_after_commit"])
@pytest.mark.parametrize("together", [1, 20])
async def test_a_commit_that_nobody_heard_the_end_of_is_done_once(
    postgres: PostgresForTests, tmp_path: Path, side: str, together: int
) -> None:
    async with by_cable(postgres, tmp_path) as (cable, storage):
        await add_customer(storage, STORE, "a@example.com")
        for turn in range(6):
            setattr(cable, side, turn % 2)  # after an update that went well the next one needs no lock
            await asyncio.gather(*(append(storage, f"{turn}-{number}") for number in range(together)))
            assert getattr(cable, side) == 0
        assert sorted(await marks(storage)) == sorted(f"{turn}-{n}" for turn in range(6) for n in range(together))
        assert len(await storage.list_changes(STORE, 0, 1000)) == 1 + 6 * together


async def test_without_a_change_to_look_for_the_caller_is_told_that_it_is_not_known(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    async with by_cable(postgres, tmp_path) as (cable, storage):
        await add_customer(storage, STORE, "a@example.com")
        cable.cut_after_commit = 1
        with pytest.raises(ServiceUnavailable, match="it is not known whether the change was made"):
            await add_order(storage, STORE, 1)
        async with asyncio.timeout(5):  # PostgreSQL may still be at it
            while (await storage.list_orders(STORE, None, None, 0, 10)).total != 1:
                await asyncio.sleep(0.01)


async def test_a_database_that_stays_away_is_a_503_and_no_restart(
    postgres: PostgresForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "SETTLE_SECONDS", 0.3)
    async with by_cable(postgres, tmp_path) as (cable, storage):
        await add_customer(storage, STORE, "a@example.com")
        assert storage.ready
        cable.keeps_out = True
        cable.cut_after_commit = 1
        with pytest.raises(ServiceUnavailable, match="it is not known"):
            await append(storage, "unknown")
        for _ in range(3):
            with pytest.raises(ServiceUnavailable, match="can't be reached"):
                await append(storage, "never")
            with pytest.raises(ServiceUnavailable, match="can't be reached"):
                await storage.get_customer(STORE, 1)
        assert not storage.ready
        cable.keeps_out = False
        await append(storage, "again")
        assert await marks(storage) == ["unknown", "again"]


async def test_readiness_comes_back_by_itself(postgres: PostgresForTests, tmp_path: Path) -> None:
    """Whoever sends nothing to a server that is not ready would keep it so."""
    async with by_cable(postgres, tmp_path) as (cable, storage):
        cable.keeps_out = True
        cable.cut()
        with pytest.raises(ServiceUnavailable):
            await storage.get_store(STORE)
        assert not storage.ready
        cable.keeps_out = False
        async with asyncio.timeout(5):
            while not storage.ready:
                await asyncio.sleep(0.05)


async def test_idle_connections_that_died_are_not_noticed_by_anybody(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    async with by_cable(postgres, tmp_path) as (cable, storage):
        await asyncio.gather(*(add_customer(storage, STORE, f"{number}@example.com") for number in range(9)))
        before = await everything(storage)
        for _ in range(5):
            cable.cut()
            assert await everything(storage) == before
            cable.cut()
            assert isinstance(await change_customer(storage, STORE, 1), Customer)
            before = await everything(storage)


async def test_an_undone_transaction_is_run_again(postgres: PostgresForTests, tmp_path: Path) -> None:
    """As after a deadlock with a program of somebody else's."""
    async with by_cable(postgres, tmp_path) as (_, storage):
        await add_customer(storage, STORE, "a@example.com")
        runs = 0

        async def work(transaction: Transaction) -> None:
            nonlocal runs
            runs += 1
            before = await read_customer(transaction, STORE, 1)
            await transaction.replace_customer(before, replace(before, tax_id=str(runs)))
            if runs < 3:
                await transaction.list_group_members(1, 1)  # whatever is kept back is written
                raise again

        again = group_commit.AGAIN[0]("once more")
        await storage.write(STORE, origin("r"), work)
        customer = await storage.get_customer(STORE, 1)
        assert customer is not None
        assert (customer.tax_id, customer.version) == ("3", 2)
