"""All that is held of one customer, piece by piece: there may be much of it."""

from collections.abc import AsyncIterator

from customary.errors import CustomerErased
from customary.model.history import CustomerVersion
from customary.model.order import Order
from customary.operations.history import list_versions
from customary.storage.protocol import Storage

VERSIONS_AT_ONCE = 100
MOST_ORDERS = 2**31 - 1


async def begin_export(storage: Storage, store_id: int, customer_id: int) -> int:
    """The position of the customer's newest change. Raises CustomerNotFound for one that never was, CustomerErased."""
    newest = await list_versions(storage, store_id, customer_id, None, 1)
    if newest[0].change.kind == "erased":
        raise CustomerErased(f"Customer #{customer_id} was erased")
    return newest[0].change.seq


async def export_versions(
    storage: Storage, store_id: int, customer_id: int, newest: int
) -> AsyncIterator[tuple[CustomerVersion, ...]]:
    """All of them, from this position back, as many at once as the memory should hold."""
    before = newest + 1
    while versions := await storage.list_customer_versions(store_id, customer_id, before, VERSIONS_AT_ONCE):
        yield versions
        before = versions[-1].change.seq


async def export_orders(storage: Storage, store_id: int, customer_id: int) -> tuple[Order, ...]:
    """The newest first."""
    return (await storage.list_orders(store_id, None, customer_id, 0, MOST_ORDERS)).items
