"""Whole databases copied: every table, both ways, equal afterwards; what can't be copied is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw
import pytest

from customary.errors import OperatorError
from customary.model.search import CustomerSearch
from customary.storage import open_storage
from customary.storage.copying import copy_database
from customary.storage.copying.postgres_side import open_side
from customary.storage.copying.sqlite_side import SqliteSide
from customary.storage.copying.tables import Pair, Table, pair_tables
from tests.conftest import BACKENDS
from tests.postgres import PostgresForTests
from tests.storage.made_up_rows import make_filled
from tests.storage.records import OTHER, STORE, add_customer, add_stores, change_customer, delete_customer, token

ROWS = 40
MORE_THAN_A_PAGE = 1_100
Answer = TypeVar("Answer")
BOTH_WAYS = [("sqlite", "postgres"), ("postgres", "sqlite")]

NewDatabase = Callable[[str, str], str]
"""The URL of an empty database of a kind (``sqlite`` or ``postgres``) and a name."""


@pytest.fixture
def new_database(tmp_path: Path, postgres: PostgresForTests) -> NewDatabase:
    def make(kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        return outside_the_loop(lambda: postgres.new_database(f"copy_{name}"))

    return make


@pytest.fixture
def execute(postgres: PostgresForTests) -> Callable[[str, str], None]:
    """One statement on a database of either kind."""

    def run(url: str, statement: str) -> None:
        if not url.startswith("sqlite"):
            name = url.partition("?")[0].rpartition("/")[2]
            outside_the_loop(lambda: postgres.execute(statement, database=name))
            return
        connection = apsw.Connection(file_of(url))
        connection.execute(statement)
        connection.close()

    return run


def outside_the_loop(call: Callable[[], Answer]) -> Answer:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def watch(step: str, table: str, done: int, total: int) -> None:
    assert step in {"copy", "index", "verify"}
    assert 0 <= done <= total


async def filled(new_database: NewDatabase, kind: str = "sqlite", count: int = ROWS) -> str:
    """The URL of a database with rows in every table."""
    url = new_database("sqlite", "filled")
    await make_filled(file_of(url), new_database("postgres", "schema"), count)
    if kind == "sqlite":
        return url
    copy = new_database(kind, "filled")
    await copy_database(url, copy, watch)
    return copy


def rows_of(url: str) -> dict[str, list[object]]:
    """Every row of every table of a SQLite file, as it is; but for the text index, which has segments."""
    connection = apsw.Connection(file_of(url))
    tables = [name for (name,) in connection.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")]
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
    connection.close()
    return {name: rows for name, rows in found.items() if not name.startswith("sqlite_schema")}


async def pairs(new_database: NewDatabase) -> tuple[Pair, ...]:
    sqlite = SqliteSide(file_of(new_database("sqlite", "empty")))
    postgres = await open_side(new_database("postgres", "schema"), create=True)
    found = pair_tables(await sqlite.tables(), await postgres.tables())
    await sqlite.close()
    await postgres.close()
    return found


async def test_no_table_and_no_column_is_forgotten(new_database: NewDatabase) -> None:
    copied = {pair.name: set(pair.columns) for pair in await pairs(new_database)}
    connection = apsw.Connection(file_of(new_database("sqlite", "empty")))
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%'")}
    of_the_index = {name for name in tables if name.startswith(("sqlite_", "customer_text_", "customer_ending_"))}
    assert tables - of_the_index == copied.keys() | {"customer_unindexed", "ending_filled"}
    made_anew = {"customer": {"customer_key"}}
    for table, columns in copied.items():
        names = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        assert columns == names - made_anew.get(table, set())


def test_what_only_one_side_has_is_not_lost_in_silence() -> None:
    new = Table("news", {"store_id": "plain"}, ("store_id",))
    wider = Table("news", {"store_id": "plain", "text": "plain"}, ("store_id",))
    with pytest.raises(OperatorError, match=r"only one of the databases has news$"):
        pair_tables({"news": new}, {})
    with pytest.raises(OperatorError, match=r"only one of the databases has news\.text$"):
        pair_tables({"news": new}, {"news": wider})


async def test_there_and_back_every_row_is_the_same(new_database: NewDatabase) -> None:
    source, there, back = (
        await filled(new_database, count=MORE_THAN_A_PAGE),
        new_database("postgres", "there"),
        new_database("sqlite", "back"),
    )
    copied = await copy_database(source, there, watch)
    assert {each.rows for each in copied} == {MORE_THAN_A_PAGE}
    assert await copy_database(there, back, watch) == copied
    before, after = rows_of(source), rows_of(back)
    assert before.keys() == after.keys()
    for table in before:
        if not table.startswith(("customer_text", "customer_ending", "ending_word")):
            assert after[table] == before[table], table


@pytest.mark.parametrize("target_kind", BACKENDS)
@pytest.mark.parametrize("source_kind", BACKENDS)
async def test_each_kind_to_each(source_kind: str, target_kind: str, new_database: NewDatabase) -> None:
    source = await filled(new_database, source_kind, 10)
    copied = await copy_database(source, new_database(target_kind, "target"), watch)
    assert {each.rows for each in copied} == {10}


@pytest.mark.parametrize(("source_kind", "target_kind"), BOTH_WAYS)
async def test_a_copy_goes_on_where_its_source_stood(
    source_kind: str, target_kind: str, new_database: NewDatabase
) -> None:
    source_url, target_url = new_database(source_kind, "source"), new_database(target_kind, "target")
    source = await open_storage(source_url, create=True)
    await add_stores(source, STORE, OTHER)
    await source.add_token(token(STORE, b"1"))
    jo = await add_customer(source, STORE, "jo@example.com")
    await delete_customer(source, STORE, (await add_customer(source, STORE, "gone@example.com")).id)
    await change_customer(source, STORE, jo.id, fiscal_code="ABC")
    await source.close()
    await copy_database(source_url, target_url, watch)
    target = await open_storage(target_url)
    assert (await target.add_token(token(OTHER, b"2"))).id == 2
    assert (await add_customer(target, STORE, "new@example.com")).id == 3
    page = await target.search_customers(STORE, CustomerSearch(keyword="jo@ex"))
    assert [(each.email, each.fiscal_code) for each in page.items] == [("jo@example.com", "ABC")]
    kinds = [change.kind for change in await target.list_changes(STORE, 0, 10)]
    assert kinds == ["created", "created", "deleted", "updated", "created"]
    await target.close()


async def test_the_text_indexes_of_sqlite_have_every_customer(new_database: NewDatabase) -> None:
    target = new_database("sqlite", "target")
    await copy_database(await filled(new_database), target, watch)
    connection = apsw.Connection(file_of(target))
    assert connection.execute("SELECT count(*) FROM customer_unindexed").get == 0
    assert connection.execute("SELECT count(*) FROM customer_text WHERE customer_text MATCH 'hon'").get == ROWS
    assert connection.execute("SELECT count(*) FROM customer_ending").get == ROWS
    connection.close()


@pytest.mark.parametrize(("source_kind", "target_kind"), BOTH_WAYS)
class TestRefused:
    async def test_a_target_that_holds_something(
        self, source_kind: str, target_kind: str, new_database: NewDatabase
    ) -> None:
        source, target = await filled(new_database, source_kind, 3), new_database(target_kind, "target")
        await copy_database(source, target, watch)
        with pytest.raises(OperatorError, match=r"is not empty: it has rows in change$"):
            await copy_database(source, target, watch)

    async def test_an_unfinished_copy_is_not_opened(
        self, source_kind: str, target_kind: str, new_database: NewDatabase
    ) -> None:
        source, target = await filled(new_database, source_kind), new_database(target_kind, "target")
        with pytest.raises(ZeroDivisionError):
            await copy_database(source, target, end_after("change", ROWS))
        with pytest.raises(OperatorError, match="is an unfinished copy"):
            await open_storage(target)
        with pytest.raises(OperatorError, match="is an unfinished copy"):
            await copy_database(target, new_database(source_kind, "next"), watch)
        assert {each.rows for each in await copy_database(source, target, watch)} == {ROWS}
        await (await open_storage(target)).close()

    async def test_a_source_that_changed_meanwhile(
        self, source_kind: str, target_kind: str, new_database: NewDatabase, execute: Callable[[str, str], None]
    ) -> None:
        source, target = await filled(new_database, source_kind), new_database(target_kind, "target")
        with pytest.raises(ZeroDivisionError):
            await copy_database(source, target, end_after("change", ROWS))
        execute(source, "UPDATE store SET last_seq = last_seq + 1 WHERE store_id = 3")
        with pytest.raises(OperatorError, match="has changed since it was begun"):
            await copy_database(source, target, watch)

    async def test_a_difference_is_found(
        self, source_kind: str, target_kind: str, new_database: NewDatabase, execute: Callable[[str, str], None]
    ) -> None:
        source, target = await filled(new_database, source_kind), new_database(target_kind, "target")
        with pytest.raises(ZeroDivisionError):
            await copy_database(source, target, end_after("customer", ROWS))
        execute(target, "UPDATE customer SET fiscal_code = 'x' WHERE store_id = 3")
        execute(target, "DELETE FROM change WHERE store_id = 4")
        with pytest.raises(OperatorError, match="differs from its source in change, customer:"):
            await copy_database(source, target, watch)

    async def test_one_database_twice(self, source_kind: str, target_kind: str, new_database: NewDatabase) -> None:
        url = new_database(source_kind, "filled")
        with pytest.raises(OperatorError, match="are the same database"):
            await copy_database(url, url, watch)


def end_after(table: str, rows: int) -> Callable[[str, str, int, int], None]:
    """Ends the copy when so much of the table is there."""

    def report(_step: str, name: str, done: int, _total: int) -> None:
        if name == table and done >= rows:
            raise ZeroDivisionError

    return report
