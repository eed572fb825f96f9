"""Fills every table of a SQLite database with rows made from its schema: none can be forgotten. No test here."""

from collections.abc import Mapping
from typing import Any

import apsw

from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.model.order import Order, OrderItem
from customary.model.store import Group, Store
from customary.storage import open_storage
from customary.storage.copying.postgres_side import open_side
from customary.storage.copying.tables import NOT_COPIED, Table
from customary.storage.sqlite import rows
from tests.storage.records import EVERYTHING, NOON

ENTITIES = ("customer", "group", "extrafield", "store")


async def make_filled(path: str, empty_postgres: str, count: int) -> None:
    """A database with ``count`` rows in every table. PostgreSQL's schema tells which columns are JSON or boolean."""
    await (await open_storage(f"sqlite:///{path}", create=True)).close()
    postgres = await open_side(empty_postgres, create=True)
    _fill(path, await postgres.tables(), count)
    await postgres.close()


def _fill(path: str, of_postgres: Mapping[str, Table], count: int) -> None:
    connection = apsw.Connection(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")]
    with connection:
        connection.execute("PRAGMA defer_foreign_keys = 1")
        for table in sorted(tables):
            if table not in NOT_COPIED and not table.startswith("sqlite_"):
                _fill_table(connection, of_postgres[table], count)
    connection.close()


def _fill_table(connection: apsw.Connection, table: Table, count: int) -> None:
    columns = connection.execute(
        'SELECT name, type, "notnull" OR pk FROM pragma_table_info(?)', (table.name,)
    ).fetchall()
    names = [column for column, _, _ in columns]
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    for i in range(1, count + 1):
        row = [_value(table, column, kind, i) if needed or i % 3 else None for column, kind, needed in columns]
        for column, value in _related(table.name, i).items():
            row[names.index(column)] = value
        connection.execute(sql, row)


def _value(table: Table, column: str, kind: str, i: int) -> Any:
    match table.kinds.get(column), kind:
        case "json", _:
            return _document(table.name, column, i)
        case "boolean", _:
            return i % 2
        case _, "INTEGER":
            return i
        case _, "REAL":
            return i + 0.1
        case _, "BLOB":
            return bytes((i % 256, 0, 255))
        case _:
            return f"{column} {i} é\n\U0001f9fe '\"\\"


def _related(table: str, i: int) -> dict[str, Any]:
    """The columns that depend on others."""
    match table:
        case "customer":
            return {"customer_key": rows.customer_key(i, i)}
        case "change":
            entity = ENTITIES[i % 4]
            return {"entity": entity, "group_id": i if entity == "customer" else None, "before": _state(entity, i)}
        case _:
            return {}


def _document(table: str, column: str, i: int) -> str:
    match table:
        case "customer":
            return _state("customer", i)
        case "recorded_order":
            items = (OrderItem(price="1.50", quantity=i),)
            order = Order(
                id=f"A{i}", number=i, customer_id=i, email="a@example.com", total="10.10",
                payment_status="PAID", fulfillment_status="SHIPPED", created=NOON, counted=True, items=items,
            )  # fmt: skip
            return rows._encoder.encode(order).decode()
        case _:
            return rows.encode_list([f"{column}{i}", "é"])


def _state(entity: str, i: int) -> str:
    match entity:
        case "customer":
            return rows.encode_customer(
                Customer(id=i, email=f"é{i}@example.com", registered=NOON, updated=NOON + i, version=i, **EVERYTHING)
            )
        case "group":
            return rows.encode_state(Group(id=i, name=f"Group {i}"))
        case "store":
            return rows.encode_state(Store(id=i, name=f"Store {i}", created=NOON))
        case _:
            return rows.encode_state(
                Extrafield(id=i, key="k", title="t", type="TEXT", shown_on_order_details=True, created=1, modified=2)
            )
