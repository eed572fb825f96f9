"""Takes a person out of every table that holds something of a deleted customer. What stays in the files: purge.py."""

from collections.abc import Callable, Collection
from typing import Any

import apsw
from msgspec import json
from msgspec.structs import replace

from customary.model.erasure import Erasure
from customary.model.order import Order
from customary.storage.sqlite.sql import SQL
from customary.storage.traces import GONE, find_answers_with

Execute = Callable[..., apsw.Cursor]

_orders = json.Decoder(Order)


def get_erasure(execute: Execute, store_id: int, customer_id: int) -> Erasure | None:
    row: Any = execute(SQL["get_erasure"], (store_id, customer_id)).fetchone()
    return erasure_from_row(row) if row else None


def erasure_from_row(row: tuple[Any, ...]) -> Erasure:
    customer_id, at, token_id, request_id, seq, purged = row
    return Erasure(customer_id=customer_id, at=at, token_id=token_id, request_id=request_id, seq=seq, purged=purged)


def list_customer_orders(execute: Execute, store_id: int, customer_id: int) -> list[Order]:
    found: Any = execute(SQL["list_customer_orders"], (store_id, customer_id)).fetchall()
    return [_orders.decode(document) for (document,) in found]


def forget_states(execute: Execute, store_id: int, newest: int) -> None:
    """Of the whole chain of changes that ends with this one. The changes stay."""
    seq = newest
    while (previous := execute(SQL["get_previous_change"], (store_id, seq)).get) is not None:
        execute(SQL["forget_state"], (store_id, seq))
        seq = previous


def detach_orders(execute: Execute, store_id: int, customer_id: int) -> None:
    """What was bought stays in the books, and who bought it does not."""
    for order in list_customer_orders(execute, store_id, customer_id):
        for product_id in {item.product_id for item in order.items}:
            execute(SQL["delete_purchase"], (store_id, product_id, customer_id, order.number))
        nobodys = replace(order, customer_id=0, email="", billing_person=None)
        execute(SQL["detach_order"], (json.encode(nobodys).decode(), store_id, order.number))
        execute(SQL["forget_moves"], (store_id, order.number))


def forget_batch_answers(execute: Execute, store_id: int, traces: Collection[str]) -> None:
    found: Any = execute(SQL["list_batch_answers"], (store_id,)).fetchall()
    for place in find_answers_with(traces, found):
        execute(SQL["replace_batch_answer"], (*GONE, store_id, *place))
