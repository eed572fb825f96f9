"""Changes or deletes many customers in one transaction: all of them, or none."""

from collections.abc import Sequence

from msgspec.structs import replace

from customary.errors import InvalidBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.mass_update import MassUpdate
from customary.storage.protocol import Storage, Transaction

PAGE = 500
"""Customers that are held in memory at a time."""
FEW = 100
"""Up to so many are no heavy work."""


async def update_customers(storage: Storage, store_id: int, origin: Origin, update: MassUpdate) -> int:
    """How many customers there were to change. Each is a change of its own. Raises InvalidBody for an unknown group."""

    async def work(transaction: Transaction) -> int:
        await _check_group(transaction, store_id, update)
        if update.ids is not None:
            return await _change_selected(transaction, store_id, update.ids, update)
        return await _change_found(transaction, update)

    heavy = update.ids is None or len(update.ids) > FEW
    return await storage.write(store_id, origin, work, heavy=heavy)


async def _check_group(transaction: Transaction, store_id: int, update: MassUpdate) -> None:
    group_id = (update.changes or {}).get("customer_group_id")
    if group_id and await transaction.get_group(store_id, group_id) is None:
        raise InvalidBody({"MassUpdate.customer.customerGroupId": "is not the id of a customer group of this store"})


async def _change_selected(transaction: Transaction, store_id: int, ids: Sequence[int], update: MassUpdate) -> int:
    count = 0
    for customer_id in ids:
        customer = await transaction.get_customer(store_id, customer_id)
        if customer is not None:
            await _change(transaction, customer, update)
            count += 1
    return count


async def _change_found(transaction: Transaction, update: MassUpdate) -> int:
    """By id: a customer that was changed is behind, whether or not it still matches."""
    count, last_id = 0, 0
    while page := await transaction.find_customers(update.search, last_id, PAGE):
        for customer in page:
            await _change(transaction, customer, update)
        count += len(page)
        last_id = page[-1].id
    return count


async def _change(transaction: Transaction, customer: Customer, update: MassUpdate) -> None:
    if update.changes is None:
        await transaction.delete_customer(customer)
    else:
        await transaction.replace_customer(customer, replace(customer, updated=transaction.at, **update.changes))
