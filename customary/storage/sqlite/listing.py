"""Goes through the customers of a store by id: what a list by cursor and a change of many have in common."""

from collections.abc import Callable
from typing import Any

import apsw

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Stretch
from customary.storage.sqlite import rows
from customary.storage.sqlite.search import conditions
from customary.storage.sqlite.sql import SQL


def find_by_id(
    execute: Callable[..., apsw.Cursor],
    store_id: int,
    search: CustomerSearch,
    after: int,
    limit: int,
    last: int = rows.LARGEST_ID,
) -> list[Any]:
    """Rows of the first that match, of those with an id above ``after`` and up to ``last``."""
    where = conditions(store_id, search)
    statement = f"{SQL['find_customers']} AND {where.where} ORDER BY customer_key LIMIT ?"
    span = (rows.customer_key(store_id, after), rows.customer_key(store_id, last))
    return execute(statement, (*span, *where.values, limit)).fetchall()


def list_customers(
    connection: apsw.Connection, store_id: int, search: CustomerSearch, after: int, limit: int, most_read: int
) -> Stretch[Customer]:
    """From one snapshot. One more than ``limit`` is looked for: whether the list goes on is known then."""
    with connection:
        last = _last_of(connection, store_id, after, most_read if search.is_filtered else min(limit, most_read))
        found = find_by_id(connection.execute, store_id, search, after, limit + 1, last or rows.LARGEST_ID)
    customers = tuple([rows.decode_customer(row[0]) for row in found[:limit]])
    return Stretch(items=customers, next=customers[-1].id if len(found) > limit else last)


def _last_of(connection: apsw.Connection, store_id: int, after: int, count: int) -> int | None:
    """The last id before the customer that would be one too many; None when there are no more."""
    span = (rows.customer_key(store_id, after), rows.customer_key(store_id, rows.LARGEST_ID))
    beyond: Any = connection.execute(SQL["get_key_beyond"], (*span, count)).fetchone()
    return rows.customer_id(beyond[0]) - 1 if beyond else None
