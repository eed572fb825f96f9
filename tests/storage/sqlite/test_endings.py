"""The index of endings: it finds whoever a scan finds, and is filled and merged by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customary.model.customer import Contact
from customary.model.keys import search_key
from customary.model.search import CustomerSearch
from customary.storage.sqlite import endings
from customary.storage.sqlite.connection import migrate, open_writer
from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.endings import SHORTEST, list_candidates
from customary.storage.sqlite.migrations.steps import STEPS
from customary.storage.sqlite.rows import customer_key
from customary.storage.sqlite.sql import SQL
from tests.storage.records import STORE, add_customer, add_stores, change_customer, delete_customer

TEXTS = st.text(st.sampled_from("aB1é+ -·\n\0\"'*\ud7ff\ue000\U0010ffffßй"), max_size=24)
JO = customer_key(STORE, 1)


def customer_row(number: int, name: str = "", phones: str = "") -> tuple[Any, ...]:
    identity = (customer_key(STORE, number), STORE, number, 0, f"{number}@example.com", search_key(name), 0)
    document = f'{{"id":{number},"email":"{number}@example.com","registered":0,"updated":0}}'
    return (*identity, "", search_key(phones), "", "", "", "", "", "", 1, 0, "", None, 0, "b2c", "", "", document)


@pytest.fixture(scope="module")
def memory() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    endings.register(connection)
    migrate(connection)
    yield connection
    connection.close()


@settings(max_examples=300, deadline=None)
@given(name=TEXTS, phones=TEXTS, needle=TEXTS, start=st.integers(0, 20), size=st.integers(1, 20))
@example(name="a" * 40, phones="", needle="a" * 30, start=0, size=20)
@example(name="x\U0010ffff\U0010ffff\U0010ffff", phones="", needle="\U0010ffff" * 3, start=0, size=1)
@example(name="ab\ud7ffc", phones="ab\ud7ff", needle="ab\ud7ff", start=0, size=3)
def test_whoever_a_scan_finds_is_a_candidate(
    memory: apsw.Connection, name: str, phones: str, needle: str, start: int, size: int
) -> None:
    memory.execute(SQL["delete_customer"], (JO,))
    memory.execute(SQL["add_customer"], customer_row(1, name, phones))
    memory.execute(SQL["mark_unindexed"], (JO,))
    for statement in ("unindex_endings", "index_endings", "unmark_indexed"):
        memory.execute(SQL[statement], (10,))
    for field, column, text in (("name", "name_key", name), ("phone", "phones", phones)):
        for part in (needle, text[start : start + size]):
            among = list_candidates(memory, STORE, CustomerSearch(**{field: part}), 5)
            if memory.execute(f"SELECT instr({column}, ?) FROM customer", (search_key(part),)).get:
                assert among in (None, f"[{JO}]")
            if len(search_key(part)) < SHORTEST:
                assert among is None


async def names_and_phones(storage: SqliteStorage, **search: Any) -> list[int]:
    page = await storage.search_customers(STORE, CustomerSearch(**search))
    assert page.total == len(page.items)
    return [customer.id for customer in page.items]


async def caught_up(storage: SqliteStorage) -> None:
    async with asyncio.timeout(20):
        while storage.behind:
            await asyncio.sleep(0.02)


async def test_an_older_database_is_filled_while_others_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customary.storage.sqlite.ending_upkeep.FILLED_ROWS", 7)
    connection = apsw.Connection(str(path))
    (number,) = [number for number, step in enumerate(STEPS) if "CREATE VIRTUAL TABLE customer_ending" in step]
    migrate(connection, STEPS[:number])
    connection.execute(SQL["add_store"], (STORE, "Shop", "", "UTC", '["en"]', "en", 0, 0))
    with connection:
        for each in range(1, 301):
            connection.execute(SQL["add_customer"], customer_row(each, f"Person {each:03}", f"+1 555 0{each:03}"))
        connection.execute("UPDATE store SET last_customer_id = 300, last_seq = 300, customer_count = 300")
    connection.close()
    for _ in range(2):  # it is closed in the middle
        storage = SqliteStorage(str(path))
        assert storage.behind
        assert await names_and_phones(storage, phone="0277") == [277]
        await storage.close()
    storage = SqliteStorage(str(path))
    for each in (1, 150, 300):
        phone = Contact(id=each, contact=f"+49 30 {each:03}", type="PHONE", timestamp=0)
        await change_customer(storage, STORE, each, contacts=(phone,))
        assert await names_and_phones(storage, phone=f"+49 30 {each:03}") == [each]
    await delete_customer(storage, STORE, 200)
    assert await names_and_phones(storage, name="n 200") == []
    await caught_up(storage)
    assert await names_and_phones(storage, phone="555 0299") == [299]
    assert await names_and_phones(storage, name="n 20") == [201, 202, 203, 204, 205, 206, 207, 208, 209]
    for each in (1, 150, 300):
        assert await names_and_phones(storage, phone=f"30 {each:03}") == [each]
    await storage.close()
    connection = open_writer(str(path), 1)
    assert connection.execute("SELECT count(*) FROM ending_filled").get == 0
    assert connection.execute("SELECT count(*) FROM customer_ending").get == 299
    assert list_candidates(connection, STORE, CustomerSearch(phone="9 30 150"), 5) == f"[{JO + 149}]"
    assert list_candidates(connection, STORE, CustomerSearch(phone="555 0150"), 5) == "[]"
    connection.close()


async def test_a_new_database_has_nothing_to_fill(path: Path) -> None:
    storage = SqliteStorage(str(path))
    assert not storage.behind
    await storage.close()


async def test_its_pieces_are_merged_when_there_is_nothing_else_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customary.storage.sqlite.group_commit.IDLE_SECONDS", 0.02)
    storage = SqliteStorage(str(path))
    await add_stores(storage, STORE)
    for number in range(4):
        contact = Contact(id=1, contact=f"+49 30 {number:05}", type="PHONE", timestamp=0)
        await add_customer(storage, STORE, f"{number}@example.com", contacts=(contact,))
        await caught_up(storage)
    reader = apsw.Connection(str(path))
    pieces = [pages for (pages,) in reader.execute(SQL["list_ending_pieces"])]
    assert len(pieces) <= 2
    reader.close()
    assert await names_and_phones(storage, phone="9 30 0000") == [1, 2, 3, 4]
    await storage.close()
