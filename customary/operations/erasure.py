"""Erases a customer: nothing of the person stays, but that there was one. It can't be undone."""

from typing import NamedTuple

from customary.errors import CustomerNotFound
from customary.model.change import Origin
from customary.model.erasure import Erasure
from customary.operations.history import list_versions
from customary.rules.erasure import traces_of_customer, traces_of_order
from customary.storage.protocol import Reader, Storage, Transaction

VERSIONS_AT_ONCE = 100


class Erased(NamedTuple):
    """``traces`` are the texts that must be found nowhere any more; None where it was erased before."""

    erasure: Erasure
    traces: frozenset[str] | None


async def erase_customer(storage: Storage, store_id: int, origin: Origin, customer_id: int) -> Erased:
    """Also one that is deleted. Again does nothing. Raises CustomerNotFound for one that never was."""
    traces: frozenset[str] | None = None

    async def work(transaction: Transaction) -> Erasure:
        """Its result may be kept, and the traces must not."""
        nonlocal traces
        traces = None
        known = await transaction.get_erasure(store_id, customer_id)
        if known is not None:
            return known
        traces = await _find_traces(transaction, store_id, customer_id)
        customer = await transaction.get_customer(store_id, customer_id)
        if customer is not None:
            await transaction.delete_customer(customer)
        await transaction.forget_answers()
        return await transaction.erase_customer(customer_id, traces)

    erasure = await storage.write(store_id, origin, work, heavy=True)
    return Erased(erasure, traces)


async def read_erasure(reader: Reader, store_id: int, customer_id: int) -> Erasure:
    """Raises CustomerNotFound."""
    erasure = await reader.get_erasure(store_id, customer_id)
    if erasure is None:
        raise CustomerNotFound(f"Customer #{customer_id} was not erased")
    return erasure


async def _find_traces(transaction: Transaction, store_id: int, customer_id: int) -> frozenset[str]:
    """In every state that is kept of it, and in its orders."""
    traces: set[str] = set()
    before = None
    while versions := await list_versions(transaction, store_id, customer_id, before, VERSIONS_AT_ONCE):
        for version in versions:
            for state in (version.before, version.after):
                traces.update(traces_of_customer(state) if state else ())
        before = versions[-1].change.seq
        if not versions[-1].change.previous:
            break
    for order in await transaction.list_customer_orders(customer_id):
        traces.update(traces_of_order(order))
    return frozenset(traces)
