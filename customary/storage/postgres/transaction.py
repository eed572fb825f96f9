"""What a work can do inside a transaction on one store, whose row is locked."""

from collections.abc import Collection

from msgspec.structs import replace

from customary.errors import ServiceUnavailable, StorageFull
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
from customary.storage.postgres.asking import Wish, hand_out, read
from customary.storage.postgres.erasure import forget_person, get_erasure, list_customer_orders
from customary.storage.postgres.history import list_customer_versions, newest_change
from customary.storage.postgres.keyed_book import add_keyed_result
from customary.storage.postgres.listing import those_by_id
from customary.storage.postgres.orders import OrderBook
from customary.storage.postgres.overlay import FROM_ROW, Overlay
from customary.storage.sqlite import rows

NO_WISH = Wish()


class PostgresTransaction:
    """Implements ``customary.storage.protocol.Transaction``.

    Every method waits for the work's turn before it does anything; what it will read is known before that.
    """

    def __init__(self, overlay: Overlay, origin: Origin, at: int) -> None:
        self._overlay = overlay
        self._counters = overlay.counters
        self._store_id = overlay.store_id
        self._origin = origin
        self._at = at
        self._begun = False

    async def turn(self, wish: Wish = NO_WISH) -> None:
        """Comes when the works before this one are done."""
        if not self._begun:
            self._begun = True
            await hand_out(wish)

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    @property
    def at(self) -> int:
        return self._at

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
        await self.turn()
        return self._counters.store if store_id == self._store_id else None

    async def get_customer(self, store_id: int, customer_id: int) -> Customer | None:
        if store_id != self._store_id or not rows.is_id(customer_id):
            return None
        await self.turn(Wish(ids=(customer_id,)))
        return await self._overlay.customer(customer_id)

    async def find_customer(self, email: str) -> Customer | None:
        key = email_key(email)
        await self.turn(Wish(emails=(key,)))
        return await self._overlay.customer_by_email(key)

    async def find_customer_by_reference(self, reference: str) -> Customer | None:
        await self.turn(Wish(references=(reference,)))
        return await self._overlay.customer_by_reference(reference)

    async def get_group(self, store_id: int, group_id: int) -> Group | None:
        await self.turn()
        if store_id != self._store_id or not rows.is_id(group_id):
            return None
        found = await read("get_group", store_id, group_id)
        return rows.group_from_row(tuple(found[0])) if found else None

    async def list_extrafields(self, store_id: int) -> tuple[Extrafield, ...]:
        await self.turn()
        return tuple(rows.extrafield_from_row(tuple(row)) for row in await read("list_extrafields", store_id))

    async def list_customer_versions(
        self, store_id: int, customer_id: int, before: int | None, limit: int
    ) -> tuple[CustomerVersion, ...]:
        await self.turn()
        await self._overlay.flush()
        return await list_customer_versions(store_id, customer_id, before, limit)

    async def list_extrafield_holders(self, key: str, limit: int) -> list[Customer]:
        await self.turn()
        return await self._overlay.customers("list_extrafield_holders", key, limit)

    async def find_customers(self, search: CustomerSearch, after: int, limit: int) -> list[Customer]:
        await self.turn()
        return await self._overlay.customers_by(those_by_id(self._store_id, search, after, limit))

    async def list_group_members(self, group_id: int, limit: int) -> list[Customer]:
        await self.turn()
        return await self._overlay.customers("list_group_members", group_id, limit)

    async def add_customer(self, customer: Customer) -> Customer:
        await self.turn(Wish(emails=(email_key(customer.email),)))
        stats = await OrderBook(self._overlay).count(customer) if customer.stats else None
        stored = await self._add(customer, stats)
        self._append("customer", stored.id, "created", 0, None, stored.customer_group_id)
        if stats:
            await OrderBook(self._overlay).store_figures(stored)
        return stored

    async def restore_customer(self, customer: Customer) -> Customer:
        await self.turn(Wish(emails=(email_key(customer.email),)))
        await self._overlay.flush()
        deletion = await newest_change(self._store_id, "customer", customer.id)
        await OrderBook(self._overlay).take_back(customer.id)
        stats = await OrderBook(self._overlay).count(customer)
        stored = await self._add(customer, stats)
        await self._overlay.write("undo_deletion", deletion)
        self._append("customer", stored.id, "restored", deletion, None, stored.customer_group_id)
        if stats:
            await OrderBook(self._overlay).store_figures(stored)
        return stored

    async def _add(self, customer: Customer, stats: Stats | None) -> Customer:
        stored = replace(customer, version=self._counters.seq + 1, stats=stats)
        await self._overlay.add(stored)
        self._counters.customer_count += 1
        self._overlay.move_member(0, stored.customer_group_id)
        await self._move_values(stored.id, (), stored.extrafields)
        return stored

    async def replace_customer(self, before: Customer, after: Customer, kind: Kind = "updated") -> Customer:
        await self.turn(Wish(ids=(before.id,)))
        stored = replace(after, version=self._counters.seq + 1, stats=before.stats)
        document = await self._overlay.replace(before, stored)
        self._overlay.move_member(before.customer_group_id, stored.customer_group_id)
        if stored.extrafields != before.extrafields:
            await self._move_values(stored.id, before.extrafields, stored.extrafields)
        self._append("customer", stored.id, kind, before.version, document or FROM_ROW, stored.customer_group_id)
        return stored

    async def delete_customer(self, customer: Customer) -> None:
        await self.turn(Wish(ids=(customer.id,)))
        document = await self._overlay.delete(customer)
        self._counters.customer_count -= 1
        self._overlay.move_member(customer.customer_group_id, 0)
        await self._move_values(customer.id, customer.extrafields, ())
        self._append("customer", customer.id, "deleted", customer.version, document or FROM_ROW)

    async def get_erasure(self, store_id: int, customer_id: int) -> Erasure | None:
        await self.turn()
        return await get_erasure(store_id, customer_id) if rows.is_id(customer_id) else None

    async def list_customer_orders(self, customer_id: int) -> list[Order]:
        await self.turn()
        return await list_customer_orders(self._store_id, customer_id)

    async def find_merged(self, customer_id: int) -> list[int]:
        await self.turn()
        await self._overlay.flush()
        newest = await newest_change(self._store_id, "customer", customer_id)
        return [source for (source,) in await read("find_merged", self._store_id, newest)]

    async def erase_customer(self, customer_id: int, traces: Collection[str]) -> Erasure:
        await self.turn()
        await self._overlay.flush()
        newest = await newest_change(self._store_id, "customer", customer_id)
        await forget_person(self._overlay, customer_id, newest, traces)
        self._append("customer", customer_id, "erased", newest, None)
        by, seq = self._origin, self._counters.seq
        await self._overlay.write("add_erasure", customer_id, self._at, by.token_id, by.request_id, seq)
        return Erasure(customer_id=customer_id, at=self._at, token_id=by.token_id, request_id=by.request_id, seq=seq)

    async def add_group(self, group: Group) -> None:
        await self.turn()
        version = self._counters.seq + 1
        await self._overlay.write("add_group", group.id, version, group.name, group.external_reference_id)
        self._append("group", group.id, "created", 0, None)

    async def replace_group(self, before: Group, after: Group) -> None:
        await self.turn()
        previous = await self._version("get_group_version", before.id)
        version = self._counters.seq + 1
        await self._overlay.write("replace_group", after.id, version, after.name, after.external_reference_id)
        self._append("group", after.id, "updated", previous, rows.encode_state(before))

    async def delete_group(self, group: Group) -> None:
        await self.turn()
        previous = await self._version("get_group_version", group.id)
        await self._overlay.write("delete_group", group.id)
        self._append("group", group.id, "deleted", previous, rows.encode_state(group))

    async def add_extrafield(self, extrafield: Extrafield) -> None:
        await self.turn()
        identity = (extrafield.id, self._counters.seq + 1, extrafield.key)
        times = (extrafield.created, extrafield.modified)
        shown = extrafield.shown_on_order_details
        await self._overlay.write("add_extrafield", *identity, extrafield.title, extrafield.type, shown, *times)
        self._append("extrafield", extrafield.id, "created", 0, None)

    async def replace_extrafield(self, before: Extrafield, after: Extrafield) -> None:
        await self.turn()
        previous = await self._version("get_extrafield_version", before.id)
        columns = (self._counters.seq + 1, after.title, after.type, after.shown_on_order_details, after.modified)
        await self._overlay.write("replace_extrafield", after.id, *columns)
        self._append("extrafield", after.id, "updated", previous, rows.encode_state(before))

    async def delete_extrafield(self, extrafield: Extrafield) -> None:
        await self.turn()
        previous = await self._version("get_extrafield_version", extrafield.id)
        await self._overlay.write("delete_extrafield", extrafield.id)
        self._append("extrafield", extrafield.id, "deleted", previous, rows.encode_state(extrafield))

    async def find_order(self, order: int | str) -> Order | None:
        await self.turn()
        return await OrderBook(self._overlay).find(order)

    async def add_order(self, order: Order) -> None:
        await self.turn()
        await OrderBook(self._overlay).add(order)
        self._note_order()

    async def delete_order(self, order: Order) -> None:
        await self.turn()
        await OrderBook(self._overlay).delete(order)
        self._note_order()

    async def move_orders(self, source_id: int, target: Customer) -> int:
        await self.turn()
        return await OrderBook(self._overlay).move(source_id, target, self._counters.seq)

    async def replace_store(self, before: Store, after: Store) -> None:
        await self.turn()
        version = self._counters.seq + 1
        columns = (after.name, after.url, after.timezone, rows.encode_list(after.languages), after.default_language)
        await self._overlay.write("replace_store", *columns, version)
        self._append("store", self._store_id, "updated", self._counters.version, rows.encode_state(before))
        self._counters.version = version
        self._counters.store = after

    async def has_ticket(self, ticket: str) -> bool:
        """Whether it is this server's to carry out: another may have taken it over."""
        found = await read("get_ticket_runner", self._store_id, ticket)
        return bool(found) and found[0][0] == self._overlay.server

    async def add_receipt(self, receipt: Receipt) -> None:
        await self.turn()
        if not await self.has_ticket(receipt.ticket):
            raise ServiceUnavailable("Another server has taken the batch over")
        key = (receipt.ticket, receipt.position, receipt.number)
        await self._overlay.write("add_receipt", *key, receipt.kind, receipt.result)

    async def add_keyed_result(self, request: KeyedRequest, result: KeyedResult, kept_since: int) -> None:
        await self.turn()
        await add_keyed_result(self._overlay, request, result, kept_since)

    async def forget_answers(self) -> None:
        await self.turn()
        for statement in ("forget_answers", "forget_results"):
            await self._overlay.write(statement)

    def _note_order(self) -> None:
        """An order is in no log, but when one was changed last is known."""
        self._counters.last_change_at = self._counters.latest["order"] = self._at

    async def _version(self, statement: str, entity_id: int) -> int:
        found = await read(statement, self._store_id, entity_id)
        return int(found[0][0])

    async def _move_values(
        self, customer_id: int, before: tuple[ExtrafieldValue, ...], after: tuple[ExtrafieldValue, ...]
    ) -> None:
        """Keeps account of who has a value of which field."""
        old, new = {value.key for value in before}, {value.key for value in after}
        for keys, there in ((old - new, False), (new - old, True)):
            for key in keys:
                await self._overlay.set_value(key, customer_id, there)

    def _append(
        self, entity: Entity, entity_id: int, kind: Kind, previous: int, before: str | None, group_id: int | None = None
    ) -> None:
        """``group_id``: of the customer after the change."""
        origin, counters = self._origin, self._counters
        counters.last_change_at = counters.latest[entity] = self._at
        counters.seq += 1
        by = (origin.token_id, origin.request_id)
        self._overlay.append((counters.seq, entity, entity_id, kind, self._at, *by, previous, group_id, before))


def _next_id(last: int) -> int:
    if last >= rows.LARGEST_ID:
        raise StorageFull("The store has used up its ids")
    return last + 1
