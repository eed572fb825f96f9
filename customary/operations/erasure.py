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
    """``customer_ids`` are those erased now, with their ``traces``: texts that must be found nowhere any more."""

    erasure: Erasure
    customer_ids: tuple[int, ...]
    traces: frozenset[str]


async def erase_customer(storage: Storage, store_id: int, origin: Origin, customer_id: int) -> Erased:
    """Also one that is deleted, and with it those that were merged into it. Again does nothing.

    Raises CustomerNotFound for one that never was.
    """
    erased: list[int] = []
    traces: set[str] = set()

    async def work(transaction: Transaction) -> Erasure:
        """Its result may be kept, and the traces must not."""
        erased.clear()
        traces.clear()
        known = await transaction.get_erasure(store_id, customer_id)
        if known is not None:
            return known
        await transaction.forget_answers()
        erased.extend(await _find_same(transaction, store_id, customer_id))
        for each in erased:
            traces.update(await _find_traces(transaction, store_id, each))
        for each in erased[1:]:
            await transaction.erase_customer(each, traces)
        customer = await transaction.get_customer(store_id, customer_id)
        if customer is not None:
            await transaction.delete_customer(customer)
        return await transaction.erase_customer(customer_id, traces)

    erasure = await storage.write(store_id, origin, work, heavy=True)
    return Erased(erasure, tuple(erased), frozenset(traces))


async def _find_same(transaction: Transaction, store_id: int, customer_id: int) -> list[int]:
    """The customer, those that were merged into it, and so on; without those that are there again or are erased."""
    found = [customer_id]
    for each in found:
        for source in await transaction.find_merged(each):
            is_there = await transaction.get_customer(store_id, source) is not None
            if source not in found and not is_there and await transaction.get_erasure(store_id, source) is None:
                found.append(source)
    return found


async def read_erasure(reader: Reader, store_id: int, customer_id: int) -> Erasure:
    """Raises CustomerNotFound."""
    erasure = await reader.get_erasure(store_id, customer_id)
    if erasure is None:
        raise CustomerNotFound(f"Customer #{customer_id} was not erased")
    return erasure


async def _find_traces(transaction: Transaction, store_id: int, customer_id: int) -> set[str]:
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
    return traces
