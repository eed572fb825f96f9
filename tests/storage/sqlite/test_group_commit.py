"""Works that wait together are committed together, and each is answered for itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from customary.errors import EmailAlreadyUsed, InternalError, ServiceUnavailable, StorageFull, StoreNotFound
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.storage.protocol import Transaction, Work
from customary.storage.sqlite import group_commit
from customary.storage.sqlite.connection import open_reader, open_writer
from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.sql import SQL
from tests.storage.records import ORIGIN, STORE, add_customer, after_adding_raise, blank, change_customer
from tests.storage.sqlite.faulty_disk import LOG, FaultyDisk

STORE_ROW = (STORE, "Shop", "", "UTC", '["en"]', "en", 0, 0)


class Commits:
    """A group commit on a store, and how often SQLite committed."""

    def __init__(self, path: Path, works_per_commit: int = 256) -> None:
        self.connection = open_writer(str(path), 1)
        self.connection.execute(SQL["add_store"], STORE_ROW)
        self.reader = open_reader(str(path), 1)
        self.count = 0
        self.connection.set_commit_hook(self._committed)
        self.group = GroupCommit(self.connection, works_per_commit)

    def _committed(self) -> bool:
        self.count += 1
        return False

    async def write(self, work: Work[Any], by: Origin = ORIGIN) -> Any:
        return await self.group.submit(lambda batch: batch.work(STORE, by, work))

    async def add(self, email: str) -> Customer:
        async def work(transaction: Transaction) -> Customer:
            return await transaction.add_customer(blank(transaction, email))

        customer: Customer = await self.write(work)
        return customer

    @property
    def customers(self) -> int:
        """As other connections see them."""
        count: int = self.reader.execute("SELECT count(*) FROM customer").get
        return count

    async def close(self) -> None:
        self.reader.close()
        await self.group.close()


@pytest.fixture
def commits(path: Path, runner: asyncio.Runner) -> Iterator[Commits]:
    async def opened() -> Commits:
        return Commits(path)

    commits = runner.run(opened())
    yield commits
    runner.run(commits.close())


async def test_what_waits_together_is_committed_together(commits: Commits) -> None:
    await asyncio.gather(*(commits.add(f"{number}@example.com") for number in range(50)))
    assert (commits.count, commits.customers) == (1, 50)


async def test_what_comes_while_a_commit_is_in_flight_makes_up_the_next(commits: Commits) -> None:
    first = asyncio.ensure_future(commits.add("first@example.com"))
    await asyncio.sleep(0)  # the work is in the queue
    await asyncio.sleep(0)  # its commit is in flight
    await asyncio.gather(first, *(commits.add(f"{number}@example.com") for number in range(20)))
    assert (commits.count, commits.customers) == (2, 21)


async def test_a_commit_takes_no_more_than_it_may(path: Path) -> None:
    commits = Commits(path.with_name("small.db"), works_per_commit=10)
    await asyncio.gather(*(commits.add(f"{number}@example.com") for number in range(50)))
    assert (commits.count, commits.customers) == (5, 50)
    await commits.close()


async def test_an_answer_is_given_after_the_commit(commits: Commits) -> None:
    """Another connection sees what was answered."""

    async def add_and_look(number: int) -> bool:
        customer = await commits.add(f"{number}@example.com")
        found = commits.reader.execute("SELECT 1 FROM customer WHERE id = ?", (customer.id,)).get
        return bool(found)

    assert all(await asyncio.gather(*(add_and_look(number) for number in range(100))))


async def test_one_that_fails_fails_alone(commits: Commits) -> None:
    async def wait_for_something_else(_transaction: Transaction) -> None:
        await asyncio.sleep(0)

    outcomes = await asyncio.gather(
        commits.add("a@example.com"),
        commits.add("A@example.com"),
        commits.group.submit(lambda batch: batch.work(9, ORIGIN, wait_for_something_else)),
        commits.write(wait_for_something_else),
        commits.group.submit(lambda batch: batch.execute("INSERT INTO store (store_id) VALUES (1)", ())),
        commits.group.submit(lambda batch: batch.execute("nonsense", ())),
        commits.add("b@example.com"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [
        Customer, EmailAlreadyUsed, StoreNotFound, InternalError, apsw.ConstraintError, apsw.SQLError, Customer,
    ]  # fmt: skip
    assert [outcome.version for outcome in outcomes if isinstance(outcome, Customer)] == [1, 2]
    assert (commits.count, commits.customers, commits.group.failed) == (1, 2, False)


async def test_a_work_beside_one_that_is_left_half_done_is_run_again(commits: Commits) -> None:
    """What the first run of it did is undone, its ids included."""
    runs = []

    async def count_and_add(transaction: Transaction) -> Customer:
        runs.append(transaction)
        return await transaction.add_customer(blank(transaction, f"{len(runs)}@example.com"))

    outcomes = await asyncio.gather(
        commits.write(count_and_add),
        commits.write(after_adding_raise),
        commits.add("b@example.com"),
        return_exceptions=True,
    )
    assert len(runs) == 2
    assert [type(outcome) for outcome in outcomes] == [Customer, ZeroDivisionError, Customer]
    assert [(outcomes[0].email, outcomes[0].version), outcomes[2].version] == [("2@example.com", 1), 2]
    assert (commits.count, commits.customers) == (1, 2)


async def test_a_store_may_use_up_its_ids(commits: Commits) -> None:
    commits.connection.execute("UPDATE store SET last_customer_id = 2147483646")
    outcomes = await asyncio.gather(*(commits.add(f"{n}@example.com") for n in range(2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Customer, StorageFull]
    assert outcomes[0].id == 2**31 - 1
    with pytest.raises(StorageFull, match="The store has used up its ids"):
        await commits.add("more@example.com")


async def test_a_caller_that_is_cancelled_does_no_harm(commits: Commits) -> None:
    for moment in range(4):
        writes = [asyncio.ensure_future(commits.add(f"{moment}-{number}@example.com")) for number in range(4)]
        for _ in range(moment):
            await asyncio.sleep(0)
        writes[1].cancel()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        kinds = [type(outcome) for outcome in outcomes]
        assert kinds == [Customer, asyncio.CancelledError, Customer, Customer]
    assert 12 <= commits.customers <= 16


async def test_a_bug_in_the_writer_itself_is_final_and_hangs_nobody(
    commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit.Batch, "save_counters", lambda _self: 1 / 0)
    outcomes = await asyncio.gather(commits.add("a@example.com"), commits.add("b@example.com"), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {group_commit.StorageFailed}
    assert (commits.group.failed, commits.customers) == (True, 0)


async def test_more_pages_than_the_database_may_have(commits: Commits) -> None:
    """Everything that was to be committed together is refused; with room again, it all goes on."""
    await commits.add("first@example.com")
    pages = commits.connection.pragma("page_count")
    commits.connection.pragma("max_page_count", pages + 2)

    async def add_much(transaction: Transaction) -> None:
        for number in range(50):
            customer = blank(transaction, f"much{number}@example.com")
            await transaction.add_customer(customer)
            await transaction.delete_customer(customer)

    writes = [commits.add("a@example.com"), commits.write(add_much), commits.add("b@example.com")]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StorageFull] * 3
    assert (commits.customers, commits.group.failed) == (1, False)
    commits.connection.pragma("max_page_count", 2**30)
    assert (await commits.add("a@example.com")).version == 2
    await commits.write(add_much)


async def test_a_work_that_changes_nothing_is_not_synced(sqlite: SqliteStorage, disk: FaultyDisk) -> None:
    await add_customer(sqlite, STORE, "a@example.com")
    synced = disk.syncs.count(LOG)
    await sqlite.write(STORE, ORIGIN, lambda transaction: transaction.get_customer(STORE, 1))
    with pytest.raises(EmailAlreadyUsed):
        await add_customer(sqlite, STORE, "a@example.com")
    assert disk.syncs.count(LOG) == synced
    await change_customer(sqlite, STORE, 1)
    assert disk.syncs.count(LOG) == synced + 1


async def test_another_process_is_waited_for_without_holding_up_the_loop(commits: Commits, path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.ensure_future(commits.add("a@example.com"))
    longest = await longest_pause(0.5)
    assert not write.done()
    other.execute("COMMIT")
    other.close()
    assert (await write).version == 1
    assert longest < 0.4


async def test_another_process_that_never_ends_is_not_waited_for(
    commits: Commits, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE_WITH_WRITERS", 0.05)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(*(commits.add(f"{n}@example.com") for n in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ServiceUnavailable] * 3
    assert not commits.group.failed
    other.execute("COMMIT")
    other.close()
    await commits.add("a@example.com")


async def test_what_another_process_wrote_is_built_upon(commits: Commits, path: Path) -> None:
    await commits.add("a@example.com")
    other = Commits.__new__(Commits)
    other.connection = open_writer(str(path), 1)
    other.group = GroupCommit(other.connection, 256)
    assert [(await each.add(f"{number}@example.com")).version for number, each in enumerate([other, commits] * 3)] == [
        2, 3, 4, 5, 6, 7,
    ]  # fmt: skip
    await other.group.close()


async def longest_pause(seconds: float) -> float:
    """The longest that the event loop was held up within that time."""
    loop = asyncio.get_running_loop()
    until, longest = loop.time() + seconds, 0.0
    while loop.time() < until:
        before = loop.time()
        await asyncio.sleep(0.001)
        longest = max(longest, loop.time() - before)
    return longest
