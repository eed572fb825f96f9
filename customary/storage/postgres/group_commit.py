"""The writes of each store, one transaction after the other: works that wait while one is under way make up the next.

A group never mixes stores: on a sharded database it stays on one shard, and stores do not wait for each other.
"""

import asyncio
import logging
from itertools import takewhile
from typing import Any, NamedTuple

from customary.errors import ServiceUnavailable, StoreNotFound
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.batch import Batch, Job, NotTogetherError, took_place
from customary.storage.postgres.connections import Connections, commit, roll_back
from customary.storage.postgres.failures import AGAIN, unavailable
from customary.storage.postgres.feed import Waiters
from customary.storage.postgres.pool import drop

log = logging.getLogger(__name__)

ATTEMPTS = 5
SETTLE_SECONDS = 5.0
"""How long after a lost connection the database is asked whether the commit took place."""
UNKNOWN = "The database was lost during the commit: it is not known whether the change was made"


class Item(NamedTuple):
    """One work in the queue of its store and the future of its result."""

    job: Job
    answer: "asyncio.Future[Any]"
    alone: bool


class UnknownEndError(Exception):
    """The connection was lost during the commit. ``outcomes`` hold if it took place."""

    def __init__(self, outcomes: list[Any], change: tuple[Any, ...] | None) -> None:
        super().__init__()
        self.outcomes = outcomes
        self.change = change


class GroupCommit:
    """Queues and their transactions."""

    def __init__(self, connections: Connections, works_per_commit: int, server: str) -> None:
        self._connections = connections
        self._server = server
        self._works_per_commit = works_per_commit
        self._queues: dict[int, list[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished = False
        self.waiters = Waiters()

    async def submit(self, store_id: int, job: Job, *, alone: bool = False) -> Any:
        """The work's result, once it is durable. ``alone``: in a transaction for itself.

        Raises what the work raises, StoreNotFound, StorageFull, ServiceUnavailable.
        """
        if self._finished:
            raise ServiceUnavailable("The storage is closed")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        item = Item(job, answer, alone)
        queue = self._queues.get(store_id)
        if queue is not None:
            queue.append(item)
        else:
            self._queues[store_id] = [item]
            task = asyncio.create_task(self._serve(store_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def finish(self) -> None:
        """Takes nothing more and waits for what is queued."""
        self._finished = True
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, store_id: int) -> None:
        """Goes on until the queue of the store is empty."""
        queue = self._queues[store_id]
        while queue:
            items = self._take(queue)
            try:
                outcomes = await self._store(store_id, [item.job for item in items], alone=items[0].alone)
            except Exception as error:
                outcomes = [unavailable(error) or error] * len(items)
            _answer(items, outcomes)
            self.waiters.wake(store_id)
        del self._queues[store_id]

    def _take(self, queue: list[Item]) -> list[Item]:
        """Those that wait, up to the first that is to be alone."""
        if queue[0].alone:
            return [queue.pop(0)]
        items = list(takewhile(lambda item: not item.alone, queue[: self._works_per_commit]))
        del queue[: len(items)]
        return items

    async def _store(self, store_id: int, jobs: list[Job], *, alone: bool) -> list[Any]:
        """Runs them again when they have to be, each time from the start. Raises what refuses them all."""
        careful = lost = False
        for _ in range(ATTEMPTS):
            try:
                return await self._attempt(store_id, jobs, careful=careful, alone=alone)
            except NotTogetherError:
                careful = True
            except AGAIN:
                continue
            except UnknownEndError as error:
                if await self._settle(store_id, error):
                    return error.outcomes
            except StoreNotFound:
                raise
            except Exception as error:
                if unavailable(error) is None or lost or isinstance(error.__cause__, TimeoutError):
                    raise
                lost = True  # one connection, perhaps; when another one fails too it is the database
        raise ServiceUnavailable("The store is written to too often at the moment")

    async def _attempt(self, store_id: int, jobs: list[Job], *, careful: bool, alone: bool) -> list[Any]:
        async with self._connections.taken() as connection:
            batch = Batch(connection, store_id, self._server)
            try:
                await batch.open()
                if alone or len(jobs) == 1:
                    outcomes = [await batch.run_alone(jobs[0])]
                else:
                    outcomes = await (batch.run_carefully(jobs) if careful else batch.run(jobs))
            except BaseException as error:
                await roll_back(connection)
                if len(jobs) == 1 and _is_its_own(error):
                    return [error]
                raise
            await self._commit(connection, batch, outcomes)
            return outcomes

    async def _commit(self, connection: Connection, batch: Batch, outcomes: list[Any]) -> None:
        """Raises UnknownEndError when nobody can tell at once whether it took place."""
        try:
            await commit(connection)
        except AGAIN:
            raise
        except Exception as error:
            if batch.overlay.changed and unavailable(error):
                drop(connection)
                raise UnknownEndError(outcomes, batch.overlay.first_change) from error
            raise

    async def _settle(self, store_id: int, end: UnknownEndError) -> bool:
        """Whether a commit took place whose end was not heard of. Raises ServiceUnavailable when it can't be told."""
        until = asyncio.get_running_loop().time() + SETTLE_SECONDS
        while end.change is not None:
            try:
                async with self._connections.taken() as connection:
                    return await took_place(connection, store_id, end.change)
            except ServiceUnavailable:
                if asyncio.get_running_loop().time() > until:
                    break
                await asyncio.sleep(0.1)
        raise ServiceUnavailable(UNKNOWN)


def _is_its_own(error: BaseException) -> bool:
    """Whether the error is the outcome of the only work, and nothing that a second run would mend."""
    lost = not isinstance(error, ServiceUnavailable) and isinstance(error, Exception) and unavailable(error)
    return isinstance(error, Exception) and not isinstance(error, AGAIN) and not lost


def _answer(items: list[Item], outcomes: list[Any]) -> None:
    for item, outcome in zip(items, outcomes, strict=True):
        if item.answer.cancelled():
            continue
        if isinstance(outcome, BaseException):
            item.answer.set_exception(outcome)
        else:
            item.answer.set_result(outcome)
