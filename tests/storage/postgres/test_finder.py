"""Every way to carry out a search gives the same answer, and the one that SQLite gives."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from customary.model.customer import Customer, Person, ShippingAddress
from customary.model.search import CustomerSearch, Page
from customary.storage import open_storage
from customary.storage.postgres.endings import HAS_WORDS, words
from customary.storage.postgres.finder import Finder
from customary.storage.postgres.lookup import look_up
from customary.storage.protocol import Storage
from tests.postgres import PostgresForTests
from tests.storage.records import change_customer
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
    matched = looked_up = 0
    connection = await asyncpg.connect(url)
    for number in range(300):
        search = random_search(dice)
        expected = await plain.search(connection, STORE, search)
        matched += bool(expected.items)
        assert described(expected) == described(await sqlite.search_customers(STORE, search)), search
        for finder in others:
            assert await finder.search(connection, STORE, search) == expected, search
        at_once = await look_up(connection.fetch, STORE, search)
        looked_up += at_once is not None
        assert at_once in (None, expected), search
        if number % 5 == 0:
            ids = await others[0].find_ids(connection, STORE, search)
            page = ids[search.offset : search.offset + search.limit]
            assert page == tuple(customer.id for customer in expected.items), search
    assert matched > 90
    assert looked_up > 5
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


async def test_parts_of_any_length_are_found_by_their_endings(both: Both) -> None:
    """Also those with what is special in a tsquery, and longer than the words of the index."""
    url, sqlite = both
    (anybody,) = (await sqlite.search_customers(STORE, CustomerSearch(limit=1))).items
    name = f"O'Neil \\'& {chr(0x10FFFF)}:* <-> Brønsted"
    await change_customer(sqlite, STORE, anybody.id, billing_person=Person(name=name))
    postgres = await open_storage(url)
    await change_customer(postgres, STORE, anybody.id, billing_person=Person(name=name))
    await postgres.close()
    connection = await asyncpg.connect(url)
    try:
        for length in (3, 4, 7, 8, 9, 15, 30):
            for first in range(len(name) - length + 1):
                search = CustomerSearch(name=name[first : first + length], limit=100)
                found = await Finder(small_store=0).search(connection, STORE, search)
                assert await look_up(connection.fetch, STORE, search) == found
                assert described(found) == described(await sqlite.search_customers(STORE, search)), search
                assert anybody.id in {each.id for each in found.items}, search
    finally:
        await connection.close()


async def test_a_text_without_room_for_its_words_is_a_candidate_of_every_search(both: Both) -> None:
    url, _ = both
    postgres = await open_storage(url)
    addresses = tuple(ShippingAddress(id=number, city=f"{number:03}" * 80, created_date=0) for number in range(1, 81))
    (anybody,) = (await postgres.search_customers(STORE, CustomerSearch(limit=1))).items
    await change_customer(postgres, STORE, anybody.id, shipping_addresses=addresses)
    connection = await asyncpg.connect(url)
    finder = Finder(small_store=0)
    for search in (CustomerSearch(name=anybody.billing_person.name), CustomerSearch(city="077077077")):
        assert anybody.id in {each.id for each in (await finder.search(connection, STORE, search)).items}
    of_one = "SELECT ending_words(store_id, lines)::text FROM customer_text WHERE store_id = $1 AND id = $2"
    assert await connection.fetchval(of_one, STORE, anybody.id) == f"'{STORE}:'"
    await connection.close()
    await postgres.close()


async def test_the_index_of_endings_serves_parts_and_the_log_serves_groups(both: Both) -> None:
    url, _ = both
    connection = await asyncpg.connect(url)
    await connection.execute("SET enable_seqscan = off")
    among_texts = f"SELECT id FROM customer_text WHERE {HAS_WORDS}".replace("?", "$1")
    ending = await plan_of(connection, among_texts, words(STORE, "abc"))
    assert "Bitmap Index Scan on customer_text_by_ending" in ending
    group = await plan_of(
        connection, "SELECT seq FROM change WHERE store_id = $1 AND group_id = $2 ORDER BY seq DESC LIMIT 9", STORE, 1
    )
    assert "change_by_group" in group
    assert "Sort" not in group
    await connection.close()


async def test_a_big_store_among_small_ones_is_not_read_through_for_a_part(both: Both) -> None:
    """One plan serves all stores, so it must not be made for a store of average size."""
    url, _ = both
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_generic_plan"})
    texts = "SELECT {}, number, md5(number::text) FROM generate_series(1, {}) AS number"
    for store_id, size in ((1001, 10_000), *((store_id, 100) for store_id in range(1002, 1060))):
        await connection.execute(f"INSERT INTO customer_text {texts.format(store_id, size)}")
    await connection.execute("VACUUM ANALYZE customer_text")
    condition = HAS_WORDS.replace("?", "$2")
    await connection.execute(f"PREPARE part AS SELECT id FROM customer_text WHERE store_id = $1 AND {condition}")
    plan = "\n".join(
        line for (line,) in await connection.fetch(f"EXPLAIN EXECUTE part (1001, $${words(1001, 'abc')}$$)")
    )
    assert "Bitmap Index Scan on customer_text_by_ending" in plan
    assert "customer_text_pkey" not in plan
    await connection.close()


async def plan_of(connection: Any, statement: str, *values: Any) -> str:
    return "\n".join(line for (line,) in await connection.fetch(f"EXPLAIN {statement}", *values))
