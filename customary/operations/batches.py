"""Batches of requests: taken and told of; not their carrying out."""

from typing import cast

from customary.errors import TicketNotFound
from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse
from customary.operations.receipts import Outcome, ReceiptStorage
from customary.storage.protocol import Storage, Transaction

SAME_KEY_SECONDS = 3600
"""For so long the same deduplication key gives the first ticket."""
KEPT_SECONDS = 86_400
"""For so long a finished batch can be asked for."""


async def create_batch(
    storage: Storage, ticket: Ticket, requests: tuple[TicketRequest, ...], same_seconds: int = SAME_KEY_SECONDS
) -> str:
    """The name of the ticket, or of the one that was made for the same deduplication key within this time."""
    return await storage.tickets.add(ticket, requests, ticket.created - same_seconds)


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


def with_receipts(storage: Storage, ticket: str, position: int, receipts: tuple[Receipt, ...]) -> Storage:
    """The storage as one request of a batch works with it."""

    async def leave(transaction: Transaction, number: int, outcome: Outcome) -> None:
        kind, result = outcome
        await transaction.add_receipt(
            Receipt(ticket=ticket, position=position, number=number, kind=kind, result=result)
        )

    known = {receipt.number: (receipt.kind, receipt.result) for receipt in receipts}
    return cast(Storage, ReceiptStorage(storage, known, leave))
