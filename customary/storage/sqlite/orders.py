"""Recorded orders in SQLite: rows ↔ structs, the figures of their customers, and lists."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import apsw
from msgspec import json
from msgspec.structs import replace

from customary.model.customer import Customer, Stats
from customary.model.keys import email_key
from customary.model.order import Order, PurchasedProduct
from customary.model.search import Page
from customary.storage.figures import add_orders, take_order
from customary.storage.sqlite import rows
from customary.storage.sqlite.sql import SQL

_encoder = json.Encoder()
_decoder = json.Decoder(Order)


class OrderBook:
    """The orders of one store inside a transaction. Customers' figures follow, and no change tells of them."""

    def __init__(self, execute: Callable[..., apsw.Cursor], store_id: int) -> None:
        self._execute = execute
        self._store_id = store_id

    def find(self, order: int | str) -> Order | None:
        """By its number or its id."""
        found: Any = self._execute(SQL["find_order"], (self._store_id, order)).fetchone()
        return _decoder.decode(found[0]) if found else None

    def add(self, order: Order) -> None:
        columns = (order.customer_id, email_key(order.email), order.counted, str(order.total), order.created)
        document = _encoder.encode(order).decode()
        self._execute(SQL["add_order"], (self._store_id, order.number, order.id, *columns, document))
        if not order.counted:
            return
        for item in order.items:
            if item.product_id:
                keys = (self._store_id, item.product_id, order.customer_id, order.number)
                self._execute(SQL["add_purchase"], (*keys, item.name))
        customer = self._customer(order.customer_id)
        if customer:
            self.store_figures(replace(customer, stats=add_orders(customer.stats, [(order.total, order.created)])))

    def delete(self, order: Order) -> None:
        self._execute(SQL["delete_order"], (self._store_id, order.number))
        if not order.counted:
            return
        for product_id in {item.product_id for item in order.items}:
            keys = (self._store_id, product_id, order.customer_id, order.number)
            self._execute(SQL["delete_purchase"], keys)
        customer = self._customer(order.customer_id)
        if customer:
            first, last = self._execute(SQL["get_order_dates"], (self._store_id, order.customer_id)).get
            self.store_figures(replace(customer, stats=take_order(customer.stats, order, first, last)))

    def count(self, customer: Customer) -> Stats | None:
        """All that are recorded of one who comes back."""
        found: Any = self._execute(SQL["count_orders_of_customer"], (self._store_id, customer.id))
        return add_orders(None, ((Decimal(total), created) for total, created in found))

    def move(self, source_id: int, target: Customer, seq: int) -> int:
        """How many moved. ``seq`` is greater the later the move."""
        self._execute(SQL["remember_orders"], (seq, self._store_id, source_id))
        count = self._give(target.id, source_id)
        if count:
            self.store_figures(replace(target, stats=self.count(target)))
        return count

    def take_back(self, customer_id: int) -> None:
        """Those that one who comes back had when it was merged; the figures of who had them meanwhile follow."""
        holders: Any = self._execute(SQL["list_holders_of_remembered"], (self._store_id, customer_id)).fetchall()
        if not holders:
            return
        self._give(customer_id, customer_id)
        self._execute(SQL["forget_orders"], (self._store_id, customer_id))
        for (holder_id,) in holders:
            holder = self._customer(holder_id)
            if holder:
                self.store_figures(replace(holder, stats=self.count(holder)))

    def _give(self, customer_id: int, of_customer_id: int) -> int:
        values = (customer_id, self._store_id, of_customer_id)
        self._execute(SQL["give_purchases"], values)
        self._execute(SQL["give_orders"], values)
        return int(self._execute("SELECT changes()").get)

    def _customer(self, customer_id: int) -> Customer | None:
        found: Any = self._execute(SQL["get_customer"], (rows.customer_key(self._store_id, customer_id),)).fetchone()
        return rows.decode_customer(found[0]) if found else None

    def store_figures(self, customer: Customer) -> None:
        columns = (*rows.figure_columns(customer.stats), rows.encode_customer(customer))
        self._execute(SQL["set_figures"], (*columns, rows.customer_key(self._store_id, customer.id)))


def list_orders(
    connection: apsw.Connection, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
) -> Page[Order]:
    """Total and page from one snapshot, the newest first."""
    where = "store_id = ?"
    values: list[Any] = [store_id]
    if email is not None:
        where += " AND email_key = ?"
        values.append(email_key(email))
    if customer_id is not None:
        where += " AND customer_id = ?"
        values.append(customer_id)
    with connection:
        total: int = connection.execute(f"SELECT count(*) FROM recorded_order WHERE {where}", values).get
        found: Any = connection.execute(
            f"SELECT document FROM recorded_order WHERE {where} ORDER BY created DESC, number DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
    return Page(total=total, items=tuple(_decoder.decode(document) for (document,) in found))


def list_purchased_products(connection: apsw.Connection, store_id: int) -> tuple[PurchasedProduct, ...]:
    found: Any = connection.execute(SQL["list_purchased_products"], (store_id,))
    return tuple(PurchasedProduct(id=product_id, name=name) for product_id, name, _ in found)
