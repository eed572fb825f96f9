"""Goes through the customers of a store by id: what a list by cursor and a change of many have in common."""

from typing import Any

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Stretch
from customary.storage.postgres.asking import Ask, hand_out, read
from customary.storage.postgres.search import conditions
from customary.storage.postgres.sql import SQL, numbered
from customary.storage.sqlite import rows


def those_by_id(store_id: int, search: CustomerSearch, after: int, limit: int, last: int = rows.LARGEST_ID) -> Ask:
    """The rows of the first that match, of those with an id above ``after`` and up to ``last``."""
    where = conditions(store_id, search)
    statement = f"{SQL['find_customers']} WHERE {where.where} AND customer.id > ? AND customer.id <= ?"
    ordered = numbered(f"{statement} ORDER BY customer.store_id, customer.id LIMIT ?")
    return Ask(ordered, (*where.values, after, last, limit))


async def list_customers(
    store_id: int, search: CustomerSearch, after: int, limit: int, most_read: int
) -> Stretch[Customer]:
    """One more than ``limit`` is looked for: whether the list goes on is known then."""
    last = await _last_of(store_id, after, most_read if search.is_filtered else min(limit, most_read))
    found: Any = await hand_out(those_by_id(store_id, search, after, limit + 1, last or rows.LARGEST_ID))
    customers = tuple([rows.decode_customer(row[0]) for row in found[:limit]])
    return Stretch(items=customers, next=customers[-1].id if len(found) > limit else last)


async def _last_of(store_id: int, after: int, count: int) -> int | None:
    """The last id before the customer that would be one too many; None when there are no more."""
    beyond = await read("get_id_beyond", store_id, after, count)
    return int(beyond[0][0]) - 1 if beyond else None
