"""What a transaction knows of its store and has not written yet: works read it as if it were the database.

Writes are kept back and written for many customers at once. Under the lock of the store's row nobody else changes what
was read, so what is known stays true to the end of the transaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from customary.errors import EmailAlreadyUsed, ReferenceAlreadyUsed
from customary.model.customer import Customer
from customary.model.keys import email_key
from customary.storage.postgres.asking import Ask, hand_out, read, write, write_all
from customary.storage.postgres.counters import StoreCounters
from customary.storage.postgres.sql import SQL
from customary.storage.sqlite import rows

MOST_KNOWN = 2000
"""Customers that are remembered when everything is written anyway."""
_NOTHING: Any = object()


class Held(NamedTuple):
    """A customer as it is or will be, and the document in its row."""

    customer: Customer
    document: str


class Pending(NamedTuple):
    """A row to be written: a new one, or its document and the other parts of it that changed."""

    held: Held
    new: bool = False
    columns: bool = False
    """Any of those that are made from the document."""
    keys: bool = False
    texts: bool = False


DELETED = None
NOBODY: Mapping[int, Held] = {}


class Overlay:
    """Of one store in one transaction."""

    def __init__(self, store_id: int, counters: StoreCounters, server: str, ahead: Mapping[int, Held] = NOBODY) -> None:
        """``ahead``: customers as they will be when what is being written at this moment is committed."""
        self.store_id = store_id
        self.server = server
        self.counters = counters
        self.half_done = False
        self.changed = False
        self.first_change: tuple[Any, ...] | None = None
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._changes_before = 0
        self._counters_before = counters.snapshot()
        self._first_before: tuple[Any, ...] | None = None
        self._ahead = ahead
        self._forget()

    def _forget(self) -> None:
        self._known: dict[int, Held | None] = {}
        self._emails: dict[str, int | None] = {}
        self._pending: dict[int, Pending | None] = {}
        self._freed: dict[str, bool] = {}
        self._references: dict[str, int | None] = {}
        self._moved_references: dict[str, int | None] = {}
        self._members: dict[int, int] = {}
        self._values: dict[tuple[str, int], bool] = {}
        self._changes: list[tuple[Any, ...]] = []

    def begin_work(self) -> None:
        """From here on ``undo`` can go back, unless something was written: that tells ``half_done``."""
        self._undo.clear()
        self._changes_before = len(self._changes)
        self._counters_before = self.counters.snapshot()
        self._first_before = self.first_change
        self.half_done = False

    def undo(self) -> None:
        for mapping, key, value in reversed(self._undo):
            if value is _NOTHING:
                del mapping[key]
            else:
                mapping[key] = value
        self._undo.clear()
        del self._changes[self._changes_before :]
        self.counters.restore(self._counters_before)

    def undo_written(self) -> None:
        """After the database went back to where the work began."""
        self._forget()
        self._undo.clear()
        self._changes_before = 0
        self.first_change = self._first_before
        self.counters.restore(self._counters_before)

    def _set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((mapping, key, mapping.get(key, _NOTHING)))
        mapping[key] = value

    async def prefetch(self, ids: set[int], emails: set[str], references: set[str]) -> None:
        if references:
            ids = ids | await self._learn_holders(references)
        if ids:
            self._known.update(dict.fromkeys(ids))
            self._learn(await read("get_documents", self.store_id, sorted(ids)))
        if emails:
            self._emails.update(dict.fromkeys(emails))
            for document, key in await read("get_customers_by_email", self.store_id, sorted(emails)):
                (owner,) = self._learn([(document,)])
                self._emails[key] = owner.id

    def _learn(self, found: Iterable[Any]) -> list[Customer]:
        """Of rows that begin with a document; where one is still to be written, that one is what counts."""
        learned = []
        for row in found:
            held = Held(rows.decode_customer(row[0]), row[0])
            held = self._ahead.get(held.customer.id, held)
            pending = self._pending.get(held.customer.id)
            if pending is not None:
                held = pending.held
            self._known[held.customer.id] = held
            learned.append(held.customer)
        return learned

    async def customer(self, customer_id: int) -> Customer | None:
        if customer_id not in self._known:
            await self.prefetch({customer_id}, set(), set())
        held = self._known[customer_id]
        return held.customer if held else None

    async def customer_by_email(self, key: str) -> Customer | None:
        if key not in self._emails:
            await self.prefetch(set(), {key}, set())
        owner = self._emails[key]
        return None if owner is None else await self.customer(owner)

    async def customer_by_reference(self, reference: str) -> Customer | None:
        if reference not in self._references:
            await self._learn_holders({reference})
        holder = self._references[reference]
        return None if holder is None else await self.customer(holder)

    async def _learn_holders(self, references: set[str]) -> set[int]:
        """The customers that have them."""
        self._references.update(dict.fromkeys(references))
        holders = dict(await read("get_holders_of_references", self.store_id, sorted(references)))
        self._references.update(holders)
        return set(holders.values())

    async def customers(self, statement: str, *values: Any) -> list[Customer]:
        """Those that a named statement finds, once everything is written."""
        return await self.customers_by(Ask(SQL[statement], (self.store_id, *values)))

    async def customers_by(self, asked: Ask) -> list[Customer]:
        await self.flush()
        if len(self._known) > MOST_KNOWN:
            self._forget()
        return self._learn(await hand_out(asked))

    async def add(self, customer: Customer) -> None:
        await self._check_reference(customer)
        await self._claim(email_key(customer.email), customer)
        self._move_reference(customer.id, "", customer.external_reference_id)
        if customer.id in self._pending:  # its row is still to be deleted
            await self.flush()
        held = Held(customer, rows.encode_customer(customer))
        self._set(self._known, customer.id, held)
        self._set(self._pending, customer.id, Pending(held, new=True, texts=True))

    async def replace(self, before: Customer, after: Customer) -> str | None:
        """The document that was replaced; None when it is the one in the database."""
        old = self._as_read(before)
        if before.external_reference_id != after.external_reference_id:
            await self._check_reference(after)
        await self._move_email(before, after)
        if before.external_reference_id != after.external_reference_id:
            self._move_reference(after.id, before.external_reference_id, after.external_reference_id)
        in_database = self._in_database(before)
        held = Held(after, rows.encode_customer(after))
        self._set(self._known, after.id, held)
        self._set(self._pending, after.id, _changed(before, held, self._pending.get(after.id)))
        return None if in_database else old.document

    async def delete(self, customer: Customer) -> str | None:
        """As replacing it."""
        old = self._as_read(customer)
        in_database = self._in_database(customer)
        pending = self._pending.get(customer.id)
        if pending is not None and pending.new:
            await self.flush()
        self._free(email_key(customer.email))
        self._move_reference(customer.id, customer.external_reference_id, "")
        self._set(self._known, customer.id, None)
        self._set(self._pending, customer.id, DELETED)
        return None if in_database else old.document

    def move_member(self, from_group: int, to_group: int) -> None:
        """General is not counted: it has the rest."""
        if from_group != to_group:
            for group_id, change in ((from_group, -1), (to_group, 1)):
                if group_id:
                    self._set(self._members, group_id, self._members.get(group_id, 0) + change)

    async def set_value(self, key: str, customer_id: int, there: bool) -> None:
        """Keeps account of who has a value of which extra field."""
        if self._values.get((key, customer_id), there) != there:
            await self.flush()
        self._set(self._values, (key, customer_id), there)

    def append(self, change: tuple[Any, ...]) -> None:
        """The columns of a change behind the store's id. One of a customer may leave its ``before`` to the database."""
        self._changes.append(change)

    async def write(self, statement: str, *values: Any) -> int:
        """At once, unlike customers and their changes."""
        self.half_done = self.changed = True
        return await write(statement, self.store_id, *values)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write, and nothing was written."""
        others = self._members or self._values or self._moved_references
        return not (self.changed or self._changes or self._pending or others)

    @property
    def rewrites_only(self) -> bool:
        """Whether all there is to write is changes of customers, one each, in nothing but their documents."""
        others = self.changed or self._members or self._values or self._moved_references
        if others or not self._changes:
            return False
        documents = all(row is not None and not (row.new or row.columns) for row in self._pending.values())
        return documents and all(change[-1] is FROM_ROW for change in self._changes)

    @property
    def first_of_kept_back(self) -> tuple[Any, ...]:
        """The first change that is still to be written."""
        return self._changes[0]

    def rewritten(self) -> tuple[rows.Row, dict[int, Held]]:
        """The columns of the statement ``rewrite_customers`` behind the counters, and the customers as they will be."""
        after = {number: row.held for number, row in self._pending.items() if row is not None}
        _, _, ids, kinds, times, tokens, requests, *_ = zip(*self._changes, strict=True)
        held = [after[number] for number in ids]
        texts = [each.customer.updated for each in held], [each.document for each in held]
        return (ids, kinds, times, tokens, requests, *texts), after

    async def flush(self) -> None:
        """Writes what is kept back, the rows of each table in the order of their keys."""
        if self._undo:
            self.half_done = True
            self._undo.clear()
        if not (self._changes or self._pending or self._members or self._values or self._moved_references):
            return
        self.changed = True
        changes, self._changes = self._changes, []
        if changes and self.first_change is None:
            self.first_change = changes[0]
        self._changes_before = 0
        pending, self._pending = self._pending, {}
        self._freed = {}
        await self._write_changes(changes)
        await self._write_customers(pending)
        members, self._members = self._members, {}
        await self._write_members(members)
        values, self._values = self._values, {}
        await self._write_values(values)
        references, self._moved_references = self._moved_references, {}
        await self._write_references(references)

    async def _write_changes(self, changes: list[tuple[Any, ...]]) -> None:
        of_rows = [change[:-1] for change in changes if change[-1] is FROM_ROW]
        await write_all("add_changes_of_customers", self.store_id, of_rows)
        await write_all("add_changes", self.store_id, [change for change in changes if change[-1] is not FROM_ROW])

    async def _write_customers(self, pending: dict[int, Pending | None]) -> None:
        store_id = self.store_id
        gone = sorted(customer_id for customer_id, row in pending.items() if row is None)
        if gone:
            await write("delete_customers", store_id, gone)
            await write("delete_texts", store_id, gone)
        kept = sorted((number, row) for number, row in pending.items() if row is not None)
        await self._replace_customers([row for _, row in kept if not row.new])
        await self._add_customers([row.held.customer for _, row in kept if row.new])
        await write_all(
            "set_texts", store_id, [(number, _lines(row.held.customer)) for number, row in kept if row.texts]
        )

    async def _add_customers(self, added: list[Customer]) -> None:
        columns = [
            (each.id, each.registered, *rows.key_columns(each), *rows.text_columns(each), *rows.plain_columns(each))
            for each in added
        ]
        await write_all("add_customers", self.store_id, columns)

    async def _replace_customers(self, replaced: list[Pending]) -> None:
        documents = [
            (customer.id, customer.version, customer.updated, document)
            for (customer, document), *_ in (row for row in replaced if not row.columns)
        ]
        await write_all("replace_documents", self.store_id, documents)
        for statement, columns, changed in (
            ("replace_customers", rows.plain_columns, [row for row in replaced if row.columns]),
            ("replace_customer_keys", rows.key_columns, [row for row in replaced if row.keys]),
            ("replace_customer_texts", rows.text_columns, [row for row in replaced if row.texts]),
        ):
            customers = [row.held.customer for row in changed]
            await write_all(statement, self.store_id, [(each.id, *columns(each)) for each in customers])

    async def _write_members(self, members: dict[int, int]) -> None:
        moved = sorted((group_id, change) for group_id, change in members.items() if change)
        if moved:
            ids, changes = zip(*moved, strict=True)
            await write("move_members", self.store_id, list(ids), list(changes))

    async def _write_values(self, values: dict[tuple[str, int], bool]) -> None:
        for statement, there in (("delete_extrafield_holders", False), ("add_extrafield_holders", True)):
            holders = sorted(holder for holder, value in values.items() if value == there)
            await write_all(statement, self.store_id, holders)

    async def _write_references(self, holders: dict[str, int | None]) -> None:
        if holders:
            await write("delete_references", self.store_id, sorted(holders))
            kept = sorted((reference, holder) for reference, holder in holders.items() if holder is not None)
            await write_all("add_references", self.store_id, kept)

    def _as_read(self, customer: Customer) -> Held:
        held = self._known.get(customer.id)
        if held is not None and held.customer is customer:
            return held
        return Held(customer, rows.encode_customer(customer))

    def _in_database(self, customer: Customer) -> bool:
        """Whether its row there is in the state that the work read, with nothing pending."""
        held = self._known.get(customer.id)
        return held is not None and held.customer is customer and customer.id not in self._pending

    async def _claim(self, key: str, customer: Customer) -> None:
        owner = await self.customer_by_email(key)
        if owner is not None and owner.id != customer.id:
            raise EmailAlreadyUsed(f"Customer with email {customer.email} already exists")
        if key in self._freed:  # the index would see both for a moment
            await self.flush()
        self._set(self._emails, key, customer.id)

    def _free(self, key: str) -> None:
        self._set(self._emails, key, None)
        self._set(self._freed, key, True)

    async def _move_email(self, before: Customer, after: Customer) -> None:
        if before.email != after.email and (key := email_key(after.email)) != (old := email_key(before.email)):
            await self._claim(key, after)
            self._free(old)

    async def _check_reference(self, customer: Customer) -> None:
        reference = customer.external_reference_id
        holder = await self.customer_by_reference(reference) if reference else None
        if holder is not None and holder.id != customer.id:
            raise ReferenceAlreadyUsed(f"Customer with external reference id {reference} already exists")

    def _move_reference(self, customer_id: int, before: str, after: str) -> None:
        for reference, holder in ((before, None), (after, customer_id)):
            if reference:
                self._set(self._references, reference, holder)
                self._set(self._moved_references, reference, holder)

    def with_figures(self, customer: Customer) -> None:
        """The customer as it stands in the database after its figures were written there."""
        held = self._known.get(customer.id)
        if held is not None:
            document = rows.encode_customer(customer)
            self._known[customer.id] = held._replace(customer=customer, document=document)


FROM_ROW: Any = object()
"""The ``before`` of a change: what the row of the customer holds when the change is written."""


def _changed(before: Customer, held: Held, pending: Pending | None) -> Pending:
    """What there is to write of a customer when ``pending`` was to be written before."""
    after = held.customer
    if rows.sources(before) == rows.sources(after):
        return pending._replace(held=held) if pending else Pending(held)
    pending = pending or Pending(held)
    keys, old_keys = rows.key_columns(after), rows.key_columns(before)
    texts = rows.text_columns(after) != rows.text_columns(before) or keys[1] != old_keys[1]
    return Pending(held, pending.new, True, keys != old_keys or pending.keys, texts or pending.texts)


def _lines(customer: Customer) -> str:
    """What the index of texts holds of a customer."""
    return "\n".join((rows.key_columns(customer)[1], *rows.text_columns(customer)))
