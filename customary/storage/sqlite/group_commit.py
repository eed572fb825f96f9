"""The one writer: steps that wait while a commit is in flight make up the next transaction and are answered after it.

Statements run on the event loop's thread (handing each to a thread costs more than it takes); BEGIN when another
process holds the lock, COMMIT with its fsync, and checkpoints run in a thread of their own, so the loop never waits
for the disk.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import apsw

from customary.errors import CustomaryError, StorageFailed, StorageFull
from customary.storage.sqlite.batch import Batch, Step

log = logging.getLogger(__name__)

CHECKPOINT_PAGES = 2500
"""Pages in the write-ahead log before a checkpoint: about 10 MiB."""


class Item(NamedTuple):
    """One step in the queue and the future of its result."""

    step: Step
    answer: "asyncio.Future[Any]"


class GroupCommit:
    """Owns the writing connection until ``close``."""

    def __init__(self, connection: apsw.Connection, works_per_commit: int) -> None:
        self._connection = connection
        self._works_per_commit = works_per_commit
        self._waiting: list[Item] = []
        self._busy = False
        self._failure: BaseException | None = None
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._wal_pages = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="customary-commit")
        connection.set_wal_hook(self._count_wal_pages)

    @property
    def failed(self) -> bool:
        return self._failure is not None

    async def submit(self, step: Step) -> Any:
        """The step's result, once it is durable. Raises what the step raises, StorageFull or StorageFailed."""
        if self._failure is not None or self._closed:
            raise StorageFailed()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(Item(step, answer))
        if not self._busy:
            self._busy = True
            self._idle.clear()
            loop.call_soon(self._start_batch)
        return await answer

    async def close(self) -> None:
        """Waits for what is queued, folds the write-ahead log into the database and closes the connection."""
        await self._idle.wait()
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close_connection)
            self._thread.shutdown()

    def _start_batch(self) -> None:
        try:
            self._connection.set_busy_timeout(0)
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:  # another process commits: wait for it away from the loop
            self._in_thread(self._begin_patiently, self._begun)
        except apsw.Error as error:
            self._give_up([], error)
        else:
            self._run_batch()

    def _begun(self, begin: "asyncio.Future[None]") -> None:
        error = begin.exception()
        if error is None:
            self._run_batch()
        elif isinstance(error, apsw.BusyError):
            self._start_batch()
        else:
            self._give_up([], error)

    def _run_batch(self) -> None:
        items, self._waiting = self._waiting[: self._works_per_commit], self._waiting[self._works_per_commit :]
        batch = Batch(self._connection)
        try:
            outcomes = [batch.run(item.step) for item in items]
            batch.save_counters()
        except apsw.Error as error:
            self._give_up(items, error)
            return

        def committed(commit: "asyncio.Future[None]") -> None:
            error = commit.exception()
            if error is None:
                self._next_batch()
                _answer(items, outcomes)
            else:
                self._give_up(items, error)

        self._in_thread(self._commit, committed)

    def _next_batch(self) -> None:
        if self._wal_pages > CHECKPOINT_PAGES:
            self._in_thread(self._checkpoint, self._checkpointed)
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self._waiting:
            self._start_batch()
        else:
            self._busy = False
            self._idle.set()

    def _checkpointed(self, checkpoint: "asyncio.Future[None]") -> None:
        error = checkpoint.exception()
        if error is None:
            self._go_on()
        else:
            self._give_up([], error)

    def _give_up(self, items: list[Item], error: BaseException) -> None:
        """The batch can't be stored: what is queued is refused too. An I/O error is final: SQLite would accept the
        commit after a failed fsync as if nothing had happened, and it might be lost."""
        refused, self._waiting = items + self._waiting, []
        if isinstance(error, apsw.FullError):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            log.error("storage is full", extra={"refused": len(refused)})
            _refuse(refused, StorageFull())
        else:
            log.critical("storage failed: no more writes until a restart", extra={"cause": repr(error)})
            self._failure = error
            _refuse(refused, StorageFailed())
        self._go_on()

    def _in_thread(self, call: Callable[[], None], done: Callable[["asyncio.Future[None]"], None]) -> None:
        asyncio.get_running_loop().run_in_executor(self._thread, call).add_done_callback(done)

    def _begin_patiently(self) -> None:
        self._connection.set_busy_timeout(1000)
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _checkpoint(self) -> None:
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.BusyError, apsw.LockedError):
            pass  # another process does it
        except apsw.FullError:
            log.error("no room for a checkpoint: the write-ahead log stays as it is")
        self._wal_pages = 0

    def _close_connection(self) -> None:
        if self._failure is None:
            try:
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except (apsw.BusyError, apsw.LockedError, apsw.FullError):
                log.info("the write-ahead log was left for the next start")
        self._connection.close()

    def _count_wal_pages(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK


def _answer(items: list[Item], outcomes: list[Any]) -> None:
    for item, outcome in zip(items, outcomes, strict=True):
        if item.answer.cancelled():
            continue
        if isinstance(outcome, BaseException):
            item.answer.set_exception(outcome)
        else:
            item.answer.set_result(outcome)


def _refuse(items: list[Item], error: CustomaryError) -> None:
    _answer(items, [error] * len(items))
