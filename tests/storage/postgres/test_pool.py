"""Connections are lent to one taker at a time, never more than so many, and none comes back that can't be used."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import asyncpg
import pytest

from customary.storage.postgres import pool as pool_module
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.connections import connect_later
from customary.storage.postgres.pool import Pool


@pytest.fixture
def pool(url: str, runner: asyncio.Runner) -> Iterator[Pool]:
    connect: Callable[[], Awaitable[Connection]] = partial(asyncpg.connect, url)
    pool = Pool(connect, 2)
    yield pool
    runner.run(asyncio.wait_for(pool.close(), 5))


async def test_the_latest_to_come_back_is_the_next_to_go(pool: Pool) -> None:
    first, second = await pool.take(), await pool.take()
    assert first is not second
    pool.give(second)
    pool.give(first)
    assert await pool.take() is first
    pool.give(first)


async def test_who_comes_while_all_are_lent_waits(pool: Pool) -> None:
    first, second = await pool.take(), await pool.take()
    third = asyncio.ensure_future(pool.take())
    await asyncio.sleep(0.05)
    assert not third.done()
    pool.give(second)
    assert await third is second
    for connection in (first, second):
        pool.give(connection)


async def test_what_is_closed_or_in_a_transaction_does_not_come_back(pool: Pool) -> None:
    closed, busy = await pool.take(), await pool.take()
    await closed.close()
    await busy.execute("BEGIN")
    pool.give(busy)
    pool.give(closed)
    again = [await pool.take(), await pool.take()]
    assert not {*again} & {closed, busy}
    assert [await each.fetchval("SELECT 1") for each in again] == [1, 1]
    for connection in again:
        pool.give(connection)


async def test_one_that_dies_while_it_waits_is_not_lent(pool: Pool) -> None:
    first = await pool.take()
    pool.give(first)
    first.terminate()
    second = await pool.take()
    assert second is not first
    pool.give(second)


async def test_one_that_nobody_wants_is_closed(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await pool.take(), await pool.take()
    pool.give(first)
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", -1.0)
    pool.give(second)
    assert first.is_closed()


async def test_who_is_cancelled_leaves_nothing_behind(url: str) -> None:
    connections = connect_later(url, 1, pooled=False)

    async def sleep_in_a_transaction() -> None:
        async with connections.snapshot() as connection:
            await connection.execute("SELECT pg_sleep(60)")

    for wait in (sleep_in_a_transaction, partial(connections.ask, "SELECT pg_sleep(60)")):
        for seconds in (0.0, 0.001, 0.1):
            task = asyncio.ensure_future(wait())
            await asyncio.sleep(seconds)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(5):
                assert [*await connections.ask("SELECT 1")] == [(1,)]
    await connections.close()
