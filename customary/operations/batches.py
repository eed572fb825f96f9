"""Batches of requests: taken, told of, and what makes each of their writes happen once; not their carrying out."""

from types import NoneType
from typing import Any, cast

from msgspec import json

from customary.errors import InternalError, TicketNotFound
from customary.model.change import Origin
from customary.model.customer import Contact, Customer
from customary.model.order import Order
from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse
from customary.rules.restore import Restored
from customary.storage.protocol import Result, Storage, Transaction, Work

SAME_KEY_SECONDS = 3600
"""For so long the same deduplication key gives the first ticket."""
KEPT_SECONDS = 86_400
"""For so long a finished batch can be asked for."""

_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (NoneType, int, str, Customer, Contact, Order, Restored)}
"""What a write may result in."""


async def create_batch(storage: Storage, ticket: Ticket, requests: tuple[TicketRequest, ...]) -> str:
    """The name of the ticket, or of the one that was made for the same deduplication key."""
    return await storage.tickets.add(ticket, requests, ticket.created - SAME_KEY_SECONDS)


async def read_batch(
    storage: Storage, store_id: int, name: str
) -> tuple[Ticket, tuple[TicketResponse, ...], tuple[str | None, ...]]:
    """The batch, its answers so far, and the ids of all its requests. Raises TicketNotFound."""
    ticket = await storage.tickets.get(store_id, name)
    if ticket is None:
        raise TicketNotFound(f"Ticket {name} not found")
    responses = await storage.tickets.list_responses(store_id, name)
    requests = await storage.tickets.list_requests(store_id, name)
    return ticket, responses, tuple(request.id for request in requests)


class ReceiptStorage:
    """The storage as one request of a batch works with it: each of its writes leaves a receipt in the same transaction.

    When the request is run again, a write that has a receipt is not done again; its result is the one that it had.
    """

    def __init__(self, storage: Storage, ticket: str, position: int, receipts: tuple[Receipt, ...]) -> None:
        self._storage = storage
        self._ticket = ticket
        self._position = position
        self._receipts = receipts
        self._number = 0

    async def write(self, store_id: int, origin: Origin, work: Work[Result], *, heavy: bool = False) -> Result:
        number = self._number
        self._number += 1
        if number < len(self._receipts):
            receipt = self._receipts[number]
            return cast(Result, json.decode(receipt.result, type=_KINDS[receipt.kind]))

        async def with_receipt(transaction: Transaction) -> Result:
            result = await work(transaction)
            await transaction.add_receipt(self._receipt(number, result))
            return result

        return await self._storage.write(store_id, origin, with_receipt, heavy=heavy)

    def _receipt(self, number: int, result: object) -> Receipt:
        kind = type(result).__name__
        if kind not in _KINDS:
            raise InternalError(f"The result of a write must be one of {', '.join(_KINDS)}, not {kind}")
        return Receipt(
            ticket=self._ticket, position=self._position, number=number, kind=kind, result=json.encode(result)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


def with_receipts(storage: Storage, ticket: str, position: int, receipts: tuple[Receipt, ...]) -> Storage:
    return cast(Storage, ReceiptStorage(storage, ticket, position, receipts))
