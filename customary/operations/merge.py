"""Makes one customer of two, with the orders of both, in one transaction; or tells what that would do."""

from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.merge import Merged
from customary.operations.customers import read_customer
from customary.rules.merge import merge_customers
from customary.rules.preview import ProvisionalIds
from customary.storage.protocol import Reader, Storage, Transaction


async def merge(storage: Storage, store_id: int, origin: Origin, target_id: int, source_id: int) -> Merged:
    """Two changes of one request: the target is updated, the source is deleted. Restoring both undoes it.

    Raises CustomerNotFound, InvalidBody.
    """

    async def work(transaction: Transaction) -> Merged:
        target, source = await _read_both(transaction, store_id, target_id, source_id)
        merged = merge_customers(target, source, transaction, transaction.at)
        await transaction.delete_customer(source)
        after = await transaction.replace_customer(target, merged)
        order_count = await transaction.move_orders(source.id, after)
        return Merged(before=target, after=after, source=source, order_count=order_count)

    return await storage.write(store_id, origin, work, heavy=True)  # there may be many orders


async def preview_merge(storage: Storage, store_id: int, now: int, target_id: int, source_id: int) -> Merged:
    """Raises as merging."""
    target, source = await _read_both(storage, store_id, target_id, source_id)
    after = merge_customers(target, source, ProvisionalIds(), now)
    orders = await storage.list_orders(store_id, None, source_id, 0, 1)
    return Merged(before=target, after=after, source=source, order_count=orders.total)


async def _read_both(reader: Reader, store_id: int, target_id: int, source_id: int) -> tuple[Customer, Customer]:
    target = await read_customer(reader, store_id, target_id)
    return target, await read_customer(reader, store_id, source_id)
