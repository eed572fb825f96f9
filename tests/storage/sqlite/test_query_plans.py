"""Which index SQLite takes: what is asked on every request never reads through a table, nor sorts one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from customary.model.search import CustomerSearch
from customary.storage.sqlite.connection import open_reader, open_writer
from customary.storage.sqlite.finder import Finder
from customary.storage.sqlite.sql import SQL
from tests.storage.records import STORE

BY_ROWID = ["SEARCH customer USING INTEGER PRIMARY KEY (rowid=?)"]
TERMS_BETWEEN = "SCAN ending_word VIRTUAL TABLE INDEX 1539:"
"""From one term (0x200 in the number) to another (0x400): fts5vocab reads nothing before and behind."""
NAME_BY_KEY = "SEARCH customer USING COVERING INDEX customer_name_by_key (customer_key=? AND store_id=?)"
CHANGE_KEY = "sqlite_autoindex_change_1"
DELETED_BY_DATE = "SEARCH change USING {} change_deleted_by_date (store_id=? AND entity=? AND at>? AND at<?)"
UNDONE = ["LIST SUBQUERY 1", "SEARCH undone_deletion USING PRIMARY KEY (store_id=?)", "CREATE BLOOM FILTER"]


@pytest.fixture
def connection(path: Path) -> Iterator[apsw.Connection]:
    writer = open_writer(str(path), 1)
    writer.execute(SQL["add_store"], (STORE, "Shop", "", "UTC", '["en"]', "en", 0, 0))
    reader = open_reader(str(path), 1)
    yield reader
    reader.close()
    writer.close()


def plan(connection: apsw.Connection, statement: str, values: Any = None) -> list[str]:
    values = (1,) * statement.count("?") if values is None else values
    numbered = [int(number) for number in re.findall(r"\?(\d)", statement)]
    if numbered:
        values = (1,) * max(numbered)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def statements_of(connection: apsw.Connection, *finds: Any, **search: Any) -> list[tuple[str, Any]]:
    """The statements that these methods of a finder run for a search, with their values."""
    asked: list[tuple[str, Any]] = []
    connection.exec_trace = lambda _cursor, sql, values: asked.append((sql, values)) or True
    for find in finds:
        find(Finder(), connection, STORE, CustomerSearch(**search))
    connection.exec_trace = None
    return asked


def plans_of_search(connection: apsw.Connection, **search: Any) -> list[str]:
    """The plans of all that a search asks of the customers and the change log."""
    asked = statements_of(connection, Finder.search, **search)
    return [
        line for sql, values in asked if re.search(r"FROM customer\b", sql) for line in plan(connection, sql, values)
    ]


def plans_of_lookup(connection: apsw.Connection, **search: Any) -> list[str]:
    """The plans of all that is asked for a search that may be a look-up, both ways."""
    asked = statements_of(connection, Finder.search_at_once, Finder.search, **search)
    return [line for sql, values in asked for line in plan(connection, sql, values)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("get_customer", BY_ROWID),
        ("replace_document", BY_ROWID),
        ("replace_customer", BY_ROWID),
        ("replace_customer_keys", BY_ROWID),
        ("replace_customer_texts", BY_ROWID),
        ("delete_customer", BY_ROWID),
        ("get_texts", BY_ROWID),
        ("get_store", ["SEARCH store USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("get_counters", ["SEARCH store USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("set_counters", ["SEARCH store USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("find_token", ["SEARCH token USING INDEX token_by_digest (store_id=? AND digest=?)"]),
        ("revoke_token", ["SEARCH token USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("get_group", ["SEARCH customer_group USING PRIMARY KEY (store_id=? AND id=?)"]),
        ("list_groups", ["SEARCH customer_group USING PRIMARY KEY (store_id=?)"]),
        ("move_members", ["SEARCH customer_group USING PRIMARY KEY (store_id=? AND id=?)"]),
        (
            "list_group_members",
            ["SEARCH customer USING INDEX customer_by_group (store_id=? AND customer_group_id=?)"],
        ),
        ("find_customer", ["SEARCH customer USING INDEX customer_by_email (store_id=? AND email_key=?)"]),
        (
            "find_customer_by_reference",
            ["SEARCH customer_reference USING PRIMARY KEY (store_id=? AND external_reference_id=?)", BY_ROWID[0]],
        ),
        (
            "get_holder_of_reference",
            ["SEARCH customer_reference USING PRIMARY KEY (store_id=? AND external_reference_id=?)"],
        ),
        ("set_figures", BY_ROWID),
        ("list_extrafields", ["SEARCH extrafield USING PRIMARY KEY (store_id=?)"]),
        (
            "list_extrafield_holders",
            ["SEARCH extrafield_holder USING PRIMARY KEY (store_id=? AND key=?)", BY_ROWID[0]],
        ),
        (
            "list_purchased_products",
            ["SEARCH purchase USING PRIMARY KEY (store_id=?)", BY_ROWID[0]],
        ),
        ("get_erasure", ["SEARCH erasure USING PRIMARY KEY (store_id=? AND customer_id=?)"]),
        ("list_unpurged", ["SCAN erasure USING INDEX erasure_unpurged"]),
        (
            "list_customer_orders",
            ["SEARCH recorded_order USING INDEX recorded_order_by_customer (store_id=? AND customer_id=?)"],
        ),
        ("get_previous_change", [f"SEARCH change USING INDEX {CHANGE_KEY} (store_id=? AND seq=?)"]),
        ("is_change_of_customer", [f"SEARCH change USING INDEX {CHANGE_KEY} (store_id=? AND seq=?)"]),
        ("get_change", [f"SEARCH change USING INDEX {CHANGE_KEY} (store_id=? AND seq=?)"]),
        ("list_changes", [f"SEARCH change USING INDEX {CHANGE_KEY} (store_id=? AND seq>?)"]),
        (
            "list_deleted",
            [DELETED_BY_DATE.format("INDEX"), *UNDONE],
        ),
        (
            "count_deleted",
            [DELETED_BY_DATE.format("COVERING INDEX"), *UNDONE],
        ),
    ],
)
def test_statements(statement: str, expected: list[str], connection: apsw.Connection) -> None:
    assert plan(connection, SQL[statement]) == expected


def test_the_newest_change_of_a_customer(connection: apsw.Connection) -> None:
    lines = plan(connection, SQL["newest_customer_change"])
    assert [line for line in lines if line.startswith(("SEARCH", "SCAN customer", "SCAN change"))] == [
        "SEARCH customer USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH erasure USING PRIMARY KEY (store_id=? AND customer_id=?)",
        "SEARCH change USING COVERING INDEX change_deleted_by_entity (store_id=? AND entity=? AND entity_id=?)",
    ]


@pytest.mark.parametrize(
    ("search", "index"),
    [
        ({"email": "Jo@Example.com", "use_exact_email_match": True}, "customer_by_email (store_id=? AND email_key=?)"),
        ({}, "customer_by_name (store_id=?)"),
        ({"sort_by": "NAME_DESC"}, "customer_by_name (store_id=?)"),
        ({"tax_exempt": True}, "customer_by_name (store_id=?)"),
        ({"sort_by": "EMAIL_ASC"}, "customer_by_email (store_id=?)"),
        ({"sort_by": "ORDER_COUNT_DESC"}, "customer_by_order_count (store_id=?)"),
        ({"sort_by": "SALES_VALUE_ASC"}, "customer_by_sales_value (store_id=?)"),
        ({"sort_by": "FIRST_ORDER_DATE_ASC"}, "customer_by_first_order (store_id=?)"),
        ({"sort_by": "LAST_ORDER_DATE_DESC"}, "customer_by_last_order (store_id=?)"),
        ({"sort_by": "REGISTERED_DATE_DESC"}, "customer_by_registered (store_id=?)"),
        ({"customer_group_ids": (1,)}, "customer_by_group (store_id=? AND customer_group_id=?)"),
    ],
)
def test_searches_walk_an_index(search: dict[str, Any], index: str, connection: apsw.Connection, path: Path) -> None:
    fill(path)
    lines = plans_of_search(connection, **search)
    pages = [line for line in lines if "USING INTEGER PRIMARY KEY" not in line]
    assert pages
    assert all(line.startswith("SEARCH customer USING") for line in pages)
    assert pages[-1].endswith(f"INDEX {index}")


def fill(path: Path) -> None:
    """A customer in a group, so that the search does not end before it asks."""
    writer = open_writer(str(path), 1)
    texts = ("jo@example.com", "", "", "", "", "", "", "")
    values = ((STORE << 32) + 1, STORE, 1, 0, "jo@example.com", "", 1, *texts, 1, 0, "", None, 1, "b2c", "", "", "{}")
    document = '{"id":1,"email":"jo@example.com","registered":0,"updated":0}'
    writer.execute(SQL["add_customer"], (*values[:-1], document))
    writer.execute(SQL["add_group"], (STORE, 1, 1, "Wholesale", ""))
    writer.execute(SQL["move_members"], (1, STORE, 1))
    writer.execute("UPDATE store SET customer_count = 1, last_seq = 1, last_customer_id = 1")
    writer.close()


@pytest.mark.parametrize(
    ("search", "read"),
    [
        ({"phone": "9 30 12"}, BY_ROWID[0]),
        ({"name": "wend", "sort_by": "EMAIL_ASC"}, BY_ROWID[0]),
        ({"name": "wend", "tax_exempt": True}, BY_ROWID[0]),
        ({"name": "wend", "sort_by": "NAME_DESC"}, NAME_BY_KEY),
    ],
)
def test_a_part_of_a_name_or_a_phone_number_is_looked_up(
    search: dict[str, Any], read: str, connection: apsw.Connection, path: Path
) -> None:
    fill(path)
    lines = plans_of_lookup(connection, **search)
    assert TERMS_BETWEEN in lines
    assert read in lines
    assert not [
        line for line in lines if re.match(r"SCAN (customer|change)\b|SEARCH customer .* INDEX customer_by", line)
    ]


@pytest.mark.parametrize("search", [{"phone": "+49 30 123"}, {"name": "wenden ros", "sort_by": "EMAIL_ASC"}])
def test_a_longer_part_is_looked_up_by_its_end(search: dict[str, Any], connection: apsw.Connection, path: Path) -> None:
    fill(path)
    lines = plans_of_lookup(connection, **search)
    assert "SCAN customer_ending VIRTUAL TABLE INDEX 0:M1" in lines
    assert BY_ROWID[0] in lines
    assert not [
        line for line in lines if re.match(r"SCAN (customer|change|ending_word)\b|SEARCH customer .*INDEX", line)
    ]
