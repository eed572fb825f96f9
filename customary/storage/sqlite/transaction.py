"""What a work can do inside the writer's transaction on one store. Nothing here waits: SQLite answers at once."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import apsw
from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed, ServiceUnavailable, StorageFull
from customary.model.change import Entity, Kind, Origin
from customary.model.customer import Customer, ExtrafieldValue, Stats
from customary.model.erasure import Erasure
from customary.model.extrafield import Extrafield
from customary.model.history import CustomerVersion
from customary.model.keyed_request import KeyedRequest, KeyedResult
from customary.model.keys import email_key
from customary.model.order import Order
from customary.model.search import CustomerSearch
from customary.model.store import Group, Store
from customary.model.ticket import Receipt
from customary.storage.sqlite import rows
from customary.storage.sqlite.counters import StoreCounters
from customary.storage.sqlite.erasure import (
    detach_orders,
    forget_batch_answers,
    forget_states,
    get_erasure,
    list_customer_orders,
)
from customary.storage.sqlite.history import list_customer_versions, newest_change
from customary.storage.sqlite.keyed_book import KeyedRequestBook
from customary.storage.sqlite.listing import find_by_id
from customary.storage.sqlite.orders import OrderBook
from customary.storage.sqlite.references import check_reference, move_reference
from customary.storage.sqlite.sql import SQL

_GET_CUSTOMER, _REPLACE_DOCUMENT, _ADD_CHANGE = SQL["get_customer"], SQL["replace_document"], SQL["add_change"]


class SqliteTransaction:
    """Implements ``customary.storage.protocol.Transaction``."""

    def __init__(
        self, connection: apsw.Connection, store_id: int, origin: Origin, counters: StoreCounters, server: str
    ) -> None:
        self._execute: Callable[..., apsw.Cursor] = connection.execute
        self._store_id = store_id
        self._origin = origin
        self._counters = counters
        self._server = server
        self._documents: dict[int, tuple[Customer, str]] = {}

    @property
    def _orders(self) -> OrderBook:
        return OrderBook(self._execute, self._store_id)

    @property
    def at(self) -> int:
        return max(self._origin.at, self._counters.last_change_at)

    def new_customer_id(self) -> int:
        self._counters.customer_id = _next_id(self._counters.customer_id)
        return self._counters.customer_id

    def new_address_id(self) -> int:
        self._counters.address_id = _next_id(self._counters.address_id)
        return self._counters.address_id

    def new_contact_id(self) -> int:
        self._counters.contact_id += 1  # may be 64-bit
        return self._counters.contact_id

    def new_group_id(self) -> int:
        self._counters.group_id = _next_id(self._counters.group_id)
        return self._counters.group_id

    def new_extrafield_id(self) -> int:
        self._counters.extrafield_id = _next_id(self._counters.extrafield_id)
        return self._counters.extrafield_id

    def new_order_number(self) -> int:
        self._counters.order_number = _next_id(self._counters.order_number)
        return self._counters.order_number

    async def get_store(self, store_id: int) -> Store | None:
        if self._counters.store is None:
            row: Any = self._execute(SQL["get_store"], (self._store_id,)).fetchone()
            self._counters.store = rows.store_from_row(row)
        return self._counters.store if store_id == self._store_id else None

    async def get_customer(self, store_id: int, customer_id: int) -> Customer | None:
        row: Any = self._execute(_GET_CUSTOMER, (rows.customer_key(store_id, customer_id),)).fetchone()
        if row is None:
            return None
        customer = rows.decode_customer(row[0])
        self._documents = {customer.id: (customer, row[0])}
        return customer

    async def find_customer(self, email: str) -> Customer | None:
        found = self._remember_all(self._execute(SQL["find_customer"], (self._store_id, email_key(email))))
        return found[0] if found else None

    async def find_customer_by_reference(self, reference: str) -> Customer | None:
        found = self._remember_all(self._execute(SQL["find_customer_by_reference"], (self._store_id, reference)))
        return found[0] if found else None

    async def get_group(self, store_id: int, group_id: int) -> Group | None:
        row = self._execute(SQL["get_group"], (store_id, group_id)).fetchone()
        return rows.group_from_row(row) if row else None

    async def list_extrafields(self, store_id: int) -> tuple[Extrafield, ...]:
        return tuple(rows.extrafield_from_row(row) for row in self._execute(SQL["list_extrafields"], (store_id,)))

    async def list_customer_versions(
        self, store_id: int, customer_id: int, before: int | None, limit: int
    ) -> tuple[CustomerVersion, ...]:
        return tuple(list_customer_versions(self._execute, store_id, customer_id, before, limit))

    async def list_extrafield_holders(self, key: str, limit: int) -> list[Customer]:
        return self._remember_all(self._execute(SQL["list_extrafield_holders"], (self._store_id, key, limit)))

    async def find_customers(self, search: CustomerSearch, after: int, limit: int) -> list[Customer]:
        return self._remember_all(find_by_id(self._execute, self._store_id, search, after, limit))

    async def list_group_members(self, group_id: int, limit: int) -> list[Customer]:
        return self._remember_all(self._execute(SQL["list_group_members"], (self._store_id, group_id, limit)))

    async def add_customer(self, customer: Customer) -> Customer:
        stored = self._insert(customer, self._orders.count(customer) if customer.stats else None)
        self._append("customer", stored.id, "created", 0, None, stored.customer_group_id)
        return stored

    async def restore_customer(self, customer: Customer) -> Customer:
        deletion = newest_change(self._execute, self._store_id, "customer", customer.id)
        self._orders.take_back(customer.id)
        stored = self._insert(customer, self._orders.count(customer))
        self._execute(SQL["undo_deletion"], (self._store_id, deletion))
        self._append("customer", stored.id, "restored", deletion, None, stored.customer_group_id)
        return stored

    def _insert(self, customer: Customer, stats: Stats | None) -> Customer:
        stored = replace(customer, version=self._counters.seq + 1, stats=stats)
        check_reference(self._execute, self._store_id, stored)
        key = rows.customer_key(self._store_id, stored.id)
        identity = (key, self._store_id, stored.id, stored.registered)
        keys, texts = rows.key_columns(stored), rows.text_columns(stored)
        self._store_unique("add_customer", (*identity, *keys, *texts, *rows.plain_columns(stored)), stored.email)
        if stats:
            self._orders.store_figures(stored)
        self._mark_unindexed(key)
        self._counters.customer_count += 1
        self._move_members(0, stored.customer_group_id)
        self._move_values(stored.id, (), stored.extrafields)
        move_reference(self._execute, self._store_id, stored.id, "", stored.external_reference_id)
        return stored

    async def replace_customer(self, before: Customer, after: Customer, kind: Kind = "updated") -> Customer:
        stored = replace(after, version=self._counters.seq + 1, stats=before.stats)
        key = rows.customer_key(self._store_id, stored.id)
        is_moved = before.external_reference_id != stored.external_reference_id
        if is_moved:
            check_reference(self._execute, self._store_id, stored)
        if rows.sources(before) == rows.sources(stored):
            document = rows.encode_customer(stored)
            self._execute(_REPLACE_DOCUMENT, (stored.version, stored.updated, document, key))
        else:
            self._replace_columns(before, stored, key)
        if stored.extrafields != before.extrafields:
            self._move_values(stored.id, before.extrafields, stored.extrafields)
        if is_moved:
            references = (before.external_reference_id, stored.external_reference_id)
            move_reference(self._execute, self._store_id, stored.id, *references)
        self._append("customer", stored.id, kind, before.version, self._document(before), stored.customer_group_id)
        return stored

    def _replace_columns(self, before: Customer, stored: Customer, key: int) -> None:
        """All that is in the row beside the document; what indexes are on only where it changed."""
        keys, old_keys = rows.key_columns(stored), rows.key_columns(before)
        texts, old_texts = rows.text_columns(stored), rows.text_columns(before)
        if keys != old_keys:
            self._store_unique("replace_customer_keys", (*keys, key), stored.email)
            self._move_members(before.customer_group_id, stored.customer_group_id)
        if texts != old_texts:
            self._execute(SQL["replace_customer_texts"], (*texts, key))
        if texts != old_texts or keys[1] != old_keys[1]:  # the name is in the text index too
            self._mark_unindexed(key)
        self._execute(SQL["replace_customer"], (*rows.plain_columns(stored), key))

    async def delete_customer(self, customer: Customer) -> None:
        key = rows.customer_key(self._store_id, customer.id)
        self._execute(SQL["delete_customer"], (key,))
        self._mark_unindexed(key)
        self._counters.customer_count -= 1
        self._move_members(customer.customer_group_id, 0)
        self._move_values(customer.id, customer.extrafields, ())
        move_reference(self._execute, self._store_id, customer.id, customer.external_reference_id, "")
        self._append("customer", customer.id, "deleted", customer.version, self._document(customer))

    async def get_erasure(self, store_id: int, customer_id: int) -> Erasure | None:
        return get_erasure(self._execute, store_id, customer_id)

    async def list_customer_orders(self, customer_id: int) -> list[Order]:
        return list_customer_orders(self._execute, self._store_id, customer_id)

    async def find_merged(self, customer_id: int) -> list[int]:
        newest = newest_change(self._execute, self._store_id, "customer", customer_id)
        return [source for (source,) in self._execute(SQL["find_merged"], (self._store_id, newest))]

    async def erase_customer(self, customer_id: int, traces: Collection[str]) -> Erasure:
        newest = newest_change(self._execute, self._store_id, "customer", customer_id)
        forget_states(self._execute, self._store_id, newest)
        detach_orders(self._execute, self._store_id, customer_id)
        forget_batch_answers(self._execute, self._store_id, traces)
        self._append("customer", customer_id, "erased", newest, None)
        origin, seq = self._origin, self._counters.seq
        columns = (customer_id, self.at, origin.token_id, origin.request_id, seq)
        self._execute(SQL["add_erasure"], (self._store_id, *columns))
        return Erasure(
            customer_id=customer_id, at=self.at, token_id=origin.token_id, request_id=origin.request_id, seq=seq
        )

    async def add_group(self, group: Group) -> None:
        version = self._counters.seq + 1
        self._execute(SQL["add_group"], (self._store_id, group.id, version, group.name, group.external_reference_id))
        self._append("group", group.id, "created", 0, None)

    async def replace_group(self, before: Group, after: Group) -> None:
        previous = self._group_version(before.id)
        version = self._counters.seq + 1
        self._execute(
            SQL["replace_group"], (version, after.name, after.external_reference_id, self._store_id, after.id)
        )
        self._append("group", after.id, "updated", previous, rows.encode_state(before))

    async def delete_group(self, group: Group) -> None:
        previous = self._group_version(group.id)
        self._execute(SQL["delete_group"], (self._store_id, group.id))
        self._append("group", group.id, "deleted", previous, rows.encode_state(group))

    async def add_extrafield(self, extrafield: Extrafield) -> None:
        identity = (self._store_id, extrafield.id, self._counters.seq + 1, extrafield.key)
        times = (extrafield.created, extrafield.modified)
        shown = extrafield.shown_on_order_details
        self._execute(SQL["add_extrafield"], (*identity, extrafield.title, extrafield.type, shown, *times))
        self._append("extrafield", extrafield.id, "created", 0, None)

    async def replace_extrafield(self, before: Extrafield, after: Extrafield) -> None:
        previous = self._extrafield_version(before.id)
        columns = (self._counters.seq + 1, after.title, after.type, after.shown_on_order_details, after.modified)
        self._execute(SQL["replace_extrafield"], (*columns, self._store_id, after.id))
        self._append("extrafield", after.id, "updated", previous, rows.encode_state(before))

    async def delete_extrafield(self, extrafield: Extrafield) -> None:
        previous = self._extrafield_version(extrafield.id)
        self._execute(SQL["delete_extrafield"], (self._store_id, extrafield.id))
        self._append("extrafield", extrafield.id, "deleted", previous, rows.encode_state(extrafield))

    async def find_order(self, order: int | str) -> Order | None:
        return self._orders.find(order)

    async def add_order(self, order: Order) -> None:
        self._orders.add(order)
        self._note_order()

    async def delete_order(self, order: Order) -> None:
        self._orders.delete(order)
        self._note_order()

    async def move_orders(self, source_id: int, target: Customer) -> int:
        return self._orders.move(source_id, target, self._counters.seq)

    async def replace_store(self, before: Store, after: Store) -> None:
        version = self._counters.seq + 1
        columns = (after.name, after.url, after.timezone, rows.encode_list(after.languages), after.default_language)
        self._execute(SQL["replace_store"], (*columns, version, self._store_id))
        self._append("store", self._store_id, "updated", self._counters.version, rows.encode_state(before))
        self._counters.version = version
        self._counters.store = after

    def _note_order(self) -> None:
        """An order is in no log, but when one was changed last is known."""
        self._counters.last_change_at = self._counters.latest["order"] = self.at

    async def add_receipt(self, receipt: Receipt) -> None:
        if self._execute(SQL["has_ticket"], (self._store_id, receipt.ticket, self._server)).fetchone() is None:
            raise ServiceUnavailable("Another server has taken the batch over")
        key = (self._store_id, receipt.ticket, receipt.position, receipt.number)
        self._execute(SQL["add_receipt"], (*key, receipt.kind, receipt.result))

    async def add_keyed_result(self, request: KeyedRequest, result: KeyedResult, kept_since: int) -> None:
        self._keyed_requests.add_result(request, result, kept_since)

    async def forget_answers(self) -> None:
        self._keyed_requests.forget_answers()

    @property
    def _keyed_requests(self) -> KeyedRequestBook:
        return KeyedRequestBook(lambda sql, values: self._execute(sql, values).fetchone(), self._store_id)

    def _remember_all(self, found: Iterable[Any]) -> list[Customer]:
        """Keeps the documents until the next read: most likely they are the state before a change."""
        self._documents.clear()
        customers = []
        for (document,) in found:
            customer = rows.decode_customer(document)
            self._documents[customer.id] = customer, document
            customers.append(customer)
        return customers

    def _document(self, customer: Customer) -> str:
        """As it was read, or anew."""
        read, document = self._documents.get(customer.id, (None, ""))
        return document if read is customer else rows.encode_customer(customer)

    def _group_version(self, group_id: int) -> int:
        return int(self._execute(SQL["get_group_version"], (self._store_id, group_id)).get)

    def _extrafield_version(self, extrafield_id: int) -> int:
        return int(self._execute(SQL["get_extrafield_version"], (self._store_id, extrafield_id)).get)

    def _mark_unindexed(self, key: int) -> None:
        self._execute(SQL["mark_unindexed"], (key,))

    def _move_members(self, from_group: int, to_group: int) -> None:
        """General is not counted: it has the rest."""
        if from_group != to_group:
            for group_id, change in ((from_group, -1), (to_group, 1)):
                if group_id:
                    self._execute(SQL["move_members"], (change, self._store_id, group_id))

    def _move_values(
        self, customer_id: int, before: tuple[ExtrafieldValue, ...], after: tuple[ExtrafieldValue, ...]
    ) -> None:
        """Keeps account of who has a value of which field."""
        old, new = {value.key for value in before}, {value.key for value in after}
        for statement, keys in (("delete_extrafield_holder", old - new), ("add_extrafield_holder", new - old)):
            for key in keys:
                self._execute(SQL[statement], (self._store_id, key, customer_id))

    def _append(
        self, entity: Entity, entity_id: int, kind: Kind, previous: int, before: str | None, group: int | None = None
    ) -> None:
        """``group`` is that of a customer after the change."""
        origin, counters = self._origin, self._counters
        counters.last_change_at = counters.latest[entity] = at = max(origin.at, counters.last_change_at)
        counters.seq += 1
        self._execute(
            _ADD_CHANGE,
            (
                self._store_id,
                counters.seq,
                entity,
                entity_id,
                kind,
                at,
                origin.token_id,
                origin.request_id,
                previous,
                before,
                group,
            ),
        )

    def _store_unique(self, statement: str, columns: tuple[Any, ...], email: str) -> None:
        try:
            self._execute(SQL[statement], columns)
        except apsw.ConstraintError as error:
            if getattr(error, "extendedresult", 0) == apsw.SQLITE_CONSTRAINT_UNIQUE:
                raise EmailAlreadyUsed(f"Customer with email {email} already exists") from None
            raise


def _next_id(last: int) -> int:
    if last >= rows.LARGEST_ID:
        raise StorageFull("The store has used up its ids")
    return last + 1
