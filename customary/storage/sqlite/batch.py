"""One SQLite transaction that holds many works: one that fails leaves the others alone."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw

from customary.errors import InternalError, StoreNotFound
from customary.model.change import Origin
from customary.storage.protocol import Work
from customary.storage.sqlite.counters import StoreCounters
from customary.storage.sqlite.transaction import SqliteTransaction

Step = Callable[["Batch"], Any]

BATCH_ERRORS = (apsw.FullError, apsw.IOError, apsw.CorruptError, apsw.NoMemError)
"""After these SQLite may have rolled back the whole transaction: no work of the batch can go on."""


class HalfDoneError(Exception):
    """A step failed after it had written: what it wrote must go, and the others' must stay."""


class Batch:
    """Lives from BEGIN to COMMIT of the writing connection.

    A savepoint for each step costs two statements more, and one for all has SQLite keep a copy of every page before it
    changes. A step that fails has hardly ever written before: so the steps run without, and only when one is left half
    done the transaction is rolled back, and all are run again in another one, carefully.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._counters: dict[int, StoreCounters] = {}

    def run(self, steps: Sequence[Step]) -> list[Any]:
        """Each step's result, or the exception it ended with.

        Raises one of BATCH_ERRORS when the batch is lost, HalfDoneError when it must be run carefully instead.
        """
        return [self._run_step(step) for step in steps]

    def run_carefully(self, steps: Sequence[Step]) -> list[Any]:
        """The same with a savepoint for each step. Never raises HalfDoneError."""
        return [self._run_in_savepoint(step) for step in steps]

    def run_alone(self, step: Step) -> Any:
        """The same of the only step of a batch. After an exception the transaction must be rolled back."""
        try:
            return step(self)
        except BATCH_ERRORS:
            raise
        except Exception as error:
            return error

    def _run_step(self, step: Step) -> Any:
        changes = self._connection.total_changes()
        try:
            return step(self)
        except BATCH_ERRORS:
            raise
        except Exception as error:
            if self._connection.total_changes() != changes:
                raise HalfDoneError from error
            return error

    def _run_in_savepoint(self, step: Step) -> Any:
        self._connection.execute("SAVEPOINT step")
        try:
            outcome = step(self)
        except BATCH_ERRORS:
            raise
        except Exception as error:
            self._connection.execute("ROLLBACK TO step")
            outcome = error
        self._connection.execute("RELEASE step")
        return outcome

    def work(self, store_id: int, origin: Origin, work: Work[Any], server: str = "") -> Any:
        """A step that runs a work of that server on its store. Raises StoreNotFound and what the work raises."""
        counters = self._counters_of(store_id)
        before = counters.snapshot()
        try:
            return _finish(work(SqliteTransaction(self._connection, store_id, origin, counters, server)))
        except Exception:
            counters.restore(before)
            raise

    def execute(self, sql: str, values: tuple[Any, ...]) -> Any:
        """A step that runs one statement: its first row, or None."""
        return self._connection.execute(sql, values).fetchone()

    def count_changes(self, sql: str, values: tuple[Any, ...]) -> int:
        """A step that runs one statement: how many rows it changed."""
        before = self._connection.total_changes()
        self._connection.execute(sql, values)
        return self._connection.total_changes() - before

    def save_counters(self) -> None:
        """The last thing before COMMIT."""
        for store_id, counters in self._counters.items():
            counters.save(self._connection, store_id)

    @property
    def changed_stores(self) -> list[int]:
        """Those whose log has grown."""
        return [store_id for store_id, counters in self._counters.items() if counters.seq != counters.seq_at_start]

    def _counters_of(self, store_id: int) -> StoreCounters:
        counters = self._counters.get(store_id) or StoreCounters.load(self._connection, store_id)
        if counters is None:
            raise StoreNotFound()
        self._counters[store_id] = counters
        return counters


def _finish(work: Any) -> Any:
    """Runs a coroutine that never waits to its end, without a task."""
    try:
        work.send(None)
    except StopIteration as stop:
        return stop.value
    work.close()
    raise InternalError("A work may wait for nothing but its transaction")
