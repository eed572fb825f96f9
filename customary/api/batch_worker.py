"""Carries out batches inside the server, a few at a time, each request as if its caller had sent it.

What is under way when the server dies is taken up at the next start, or by another server on the same database. A
request whose answer was not kept is run again, but none of its writes is done twice: each leaves a receipt in its own
transaction.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from customary.api.call import Services
from customary.errors import ServiceUnavailable, StorageFailed
from customary.model.ticket import Ticket, TicketRequest
from customary.network.message import Answer
from customary.operations import keyed_requests
from customary.operations.batches import KEPT_SECONDS, with_receipts
from customary.storage.protocol import Storage

log = logging.getLogger(__name__)

TICKETS_AT_ONCE = 4
PARALLEL_REQUESTS = 16
"""Requests of one batch that run at the same time, where its caller allows it."""
ATTEMPTS = 5
"""How often a request is sent whose answer is a 5xx, where the batch goes on after failures."""
PAUSE_SECONDS = 3.0
CLEANING_SECONDS = 3600.0
HELD_SECONDS = 15.0
"""How long a batch of a server that died is left alone. A living one holds on to it in time."""
LOOKING_SECONDS = 5.0
"""How often batches are looked for that another server has left."""

Dispatch = Callable[[TicketRequest, bytes, Storage], Awaitable[Answer]]
"""Carries out one request with the token that has the digest, on this storage."""


@dataclass(slots=True)
class _Run:
    """One batch under way."""

    ticket: Ticket
    pending: "deque[tuple[int, TicketRequest]]" = field(default_factory=deque)
    failed: bool = False
    lost: bool = False
    """Another server has taken it over."""

    @property
    def key(self) -> tuple[int, str]:
        return self.ticket.store_id, self.ticket.ticket

    @property
    def over(self) -> bool:
        return self.lost or not self.pending or (self.failed and self.ticket.stop_on_first_failure)


class BatchWorker:
    """Runs from ``start`` to ``stop``; takes new tickets from ``services.new_tickets``."""

    def __init__(self, services: Services, dispatch: Dispatch, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._tickets = services.storage.tickets
        self._storage = services.storage
        self._queue = services.new_tickets
        self._clock = services.clock
        self._dispatch = dispatch
        self._pause_seconds = pause_seconds
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._known: set[tuple[int, str]] = set()
        self._running: set[tuple[int, str]] = set()

    async def start(self) -> None:
        """Takes up what an earlier process left."""
        await self._look()
        self._tasks = [asyncio.create_task(self._work()) for _ in range(TICKETS_AT_ONCE)]
        self._tasks.append(asyncio.create_task(self._clean()))
        self._tasks.append(asyncio.create_task(self._keep_looking()))

    def begin_to_stop(self) -> None:
        """Requests under way go on; the rest is left for the next start."""
        self._stopping.set()

    async def stop(self, seconds: float) -> None:
        """Requests under way may end within this time."""
        self.begin_to_stop()
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self) -> None:
        while not self._stopping.is_set():
            found = await self._unless_stopped(self._queue.get())
            if found is None or found in self._running:  # looked for while it waited: it was queued twice
                continue
            self._known.add(found)
            self._running.add(found)
            if await self._carry_out(*found):
                self._known.discard(found)
            self._running.discard(found)

    async def _look(self) -> None:
        """Queues what nobody carries out."""
        for unfinished in await self._tickets.list_unfinished():
            if unfinished not in self._known:
                self._known.add(unfinished)
                self._queue.put_nowait(unfinished)

    async def _keep_looking(self) -> None:
        while not await self._stopped_within(LOOKING_SECONDS):
            with suppress(ServiceUnavailable):
                await self._look()

    async def _unless_stopped(self, waiting: Awaitable[tuple[int, str]]) -> tuple[int, str] | None:
        """None when the server stops first."""
        answer = asyncio.ensure_future(waiting)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait([answer, stop], return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else None
        finally:
            answer.cancel()
            stop.cancel()

    async def _carry_out(self, store_id: int, name: str) -> bool:
        """A defect costs this batch its end until the next start, and no other batch anything. False after one."""
        try:
            ticket = await self._tickets.get(store_id, name)
            if ticket is not None and ticket.finished is None:
                await self._run_if_free(ticket)
        except ServiceUnavailable:
            log.error("a batch is left for later", extra={"storeId": store_id, "ticket": name})
        except Exception:
            log.exception("a batch was broken off", extra={"storeId": store_id, "ticket": name})
            return False
        return True

    async def _run_if_free(self, ticket: Ticket) -> None:
        """Another server may have it."""
        run = _Run(ticket)
        if not await self._tickets.take(*run.key, HELD_SECONDS):
            return
        holding = asyncio.create_task(self._hold(run))
        try:
            await self._run(run)
        finally:
            holding.cancel()
            if not run.lost:
                await self._tickets.give_back(*run.key)

    async def _hold(self, run: _Run) -> None:
        """Until it is over; one that another server has meanwhile is none of this one's any more."""
        while not run.lost:
            await asyncio.sleep(HELD_SECONDS / 3)
            with suppress(ServiceUnavailable):
                run.lost = not await self._tickets.hold(*run.key, HELD_SECONDS)

    async def _run(self, run: _Run) -> None:
        ticket = run.ticket
        requests = await self._tickets.list_requests(ticket.store_id, ticket.ticket)
        answered = await self._tickets.list_statuses(ticket.store_id, ticket.ticket)
        run.failed = any(status != 200 for status in answered.values())
        begun = await self._tickets.list_begun(*run.key)
        for position in begun:  # whatever failed since: they have written, so they were executed
            await self._answer(run, position, requests[position])
        run.pending.extend(item for item in enumerate(requests) if item[0] not in {*answered, *begun})
        width = PARALLEL_REQUESTS if ticket.parallel else 1
        await asyncio.gather(*(self._run_requests(run) for _ in range(width)))
        if run.over and not run.lost:
            await self._persist(self._tickets.finish, *run.key, int(self._clock()))

    async def _run_requests(self, run: _Run) -> None:
        while not run.over and not self._stopping.is_set():
            await self._answer(run, *run.pending.popleft())

    async def _answer(self, run: _Run, position: int, request: TicketRequest) -> None:
        answer = await self._send(run.ticket, position, request)
        run.failed |= answer.status != 200
        await self._persist(self._tickets.add_response, *run.key, position, answer.status, answer.body)

    async def _send(self, ticket: Ticket, position: int, request: TicketRequest) -> Answer:
        """What the last attempt was answered."""
        attempts = 1 if ticket.stop_on_first_failure else ATTEMPTS
        while True:
            receipts = await self._tickets.list_receipts(ticket.store_id, ticket.ticket, position)
            storage = with_receipts(self._storage, ticket.ticket, position, receipts)
            answer = await self._dispatch(request, ticket.token_digest, storage)
            attempts -= 1
            if answer.status < 500 or not attempts or await self._stopped_within(self._pause_seconds):
                return answer

    async def _persist(self, write: Callable[..., Awaitable[None]], *values: Any) -> None:
        """Waits for room on the disk, or for the stop. Raises StorageFailed."""
        while True:
            try:
                await write(*values)
            except StorageFailed:
                raise
            except ServiceUnavailable:
                if await self._stopped_within(self._pause_seconds):
                    raise
            else:
                return

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _clean(self) -> None:
        """Now and then deletes what is too old to be asked for."""
        while True:
            try:
                await self._tickets.remove_old(int(self._clock()) - KEPT_SECONDS)
                await self._storage.keyed_requests.remove_old(int(self._clock()) - keyed_requests.KEPT_SECONDS)
            except ServiceUnavailable:
                log.warning("old batches and keys could not be deleted")
            if await self._stopped_within(CLEANING_SECONDS):
                return
