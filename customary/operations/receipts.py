"""What makes each write of a request happen once: its result is kept in its transaction, and taken the next time."""

from collections.abc import Awaitable, Callable, Mapping
from types import NoneType
from typing import Any, cast

from msgspec import json

from customary.errors import InternalError
from customary.model.change import Origin
from customary.model.customer import Contact, Customer
from customary.model.erasure import Erasure
from customary.model.merge import Merged
from customary.model.order import Order
from customary.model.update import Updated
from customary.model.upsert import Upserted
from customary.rules.restore import Restored
from customary.storage.protocol import Result, Storage, Transaction, Work

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (NoneType, int, str, Customer, Contact, Order, Updated, Restored, Merged, Upserted, Erasure)
}
"""What a write may result in."""

Outcome = tuple[str, bytes]
"""The kind of a write's result, and the result as JSON."""
Leave = Callable[[Transaction, int, Outcome], Awaitable[None]]
"""Leaves the receipt of the write with this number (from 0) in its transaction."""


class ReceiptStorage:
    """The storage as one request works with it: each of its writes leaves a receipt in the same transaction.

    When the request is run again, a write that has a receipt is not done again; its result is the one that it had.
    ``receipts`` are by the number of the write, which counts from 0 in the order in which the request asks for them.
    """

    def __init__(self, storage: Storage, receipts: Mapping[int, Outcome], leave: Leave) -> None:
        self._storage = storage
        self._receipts = receipts
        self._leave = leave
        self._writes = 0

    async def write(self, store_id: int, origin: Origin, work: Work[Result], *, heavy: bool = False) -> Result:
        number = self._writes
        self._writes += 1
        if number in self._receipts:
            kind, result = self._receipts[number]
            return cast(Result, json.decode(result, type=_KINDS[kind]))

        async def with_receipt(transaction: Transaction) -> Result:
            result = await work(transaction)
            await self._leave(transaction, number, _outcome(result))
            return result

        return await self._storage.write(store_id, origin, with_receipt, heavy=heavy)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


def _outcome(result: object) -> Outcome:
    kind = type(result).__name__
    if kind not in _KINDS:
        raise InternalError(f"The result of a write must be one of {', '.join(_KINDS)}, not {kind}")
    encoded = json.encode(result)
    if b'"passwordHash":' in encoded:  # which no answer needs
        encoded = json.encode(_without_hashes(json.decode(encoded)))
    return kind, encoded


def _without_hashes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_hashes(below) for key, below in value.items() if key != "passwordHash"}
    return [_without_hashes(below) for below in value] if isinstance(value, list) else value
