"""Batches of requests in SQLite: asked, answered, remembered for a day."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import apsw

from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse
from customary.storage.sqlite.batch import Batch
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.sql import SQL

Answer = TypeVar("Answer")
Rows = list[tuple[Any, ...]]


class SqliteTickets:
    """Implements ``customary.storage.protocol.TicketStorage``. ``read`` runs a read in a reader thread.

    ``server`` is who takes tickets here.
    """

    def __init__(
        self, commits: GroupCommit, read: Callable[[Callable[[apsw.Connection], Any]], Awaitable[Any]], server: str
    ) -> None:
        self._commits = commits
        self._read = read
        self._server = server

    async def add(self, ticket: Ticket, requests: tuple[TicketRequest, ...], same_since: int) -> str:
        def step(batch: Batch) -> str:
            if ticket.deduplication_key is not None:
                values = (ticket.store_id, ticket.token_id, ticket.deduplication_key, same_since)
                if known := batch.execute(SQL["find_ticket_by_key"], values):
                    return str(known[0])
            batch.execute(SQL["add_ticket"], _ticket_columns(ticket))
            for position, request in enumerate(requests):
                columns = (request.id, request.method, request.path, request.query, request.body)
                key = (ticket.store_id, ticket.ticket, position)
                batch.execute(SQL["add_ticket_request"], (*key, *columns))
            return ticket.ticket

        name: str = await self._commits.submit(step)
        return name

    async def get(self, store_id: int, ticket: str) -> Ticket | None:
        found = await self._rows("get_ticket", store_id, ticket)
        return _ticket(found[0]) if found else None

    async def list_requests(self, store_id: int, ticket: str) -> tuple[TicketRequest, ...]:
        found = await self._rows("list_ticket_requests", store_id, ticket)
        return tuple(
            TicketRequest(id=id_, method=method, path=path, query=query, body=body)
            for id_, method, path, query, body in found
        )

    async def list_responses(self, store_id: int, ticket: str) -> tuple[TicketResponse, ...]:
        found = await self._rows("list_ticket_responses", store_id, ticket)
        return tuple(
            TicketResponse(position=position, id=id_, status=status, body=body) for position, id_, status, body in found
        )

    async def list_statuses(self, store_id: int, ticket: str) -> dict[int, int]:
        return dict(await self._rows("list_ticket_statuses", store_id, ticket))

    async def list_unfinished(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (store_id, ticket) for store_id, ticket in await self._rows("list_unfinished_tickets", self._server)
        )

    async def take(self, store_id: int, ticket: str, seconds: float) -> bool:
        return await self._write("take_ticket", store_id, ticket, self._server, seconds) is not None

    async def hold(self, store_id: int, ticket: str, seconds: float) -> bool:
        return await self._write("hold_ticket", store_id, ticket, self._server, seconds) is not None

    async def give_back(self, store_id: int, ticket: str) -> None:
        await self._write("give_ticket_back", store_id, ticket, self._server)

    async def _write(self, statement: str, *values: Any) -> Any:
        return await self._commits.submit(lambda batch: batch.execute(SQL[statement], values))

    async def list_begun(self, store_id: int, ticket: str) -> tuple[int, ...]:
        return tuple(position for (position,) in await self._rows("list_begun_requests", store_id, ticket))

    async def list_receipts(self, store_id: int, ticket: str, position: int) -> tuple[Receipt, ...]:
        found = await self._rows("list_receipts", store_id, ticket, position)
        return tuple(
            Receipt(ticket=row[0], position=row[1], number=row[2], kind=row[3], result=row[4]) for row in found
        )

    async def add_response(self, store_id: int, ticket: str, position: int, status: int, body: bytes) -> None:
        def step(batch: Batch) -> None:
            if self._has(batch, store_id, ticket):
                batch.execute(SQL["add_ticket_response"], (store_id, ticket, position, status, body))
                batch.execute(SQL["delete_receipts"], (store_id, ticket, position))

        await self._commits.submit(step)

    async def finish(self, store_id: int, ticket: str, at: int) -> None:
        def step(batch: Batch) -> None:
            if self._has(batch, store_id, ticket):
                batch.execute(SQL["finish_ticket"], (at, store_id, ticket))
                batch.execute(SQL["forget_ticket_requests"], (store_id, ticket))

        await self._commits.submit(step)

    def _has(self, batch: Batch, store_id: int, ticket: str) -> bool:
        """Another server may have taken it over."""
        return batch.execute(SQL["has_ticket"], (store_id, ticket, self._server)) is not None

    async def remove_old(self, finished_before: int) -> int:
        """One at a time, so that others get their turn."""
        count = 0
        while await self._commits.submit(lambda batch: _remove_one(batch, finished_before), alone=True):
            count += 1
        return count

    async def _rows(self, statement: str, *values: Any) -> Rows:
        found: Rows = await self._read(lambda connection: connection.execute(SQL[statement], values).fetchall())
        return found


def _remove_one(batch: Batch, finished_before: int) -> bool:
    key = batch.execute(SQL["find_old_ticket"], (finished_before,))
    if key is None:
        return False
    for statement in ("delete_ticket", "delete_ticket_requests", "delete_ticket_responses"):
        batch.execute(SQL[statement], key)
    return True


def _ticket_columns(ticket: Ticket) -> tuple[Any, ...]:
    return (
        ticket.store_id,
        ticket.ticket,
        ticket.token_id,
        ticket.token_digest,
        ticket.deduplication_key,
        ticket.stop_on_first_failure,
        ticket.parallel,
        ticket.total,
        ticket.created,
    )


def _ticket(row: tuple[Any, ...]) -> Ticket:
    store_id, ticket, token_id, digest, key, stop, parallel, total, created, finished = row
    return Ticket(
        store_id=store_id,
        ticket=ticket,
        token_id=token_id,
        token_digest=digest,
        deduplication_key=key,
        stop_on_first_failure=bool(stop),
        parallel=bool(parallel),
        total=total,
        created=created,
        finished=finished,
    )
