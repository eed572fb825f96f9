"""Brings a customer back to what it was after one of its changes, which is a change as well and can be undone."""

from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed
from customary.model.body import RestoreBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.operations.history import list_versions, read_customer_then
from customary.rules.customer_update import StoreFacts
from customary.rules.dropped import find_dropped
from customary.rules.problems import Problems
from customary.rules.restore import Restored, leave_out_what_is_gone, put_back, read_restore
from customary.storage.protocol import Storage, Transaction


async def restore_customer(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    body: RestoreBody,
    problems: Problems | None = None,
) -> Restored:
    """The customer as stored, and what of it could not come back. ``problems`` were found in the body before.

    Raises CustomerNotFound, InvalidBody, ChangeNotFound, EmailAlreadyUsed, ReferenceAlreadyUsed.
    """

    async def work(transaction: Transaction) -> Restored:
        newest = await list_versions(transaction, store_id, customer_id, None, 1)
        restore = read_restore(body, problems)
        then = await read_customer_then(transaction, store_id, customer_id, restore.to)
        customer = await transaction.get_customer(store_id, customer_id)
        last = customer or (newest[0].before if newest else None) or replace(then, password_hash="")
        wanted = put_back(last, then, restore.names, transaction.at)
        restored = leave_out_what_is_gone(wanted, last, await _read_facts(transaction, store_id, wanted))
        await _check_email(transaction, wanted)
        if customer is None:
            return replace(restored, customer=await transaction.restore_customer(restored.customer))
        dropped = find_dropped(customer, restored.customer)
        stored = await transaction.replace_customer(customer, restored.customer, "restored")
        return replace(restored, customer=stored, dropped=dropped)

    # alone, as a long history takes a while to go back in
    return await storage.write(store_id, origin, work, heavy=True)


async def _read_facts(transaction: Transaction, store_id: int, customer: Customer) -> StoreFacts:
    group_id = customer.customer_group_id
    extrafields = await transaction.list_extrafields(store_id) if customer.extrafields else ()
    return StoreFacts(
        languages=(),  # one that is switched off stays
        group_exists=not group_id or await transaction.get_group(store_id, group_id) is not None,
        extrafield_types={extrafield.key: extrafield.type for extrafield in extrafields},
    )


async def _check_email(transaction: Transaction, customer: Customer) -> None:
    other = await transaction.find_customer(customer.email)
    if other is not None and other.id != customer.id:
        raise EmailAlreadyUsed(
            f"Customer with email {customer.email} already exists: the e-mail belongs to customer #{other.id} now"
        )
