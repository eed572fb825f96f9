"""The changes of one entity in SQLite: a chain, from the newest change back, each with the state before it."""

from collections.abc import Callable
from typing import Any

import apsw

from customary.model.change import Change, Entity
from customary.model.customer import Customer
from customary.model.history import CustomerVersion
from customary.storage.sqlite import rows
from customary.storage.sqlite.sql import SQL

Execute = Callable[..., apsw.Cursor]


def list_entity_changes(
    execute: Execute, store_id: int, entity: Entity, entity_id: int, before: int | None, limit: int
) -> list[Change]:
    """Follows the chain back: from its newest change, or from ``before`` when that is one of its own."""
    found: list[Change] = []
    last = _change(execute, store_id, before) if before is not None else None
    if last is not None and (last.entity, last.entity_id) == (entity, entity_id):
        seq = last.previous
    else:
        seq = newest_change(execute, store_id, entity, entity_id)
    while len(found) < limit and (change := _change(execute, store_id, seq)) is not None:
        if before is None or seq < before:
            found.append(change)
        seq = change.previous
    return found


def list_customer_versions(
    execute: Execute, store_id: int, customer_id: int, before: int | None, limit: int
) -> list[CustomerVersion]:
    """What a change replaced is what the change before it had made. ``execute`` must see one moment."""
    found: list[CustomerVersion] = []
    seq, after = _begin(execute, store_id, customer_id, before)
    while len(found) < limit and (change := _change(execute, store_id, seq)) is not None:
        replaced = rows.decode_customer(change.before) if change.before else None
        found.append(CustomerVersion(change=change, before=replaced, after=after))
        seq, after = change.previous, replaced
    return found


def newest_change(execute: Execute, store_id: int, entity: Entity, entity_id: int) -> int:
    """0 when there is none."""
    if entity == "customer":
        key = rows.customer_key(store_id, entity_id)
        return int(execute(SQL["newest_customer_change"], (store_id, entity_id, key)).get)
    if entity != "store":
        return int(execute(SQL[f"newest_{entity}_change"], (store_id, entity_id)).get)
    return int(execute(SQL["newest_store_change"], (store_id,)).get or 0)


def _begin(execute: Execute, store_id: int, customer_id: int, before: int | None) -> tuple[int, Customer | None]:
    """The customer's last change below ``before``, and the customer after it."""
    newest = newest_change(execute, store_id, "customer", customer_id)
    if before is not None and newest >= before:
        above = _change(execute, store_id, _last_not_below(execute, store_id, customer_id, newest, before))
        if above is None:
            return 0, None
        return above.previous, rows.decode_customer(above.before) if above.before else None
    document = execute(SQL["get_customer"], (rows.customer_key(store_id, customer_id),)).get
    return newest, rows.decode_customer(document) if document else None


def _last_not_below(execute: Execute, store_id: int, customer_id: int, newest: int, before: int) -> int:
    """The chain's oldest change that is not below ``before``, at once where that is one of its own."""
    own = execute(SQL["is_change_of_customer"], (store_id, before, customer_id)).get
    seq = before if own else newest
    while (previous := execute(SQL["get_previous_change"], (store_id, seq)).get) is not None and previous >= before:
        seq = previous
    return seq


def _change(execute: Execute, store_id: int, seq: int) -> Change | None:
    found: list[Any] = execute(SQL["get_change"], (store_id, seq)).fetchall()
    return rows.change_from_row(found[0]) if found else None
