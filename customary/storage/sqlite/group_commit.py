"""The one writer: steps that wait while a commit is in flight make up the next transaction and are answered after it.

Statements run on the event loop's thread (handing each to a thread costs more than it takes); BEGIN when another
process holds the lock, COMMIT with its fsync, checkpoints, and steps that take seconds run in a thread of their own,
so the loop never waits for the disk.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import Any

import apsw
from msgspec import Struct

from customary.errors import CustomaryError, ServiceUnavailable, StorageFailed, StorageFull
from customary.storage.sqlite.batch import Batch, HalfDoneError, Step
from customary.storage.sqlite.commit_thread import CommitThread
from customary.storage.sqlite.connection import wait_for_locks
from customary.storage.sqlite.feed import Waiters
from customary.storage.sqlite.place import Place
from customary.storage.sqlite.turn import Turn
from customary.storage.sqlite.upkeep import CHECKPOINT_PAGES, PATIENCE_WITH_READERS, LogFolder, Upkeep

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
"""Without work for so long, upkeep is done that is not due yet."""
PATIENCE_WITH_WRITERS = 5.0
"""Seconds that works wait for another process to end its transaction before they are refused."""


class Item(Struct, frozen=True):
    """One step in the queue and the future of its result."""

    step: Step
    answer: "asyncio.Future[Any]"
    alone: bool = False
    bare: Callable[[apsw.Connection], object] | None = None
    """Runs outside of a transaction, instead of the step."""


class GroupCommit:
    """Owns the writing connection until ``close``."""

    def __init__(
        self,
        connection: apsw.Connection,
        works_per_commit: int,
        checkpoint_pages: int = CHECKPOINT_PAGES,
        turn: int | None = None,
    ) -> None:
        self._connection = connection
        self._turn = Turn(turn)
        self._place = Place(connection)
        self.waiters = Waiters()
        self._works_per_commit = works_per_commit
        self._upkeep = Upkeep(connection, checkpoint_pages)
        self._folder = LogFolder(connection)
        self._folding: asyncio.Future[int] | None = None
        self._fold_failure: BaseException | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._waiting: list[Item] = []
        self._careful = 0
        """How many of those that wait were left half done as a batch, and are to be run carefully."""
        self._busy = False
        self._failure: BaseException | None = None
        self._full = False
        self._finished = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = CommitThread()
        self._fold_thread = ThreadPoolExecutor(1, thread_name_prefix="customary-fold")
        self._plan_idle_time()

    @property
    def failed(self) -> bool:
        return self._failure is not None

    @property
    def behind(self) -> bool:
        return self._upkeep.behind

    async def submit(self, step: Step, *, alone: bool = False) -> Any:
        """The step's result, once it is durable. ``alone``: in a transaction for itself, in the commit thread.

        Raises what the step raises, StorageFull or StorageFailed, ServiceUnavailable after ``finish`` and while
        another process keeps the database locked.
        """
        return await self._submit(Item(step, asyncio.get_running_loop().create_future(), alone))

    async def _submit(self, item: Item) -> Any:
        if self._failure is not None:
            raise StorageFailed()
        if self._finished:
            raise ServiceUnavailable("The storage is closed")
        self._waiting.append(item)
        if not self._busy:
            self._become_busy()
            asyncio.get_running_loop().call_soon(self._start_batch)
        return await item.answer

    async def submit_bare(self, call: Callable[[apsw.Connection], object]) -> None:
        """Runs it in the commit thread while no transaction is open, for what can't be in one.

        Raises what ``submit`` raises, ServiceUnavailable where somebody else uses the database.
        """
        await self._submit(Item(_nothing, asyncio.get_running_loop().create_future(), alone=True, bare=call))

    async def finish(self) -> None:
        """Takes nothing more and waits for what is queued."""
        self._finished = True
        if self._idle_timer:
            self._idle_timer.cancel()
        await self._idle.wait()

    async def close(self) -> None:
        """Finishes, folds the write-ahead log into the database and closes the connection. Once only."""
        await self.finish()
        if self._folding is not None:
            await asyncio.wait((self._folding,))
        self._failure = self._failure or self._fold_failure
        self._fold_thread.shutdown()
        self._folder.close()
        closed: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        self._thread.run(self._close_connection, closed.set_result)
        error = await closed
        self._thread.stop()
        if error is not None:
            raise error

    def _start_batch(self) -> None:
        if (bare := self._waiting[0].bare) is not None:
            self._run_bare(self._waiting.pop(0), bare)
            return
        if not self._turn.take_at_once():
            self._thread.run(self._begin_patiently, self._begun)
            return
        try:
            self._connection.set_busy_timeout(0)
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:  # another process commits: wait for it away from the loop
            self._thread.run(self._begin_patiently, self._begun)
        except Exception as error:
            self._give_up([], error)
        else:
            self._run_batch()

    def _begun(self, error: BaseException | None) -> None:
        if error is None:
            self._run_batch()
        elif isinstance(error, apsw.BusyError):
            log.error("another process keeps the database locked", extra={"refused": len(self._waiting)})
            self._turn.give()
            refused, self._waiting, self._careful = self._waiting, [], 0
            _refuse(refused, ServiceUnavailable("Another process keeps the database locked"))
            self._go_on()
        else:
            self._give_up([], error)

    def _run_batch(self) -> None:
        if self._waiting[0].alone:
            self._run_alone(self._waiting.pop(0))
            return
        items, careful = self._take_batch()
        steps = [item.step for item in items]
        batch = Batch(self._connection)
        try:
            outcomes = batch.run_carefully(steps) if careful else batch.run(steps)
            batch.save_counters()
            self._place.check()
        except HalfDoneError:
            self._run_again(items)
            return
        except Exception as error:
            self._give_up(items, error)
            return
        self._thread.run(self._commit, lambda error: self._conclude(items, outcomes, error, batch))

    def _take_batch(self) -> tuple[list[Item], bool]:
        """Those that wait, up to the first that is to be alone; and whether they are to be run carefully."""
        careful, self._careful = self._careful, 0
        items = list(takewhile(lambda item: not item.alone, self._waiting[: careful or self._works_per_commit]))
        del self._waiting[: len(items)]
        return items, careful > 0

    def _run_again(self, items: list[Item]) -> None:
        """One of them was left half done: none of what they did may stay. The turn to write is kept."""
        try:
            self._connection.execute("ROLLBACK")
        except apsw.Error as error:
            self._give_up(items, error)
            return
        self._waiting[:0] = items
        self._careful = len(items)
        self._start_batch()

    def _run_alone(self, item: Item) -> None:
        outcome: Any = None
        batch = Batch(self._connection)

        def run_and_commit() -> None:
            nonlocal outcome
            outcome = batch.run_alone(item.step)
            if isinstance(outcome, Exception):
                self._connection.execute("ROLLBACK")
                self._turn.give()
            else:
                batch.save_counters()
                self._place.check()
                self._commit()

        self._thread.run(run_and_commit, lambda error: self._conclude([item], [outcome], error, batch))

    def _run_bare(self, item: Item, call: Callable[[apsw.Connection], object]) -> None:
        outcome: Exception | None = None

        def run() -> None:
            nonlocal outcome
            self._turn.take()
            wait_for_locks(self._connection, PATIENCE_WITH_READERS)
            try:
                call(self._connection)
            except (apsw.BusyError, apsw.LockedError):
                outcome = ServiceUnavailable("The database is in use")
            except apsw.FullError:
                outcome = StorageFull()
            finally:
                self._turn.give()

        def done(error: BaseException | None) -> None:
            if error is None:
                _answer([item], [outcome])
                self._next_batch()
            else:
                self._give_up([item], error)

        self._thread.run(run, done)

    def _conclude(self, items: list[Item], outcomes: list[Any], error: BaseException | None, batch: Batch) -> None:
        error = error or self._fold_failure or self._upkeep.after_commit()
        if error is None:
            self._full = False
            _answer(items, outcomes)
            if self.waiters:
                self.waiters.wake(batch.changed_stores)
            self._next_batch()
        else:
            self._give_up(items, error)

    def _next_batch(self) -> None:
        if self._fold_failure is not None:
            self._give_up([], self._fold_failure)
            return
        self._fold_long_log()
        if self._upkeep.due:
            self._thread.run(self._keep_up, self._kept_up)
        else:
            self._go_on()

    def _fold_long_log(self) -> None:
        if self._upkeep.log_is_long and self._folding is None:
            loop = asyncio.get_running_loop()
            self._folding = loop.run_in_executor(self._fold_thread, self._folder.run)
            self._folding.add_done_callback(self._folded)

    def _go_on(self) -> None:
        if self._waiting:
            self._start_batch()
        else:
            self._busy = False
            self._idle.set()
            self._plan_idle_time()

    def _plan_idle_time(self) -> None:
        """A little later, so that a next work finds the writer free; at once when much is left to do."""
        if self._upkeep.behind and not self._finished and self._failure is None:
            seconds = 0.0 if self._upkeep.due else IDLE_SECONDS
            self._idle_timer = asyncio.get_running_loop().call_later(seconds, self._use_idle_time)

    def _become_busy(self) -> None:
        self._busy = True
        self._idle.clear()
        if self._idle_timer:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _use_idle_time(self) -> None:
        self._become_busy()
        self._thread.run(self._keep_up, self._kept_up)

    def _keep_up(self) -> None:
        self._turn.take()
        try:
            self._upkeep.run()
        finally:
            self._turn.give()

    def _folded(self, fold: "asyncio.Future[int]") -> None:
        """What failed to reach the database is as final as any other I/O error."""
        self._folding = None
        error = fold.exception()
        if isinstance(error, apsw.FullError):
            log.error("no room for a checkpoint: put off")
            self._upkeep.put_off_checkpoint()
        elif error is not None:
            self._fold_failure = error
        else:
            self._upkeep.note_fold(fold.result())
        if not self._busy and (self._fold_failure or self._upkeep.due) and not self._finished:
            self._become_busy()
            self._next_batch()

    def _kept_up(self, error: BaseException | None) -> None:
        error = error or self._fold_failure
        if error is None:
            self._fold_long_log()
            self._go_on()
        else:
            self._give_up([], error)

    def _give_up(self, items: list[Item], error: BaseException) -> None:
        """The batch can't be stored: what is queued is refused too. An I/O error is final: SQLite would accept the
        commit after a failed fsync as if nothing had happened, and it might be lost."""
        refused, self._waiting, self._careful = items + self._waiting, [], 0
        rolled_back = self._roll_back()
        self._turn.give()
        if rolled_back and isinstance(error, apsw.FullError):
            if not self._full:
                log.error("storage is full", extra={"refused": len(refused)})
            self._full = True
            _refuse(refused, StorageFull())
        else:
            log.critical("storage failed: no more writes until a restart", extra={"cause": repr(error)})
            self._failure = error
            _refuse(refused, StorageFailed())
        self._go_on()

    def _roll_back(self) -> bool:
        """Ends the transaction, which SQLite may have done already. False when even that fails."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except apsw.Error:
            return False
        return True

    def _begin_patiently(self) -> None:
        self._turn.take()
        wait_for_locks(self._connection, PATIENCE_WITH_WRITERS)
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        """Nothing that could be done outside: with each statement this thread has to get the interpreter back."""
        self._connection.execute("COMMIT")
        self._turn.give()

    def _close_connection(self) -> None:
        """After a failure the log is left alone: the next start recovers from it what was committed."""
        try:
            if self._failure is None:
                self._upkeep.finish()
        except (apsw.BusyError, apsw.LockedError, apsw.FullError):
            log.debug("the write-ahead log was left for the next start")
        except apsw.Error as error:
            log.critical("storage failed while it was closed", extra={"cause": repr(error)})
            self._failure = error
        if self._failure is not None:
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        self._connection.close(self._failure is not None)


def _nothing(_batch: Batch) -> None:
    """The step of an item that has none."""


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
