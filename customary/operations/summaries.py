"""Reads of a store's customers as a whole."""

from customary.errors import StoreNotFound
from customary.model.search import CustomerSearch
from customary.model.store import Group
from customary.model.summary import CustomerSummary, LatestUpdates
from customary.storage.protocol import Storage

MOST_ADDRESSES = 1000
"""Different addresses that a summary lists; more would be no help to whoever picks one."""


async def find_customer_ids(storage: Storage, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
    """Of all that match, in the search's order."""
    return await storage.find_customer_ids(store_id, search)


async def summarize_customers(storage: Storage, store_id: int) -> tuple[CustomerSummary, tuple[Group, ...]]:
    """With the store's own groups."""
    return await storage.summarize_customers(store_id, MOST_ADDRESSES), await storage.list_groups(store_id)


async def list_customer_countries(storage: Storage, store_id: int) -> tuple[str, ...]:
    return await storage.list_customer_countries(store_id)


async def read_latest_updates(storage: Storage, store_id: int) -> LatestUpdates:
    """Raises StoreNotFound."""
    latest = await storage.get_latest_updates(store_id)
    if latest is None:
        raise StoreNotFound()
    return latest
