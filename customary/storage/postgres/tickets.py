"""Batches of requests in PostgreSQL: asked, answered, remembered for a day."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from customary.model.change import Origin
from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse
from customary.storage.postgres.asking import read
from customary.storage.postgres.batch import Job
from customary.storage.postgres.connections import Connections
from customary.storage.postgres.group_commit import GroupCommit
from customary.storage.postgres.sql import SQL
from customary.storage.postgres.transaction import PostgresTransaction

NOBODY = Origin(at=0, token_id=0, request_id="")
"""A ticket is no change of the store's."""

Step = Callable[[PostgresTransaction], Coroutine[Any, Any, Any]]


class PostgresTickets:
    """Implements ``customary.storage.protocol.TicketStorage``."""

    def __init__(self, commits: GroupCommit, connections: Connections, server: str) -> None:
        self._commits = commits
        self._connections = connections
        self._server = server

    async def add(self, ticket: Ticket, requests: tuple[TicketRequest, ...], same_since: int) -> str:
        async def step(transaction: PostgresTransaction) -> str:
            await transaction.turn()
            if ticket.deduplication_key is not None:
                values = (ticket.token_id, ticket.deduplication_key, same_since)
                if known := await read("find_ticket_by_key", ticket.store_id, *values):
                    return str(known[0][0])
            write = transaction.overlay.write
            await write("add_ticket", *_ticket_columns(ticket))
            columns = [
                (position, request.id, request.method, request.path, request.query, request.body)
                for position, request in enumerate(requests)
            ]
            await write("add_ticket_requests", ticket.ticket, *map(list, zip(*columns, strict=True)))
            return ticket.ticket

        name: str = await self._submit(ticket.store_id, step)
        return name

    async def get(self, store_id: int, ticket: str) -> Ticket | None:
        found = await self._connections.row("get_ticket", store_id, ticket)
        return _ticket(tuple(found)) if found else None

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
        found = await self._rows("list_ticket_statuses", store_id, ticket)
        return {row[0]: row[1] for row in found}

    async def list_unfinished(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (store_id, ticket) for store_id, ticket in await self._rows("list_unfinished_tickets", self._server)
        )

    async def take(self, store_id: int, ticket: str, seconds: float) -> bool:
        return await self._set_holder("take_ticket", store_id, ticket, seconds)

    async def hold(self, store_id: int, ticket: str, seconds: float) -> bool:
        return await self._set_holder("hold_ticket", store_id, ticket, seconds)

    async def _set_holder(self, statement: str, store_id: int, ticket: str, seconds: float) -> bool:
        """Under the lock of the store: what the holder before was writing is written then, or never will be."""

        async def step(transaction: PostgresTransaction) -> bool:
            await transaction.turn()
            return await transaction.overlay.write(statement, ticket, self._server, seconds) == 1

        taken: bool = await self._submit(store_id, step)
        return taken

    async def give_back(self, store_id: int, ticket: str) -> None:
        async def step(transaction: PostgresTransaction) -> None:
            await transaction.turn()
            await transaction.overlay.write("give_ticket_back", ticket, self._server)

        await self._submit(store_id, step)

    async def list_begun(self, store_id: int, ticket: str) -> tuple[int, ...]:
        return tuple(position for (position,) in await self._rows("list_begun_requests", store_id, ticket))

    async def list_receipts(self, store_id: int, ticket: str, position: int) -> tuple[Receipt, ...]:
        found = await self._rows("list_receipts", store_id, ticket, position)
        return tuple(
            Receipt(ticket=row[0], position=row[1], number=row[2], kind=row[3], result=row[4]) for row in found
        )

    async def add_response(self, store_id: int, ticket: str, position: int, status: int, body: bytes) -> None:
        async def step(transaction: PostgresTransaction) -> None:
            await transaction.turn()
            if await transaction.has_ticket(ticket):
                await transaction.overlay.write("add_ticket_response", ticket, position, status, body)
                await transaction.overlay.write("delete_receipts", ticket, position)

        await self._submit(store_id, step)

    async def finish(self, store_id: int, ticket: str, at: int) -> None:
        async def step(transaction: PostgresTransaction) -> None:
            await transaction.turn()
            if await transaction.has_ticket(ticket):
                await transaction.overlay.write("finish_ticket", ticket, at)
                await transaction.overlay.write("forget_ticket_requests", ticket)

        await self._submit(store_id, step)

    async def remove_old(self, finished_before: int) -> int:
        """One at a time. Two servers may do it at once: the second one finds less to delete."""
        count = 0
        while key := await self._connections.row("find_old_ticket", finished_before):
            async with self._connections.transaction() as connection:
                tag = await connection.execute(SQL["delete_ticket"], *key)
                for statement in ("delete_ticket_requests", "delete_ticket_responses"):
                    await connection.execute(SQL[statement], *key)
            count += tag.endswith(" 1")
        return count

    async def _submit(self, store_id: int, step: Step) -> Any:
        return await self._commits.submit(store_id, Job(NOBODY, step))

    async def _rows(self, statement: str, *values: Any) -> Sequence[Any]:
        return await self._connections.rows(statement, *values)


def _ticket_columns(ticket: Ticket) -> tuple[Any, ...]:
    return (
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
        stop_on_first_failure=stop,
        parallel=parallel,
        total=total,
        created=created,
        finished=finished,
    )
