"""Reads that look at all customers of a store: figures, and lists of what is there to filter by."""

from typing import Any

import apsw

from customary.model.summary import CustomerSummary
from customary.storage.sqlite.sql import SQL


def summarize_customers(connection: apsw.Connection, store_id: int, most_addresses: int) -> CustomerSummary:
    """All of it from one snapshot."""
    with connection:
        size = connection.execute(SQL["count_customers"], (store_id,)).fetchone()
        repeated, one_time = connection.execute(SQL["count_repeated"], (store_id,)).get
        languages = sorted(code for (code,) in connection.execute(SQL["list_customer_languages"], (store_id,)))
        addresses: Any = connection.execute(SQL["list_customer_addresses"], (store_id, most_addresses)).fetchall()
    return CustomerSummary(
        total=size[0] if size else 0,
        repeated=repeated,
        one_time=one_time,
        addresses=tuple(addresses),
        languages=tuple(languages),
    )


def list_customer_countries(connection: apsw.Connection, store_id: int) -> tuple[str, ...]:
    found = connection.execute(SQL["list_customer_countries"], (store_id,))
    return tuple(sorted({code for (lines,) in found for code in lines.split()}))
