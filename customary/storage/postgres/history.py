"""The changes of one entity in PostgreSQL: a chain, from the newest change back, each with the state before it."""

from customary.model.change import Change, Entity
from customary.model.customer import Customer
from customary.model.history import CustomerVersion
from customary.storage.postgres.asking import read
from customary.storage.sqlite import rows


async def list_entity_changes(
    store_id: int, entity: Entity, entity_id: int, before: int | None, limit: int
) -> tuple[Change, ...]:
    """Follows the chain back: from its newest change, or from ``before`` when that is one of its own."""
    last = await read("get_change", store_id, before) if before is not None else ()
    if last and (last[0]["entity"], last[0]["entity_id"]) == (entity, entity_id):
        seq = last[0]["previous"]
    else:
        seq = await newest_change(store_id, entity, entity_id)
        if before is not None and seq >= before:
            above = await read("last_not_below", store_id, seq, before)
            seq = above[0]["previous"]
    return await _walk(store_id, seq, limit)


async def list_customer_versions(
    store_id: int, customer_id: int, before: int | None, limit: int
) -> tuple[CustomerVersion, ...]:
    """What a change replaced is what the change before it had made."""
    if not rows.is_id(customer_id):
        return ()
    seq, after = await _begin(store_id, customer_id, before)
    found: list[CustomerVersion] = []
    for change in await _walk(store_id, seq, limit):
        replaced = rows.decode_customer(change.before) if change.before else None
        found.append(CustomerVersion(change=change, before=replaced, after=after))
        after = replaced
    return tuple(found)


async def newest_change(store_id: int, entity: Entity, entity_id: int) -> int:
    """0 when there is none."""
    found = await read(f"newest_{entity}_change", store_id, entity_id)
    return int(found[0][0]) if found else 0


async def _begin(store_id: int, customer_id: int, before: int | None) -> tuple[int, Customer | None]:
    """The customer's last change below ``before``, and the customer after it."""
    newest = await newest_change(store_id, "customer", customer_id)
    if before is None or newest < before:
        found = await read("get_customer", store_id, customer_id)
        return newest, rows.decode_customer(found[0][0]) if found else None
    own = await read("get_change", store_id, before)
    is_own = own and (own[0]["entity"], own[0]["entity_id"]) == ("customer", customer_id)
    above = await read("last_not_below", store_id, before if is_own else newest, before)
    previous, replaced = above[0]
    return previous, rows.decode_customer(replaced) if replaced else None


async def _walk(store_id: int, seq: int, limit: int) -> tuple[Change, ...]:
    steps = await read("walk_chain", store_id, seq, limit) if seq and limit > 0 else ()
    return tuple(rows.change_from_row(tuple(step)) for step in steps)
