"""Lists the customers of a store by cursor: every part of the list costs the same, wherever it begins."""

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Stretch
from customary.storage.protocol import Storage

MOST_LISTED = 1000
MOST_READ = 20_000
"""Customers that one request looks at, so that a filter that hardly anyone matches does not read a whole store."""


async def list_customers(
    storage: Storage, store_id: int, search: CustomerSearch, after: int, limit: int
) -> Stretch[Customer]:
    """Those with an id above ``after``, by id; the search's order and page play no part."""
    return await storage.list_customers(store_id, search, after, limit, MOST_READ)
