"""Every way to carry out a search gives the same answer, and the one that SQLite gives."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Page
from customary.storage import open_storage
from customary.storage.postgres.finder import Finder
from customary.storage.protocol import Storage
from tests.postgres import PostgresForTests
from tests.storage.test_sqlite_finder import STORE, fill, random_search

Both: TypeAlias = tuple[str, Storage]


@pytest.fixture
def both(postgres: PostgresForTests, tmp_path: Path, runner: asyncio.Runner) -> Iterator[Both]:
    """The URL of a PostgreSQL database, and an SQLite storage with the same customers."""
    url = postgres.new_database("finder")

    async def make() -> Storage:
        first, second = (
            await open_storage(f"sqlite:///{tmp_path}/c.db", create=True),
            await open_storage(url, create=True),
        )
        await fill(first)
        await fill(second)
        await second.close()
        return first

    sqlite = runner.run(make())
    yield url, sqlite
    runner.run(sqlite.close())


async def test_every_way_to_search_gives_the_same_answer(both: Both) -> None:
    url, sqlite = both
    dice = random.Random(11)
    plain = Finder(small_store=10**9, walked_changes=0)
    others = (Finder(small_store=0, walked_changes=10**9), Finder(small_store=0, walked_changes=250), Finder())
    matched = 0
    connection = await asyncpg.connect(url)
    for number in range(300):
        search = random_search(dice)
        expected = await plain.search(connection, STORE, search)
        matched += bool(expected.items)
        assert described(expected) == described(await sqlite.search_customers(STORE, search)), search
        for finder in others:
            assert await finder.search(connection, STORE, search) == expected, search
        if number % 5 == 0:
            ids = await others[0].find_ids(connection, STORE, search)
            page = ids[search.offset : search.offset + search.limit]
            assert page == tuple(customer.id for customer in expected.items), search
    assert matched > 90
    await connection.close()


def described(page: Page[Customer]) -> tuple[int, list[Any]]:
    return page.total, [(customer.id, customer.email, customer.updated) for customer in page.items]


async def test_what_is_special_in_a_pattern_stands_for_itself(both: Both) -> None:
    url, _ = both
    connection = await asyncpg.connect(url)
    for text in ("%%%", "a_a", "\\\\\\", "wen%n", "person_"):
        for finder in (Finder(small_store=0), Finder()):
            assert (await finder.search(connection, STORE, CustomerSearch(keyword=text))).total == 0
    await connection.close()


async def test_a_big_store_is_searched_by_its_index_of_texts(both: Both) -> None:
    """Of the plan, what can be told without a big store: that the index can serve the pattern, store and all."""
    url, _ = both
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER TABLE customer_text DROP CONSTRAINT customer_text_pkey; SET enable_seqscan = off")
    plan = await connection.fetch(
        f"EXPLAIN SELECT id FROM customer_text WHERE store_id = {STORE}::bigint AND lines LIKE '%person12%'"
    )
    await connection.close()
    text = "\n".join(line for (line,) in plan)
    assert "Bitmap Index Scan on customer_text_by_part" in text
    assert "Index Cond: ((store_id = '7'::bigint) AND (lines ~~ '%person12%'::text))" in text
