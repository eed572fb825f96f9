"""The writes of each store, one transaction after the other: works that wait while one is under way make up the next.

A group never mixes stores: on a sharded database it stays on one shard, and stores do not wait for each other.
"""

import asyncio
import logging
from itertools import takewhile
from typing import Any, NamedTuple

from customary.errors import ServiceUnavailable, StoreNotFound
from customary.storage.postgres.asking import Connection, NeedsLockError
from customary.storage.postgres.batch import (
    Batch,
    Draft,
    Job,
    NotTogetherError,
    OutdatedError,
    took_place,
    write_draft,
)
from customary.storage.postgres.connections import Connections, commit, roll_back
from customary.storage.postgres.failures import AGAIN, unavailable
from customary.storage.postgres.feed import Waiters
from customary.storage.postgres.known import KnownStores, State
from customary.storage.postgres.pool import drop

log = logging.getLogger(__name__)

ATTEMPTS = 5
SMALL = 4
"""Works that are not worth being split into two groups, one drafted while the other is written."""
SETTLE_SECONDS = 5.0
"""How long after a lost connection the database is asked whether the commit took place."""
UNKNOWN = "The database was lost during the commit: it is not known whether the change was made"


class Item(NamedTuple):
    """One work in the queue of its store and the future of its result."""

    job: Job
    answer: "asyncio.Future[Any]"
    alone: bool


class Line:
    """What waits for one store."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._news = asyncio.Event()

    def add(self, item: Item) -> None:
        self.items.append(item)
        self._news.set()

    def take(self, most: int) -> list[Item]:
        """Those that wait, up to the first that is to be alone."""
        if self.items[0].alone:
            return [self.items.pop(0)]
        items = list(takewhile(lambda item: not item.alone, self.items[:most]))
        del self.items[: len(items)]
        return items

    async def filled(self, writing: "asyncio.Task[str | None] | None") -> bool:
        """Whether works wait. While a group is being written that is true once no more come at the moment, and not
        false before it is written."""
        if writing:
            writing.add_done_callback(lambda _: self._news.set())
        while writing and not writing.done():
            there = len(self.items)
            if there:
                await asyncio.sleep(0)  # until what has arrived is read
                if len(self.items) == there:
                    break
            else:
                self._news.clear()
                await self._news.wait()
        return bool(self.items)


class UnknownEndError(Exception):
    """The connection was lost during the commit. ``outcomes`` hold if it took place."""

    def __init__(self, outcomes: list[Any], change: tuple[Any, ...] | None) -> None:
        super().__init__()
        self.outcomes = outcomes
        self.change = change


class GroupCommit:
    """Queues and their transactions."""

    def __init__(self, connections: Connections, works_per_commit: int, server: str, known: KnownStores) -> None:
        self._connections = connections
        self._known = known
        self._server = server
        self._works_per_commit = works_per_commit
        self._lines: dict[int, Line] = {}
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
        line = self._lines.get(store_id)
        if line is None:
            line = self._lines[store_id] = Line()
            task = asyncio.create_task(self._serve(store_id, line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        line.add(item)
        return await answer

    async def finish(self) -> None:
        """Takes nothing more and waits for what is queued."""
        self._finished = True
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, store_id: int, line: Line) -> None:
        """Goes on until nothing waits. While a group is being written, a draft of the next one is made."""
        state, mark = self._known.get(store_id)
        writing: asyncio.Task[str | None] | None = None
        in_flight = 0
        while await line.filled(writing):
            busy = in_flight if writing and not writing.done() else 0
            share = self._works_per_commit if state is None else max(SMALL, (len(line.items) + busy + 1) // 2)
            items = line.take(min(share, self._works_per_commit))
            draft = await self._draft(store_id, items, state) if state and not items[0].alone else None
            if writing:
                mark = await writing
            if draft and mark:
                writing = asyncio.create_task(self._write(store_id, items, draft, mark))
                state, in_flight = draft.state, len(items)
            else:
                writing = None
                await self._carry_out(store_id, items)
                state, mark = self._known.get(store_id)
        del self._lines[store_id]

    async def _draft(self, store_id: int, items: list[Item], state: State) -> Draft | None:
        """None when the works need the lock of the store, or when anything is wrong: nothing was written."""
        try:
            async with self._connections.taken() as connection:
                return await Batch(connection, store_id, self._server).draft([item.job for item in items], state)
        except NeedsLockError:
            return None
        except Exception as error:
            log.debug("a group is run again, under the lock of its store", exc_info=error)
            return None

    async def _write(self, store_id: int, items: list[Item], draft: Draft, mark: str) -> str | None:
        """The mark of the store's row once the draft is stored. None when the works were run again instead."""
        try:
            after = await self._write_draft(store_id, draft, mark)
        except OutdatedError:
            self._known.note_other_server(store_id)
        except Exception as error:
            log.debug("a group is run again, under the lock of its store", exc_info=error)
            self._known.forget(store_id)
            if isinstance(error, UnknownEndError) and await self._took_place(store_id, items, error):
                return None
        else:
            self._known.keep(store_id, draft.state.counters, after)
            self._conclude(store_id, items, draft.outcomes)
            return after
        await self._carry_out(store_id, items)
        return None

    async def _write_draft(self, store_id: int, draft: Draft, mark: str) -> str:
        async with self._connections.taken() as connection:
            try:
                return await write_draft(connection, store_id, draft, mark)
            except Exception as error:
                if draft.first_change and unavailable(error):
                    drop(connection)
                    raise UnknownEndError(draft.outcomes, draft.first_change) from error
                raise

    async def _took_place(self, store_id: int, items: list[Item], end: UnknownEndError) -> bool:
        """Whether the works are answered."""
        try:
            if not await self._settle(store_id, end):
                return False
        except Exception as error:
            end.outcomes = [unavailable(error) or error] * len(items)
        self._conclude(store_id, items, end.outcomes)
        return True

    async def _carry_out(self, store_id: int, items: list[Item]) -> None:
        """Under the lock of the store."""
        self._known.forget(store_id)
        try:
            outcomes = await self._store(store_id, [item.job for item in items], alone=items[0].alone)
        except Exception as error:
            outcomes = [unavailable(error) or error] * len(items)
        self._conclude(store_id, items, outcomes)

    def _conclude(self, store_id: int, items: list[Item], outcomes: list[Any]) -> None:
        _answer(items, outcomes)
        self.waiters.wake(store_id)

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
                await batch.open(tells_mark=self._known.useful)
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
            if batch.mark and batch.rewrites_only:
                self._known.keep(store_id, batch.overlay.counters, batch.mark)
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
