"""Recorded orders in PostgreSQL: rows ↔ structs, the figures of their customers, and lists."""

from decimal import Decimal
from typing import Any

from msgspec import json
from msgspec.structs import replace

from customary.model.customer import Customer, Stats
from customary.model.keys import email_key
from customary.model.order import Order
from customary.model.search import Page
from customary.storage.figures import add_orders, take_order
from customary.storage.postgres.asking import Connection, read
from customary.storage.postgres.overlay import Overlay
from customary.storage.postgres.sql import numbered
from customary.storage.sqlite import rows

_encoder = json.Encoder()
_decoder = json.Decoder(Order)


class OrderBook:
    """The orders of one store inside a transaction. Customers' figures follow, and no change tells of them."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._store_id = overlay.store_id

    async def find(self, order: int | str) -> Order | None:
        """By its number or its id."""
        statement = "find_order_by_id" if isinstance(order, str) else "find_order_by_number"
        found = await read(statement, self._store_id, order)
        return _decoder.decode(found[0][0]) if found else None

    async def add(self, order: Order) -> None:
        columns = (order.customer_id, email_key(order.email), order.counted, str(order.total), order.created)
        await self._overlay.write("add_order", order.number, order.id, *columns, _encoder.encode(order).decode())
        if not order.counted:
            return
        for item in order.items:
            if item.product_id:
                keys = (item.product_id, order.customer_id, order.number)
                await self._overlay.write("add_purchase", *keys, item.name)
        customer = await self._overlay.customer(order.customer_id)
        if customer:
            stats = add_orders(customer.stats, [(order.total, order.created)])
            await self.store_figures(replace(customer, stats=stats))

    async def delete(self, order: Order) -> None:
        await self._overlay.write("delete_order", order.number)
        if not order.counted:
            return
        products = sorted({item.product_id for item in order.items})
        await self._overlay.write("delete_purchases", products, order.customer_id, order.number)
        customer = await self._overlay.customer(order.customer_id)
        if customer:
            ((first, last),) = await read("get_order_dates", self._store_id, order.customer_id)
            await self.store_figures(replace(customer, stats=take_order(customer.stats, order, first, last)))

    async def count(self, customer: Customer) -> Stats | None:
        """All that are recorded of one who comes back."""
        found = await read("count_orders_of_customer", self._store_id, customer.id)
        return add_orders(None, ((Decimal(total), created) for total, created in found))

    async def move(self, source_id: int, target: Customer, seq: int) -> int:
        """How many moved. ``seq`` is greater the later the move."""
        await self._overlay.write("remember_orders", source_id, seq)
        count = await self._give(target.id, source_id)
        if count:
            await self.store_figures(replace(target, stats=await self.count(target)))
        return count

    async def take_back(self, customer_id: int) -> None:
        """Those that one who comes back had when it was merged; the figures of who had them meanwhile follow."""
        holders = await read("list_holders_of_remembered", self._store_id, customer_id)
        if not holders:
            return
        await self._give(customer_id, customer_id)
        await self._overlay.write("forget_orders", customer_id)
        for (holder_id,) in holders:
            holder = await self._overlay.customer(holder_id)
            if holder:
                await self.store_figures(replace(holder, stats=await self.count(holder)))

    async def _give(self, customer_id: int, of_customer_id: int) -> int:
        await self._overlay.write("give_purchases", of_customer_id, customer_id)
        return await self._overlay.write("give_orders", of_customer_id, customer_id)

    async def store_figures(self, customer: Customer) -> None:
        await self._overlay.flush()
        columns = (*rows.figure_columns(customer.stats), rows.encode_customer(customer))
        await self._overlay.write("set_figures", customer.id, *columns)
        self._overlay.with_figures(customer)


async def list_orders(
    connection: Connection, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
) -> Page[Order]:
    """Total and page, the newest first. In a transaction that sees one snapshot."""
    where = "store_id = ?"
    values: list[Any] = [store_id]
    if email is not None:
        where += " AND email_key = ?"
        values.append(email_key(email))
    if customer_id is not None:
        where += " AND customer_id = ?"
        values.append(customer_id)
    total: int = await connection.fetchval(numbered(f"SELECT count(*) FROM recorded_order WHERE {where}"), *values)
    found = await connection.fetch(
        numbered(
            f"SELECT document FROM recorded_order WHERE {where} ORDER BY created DESC, number DESC LIMIT ? OFFSET ?"
        ),
        *values,
        limit,
        offset,
    )
    return Page(total=total, items=tuple(_decoder.decode(document) for (document,) in found))
