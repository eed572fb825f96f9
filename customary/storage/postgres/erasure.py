"""Takes a person out of every table that holds something of a deleted customer, and dead rows out of the tables."""

from collections.abc import Collection
from typing import Any

from msgspec import json
from msgspec.structs import replace

from customary.model.erasure import Erasure
from customary.model.order import Order
from customary.storage.postgres.asking import read
from customary.storage.postgres.connections import Connections
from customary.storage.postgres.overlay import Overlay
from customary.storage.postgres.sql import SQL
from customary.storage.traces import GONE, find_answers_with

VACUUM = (
    "VACUUM change, customer, customer_text, customer_reference, recorded_order, ticket_request, ticket_response,"
    " ticket_receipt, keyed_request, keyed_result"
)
VACUUM_SECONDS = 3600.0

_orders = json.Decoder(Order)


async def get_erasure(store_id: int, customer_id: int) -> Erasure | None:
    found = await read("get_erasure", store_id, customer_id)
    return erasure_from_row(tuple(found[0])) if found else None


def erasure_from_row(row: tuple[Any, ...]) -> Erasure:
    customer_id, at, token_id, request_id, seq, purged = row
    return Erasure(customer_id=customer_id, at=at, token_id=token_id, request_id=request_id, seq=seq, purged=purged)


async def list_customer_orders(store_id: int, customer_id: int) -> list[Order]:
    return [_orders.decode(document) for (document,) in await read("list_customer_orders", store_id, customer_id)]


async def forget_person(overlay: Overlay, customer_id: int, newest: int, traces: Collection[str]) -> None:
    """``newest`` is the customer's last change; all is written that was kept back."""
    await overlay.write("forget_states", newest)
    for order in await list_customer_orders(overlay.store_id, customer_id):
        products = sorted({item.product_id for item in order.items})
        await overlay.write("delete_purchases", products, customer_id, order.number)
        nobodys = replace(order, customer_id=0, email="", billing_person=None)
        await overlay.write("detach_order", order.number, json.encode(nobodys).decode())
        await overlay.write("forget_moves", order.number)
    answers = await read("list_batch_answers", overlay.store_id)
    for place in find_answers_with(traces, [(row[0], row[1], row[2]) for row in answers]):
        await overlay.write("replace_batch_answer", *place, *GONE)


async def purge(connections: Connections, erased: Collection[tuple[int, int]], at: int) -> None:
    """Rows that nobody sees any more are cleared away; the bytes of the files are the business of PostgreSQL."""
    async with connections.taken() as connection:
        await connection.execute(VACUUM, timeout=VACUUM_SECONDS)
    async with connections.transaction() as connection:
        for key in erased:
            await connection.execute(SQL["set_purged"], at, *key)
