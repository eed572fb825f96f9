"""One PostgreSQL transaction on one store that holds many works: one that fails leaves the others alone.

Or a draft of one, which is made without the lock of the store and written with a single statement.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

import asyncpg

from customary.errors import StoreNotFound
from customary.model.change import Origin
from customary.storage.postgres.asking import Connection, NeedsLockError, Wish, begin, carry_on
from customary.storage.postgres.connections import DURABLE
from customary.storage.postgres.counters import StoreCounters
from customary.storage.postgres.failures import AGAIN, unavailable
from customary.storage.postgres.known import State
from customary.storage.postgres.overlay import Overlay
from customary.storage.postgres.sql import SQL
from customary.storage.postgres.transaction import PostgresTransaction

LOCK_SECONDS = 30.0
"""How long another server may keep the store locked."""


class Job(NamedTuple):
    """A work and who asked for it."""

    origin: Origin
    work: Callable[[PostgresTransaction], Coroutine[Any, Any, Any]]


class NotTogetherError(Exception):
    """The works can't share their writes: one was left half done, or what they came to can't be stored."""


class OutdatedError(Exception):
    """A draft was made from a state that the store does not have any more. Nothing was written."""


class Draft(NamedTuple):
    """What a group of works comes to, provided that the store is as they were told."""

    outcomes: list[Any]
    state: State
    """Of the store once it is written."""
    columns: tuple[Any, ...] | None
    """What ``rewrite_customers`` takes; None when there is nothing to write."""
    first_change: tuple[Any, ...] | None


class Batch:
    """Lives from BEGIN to COMMIT of one connection, or makes a draft with it. ``server`` is the name of this one."""

    def __init__(self, connection: Connection, store_id: int, server: str) -> None:
        self._connection = connection
        self._store_id = store_id
        self._server = server
        self._overlay: Overlay | None = None
        self._locked = self._tells_mark = False
        self.rewrites_only = False
        """Whether a draft would have done."""
        self.mark = ""
        """That of the store's row as this transaction leaves it; empty when it is not known."""

    async def open(self, *, tells_mark: bool) -> None:
        """Locks the store. Raises StoreNotFound."""
        self._locked, self._tells_mark = True, tells_mark
        await self._connection.execute("BEGIN")
        found = await self._connection.fetchrow(SQL["lock_store"], self._store_id, timeout=LOCK_SECONDS)
        if found is None:
            raise StoreNotFound()
        if found[-1] == "off":
            self._tells_mark = False
            await self._connection.execute(DURABLE)
        self._overlay = Overlay(self._store_id, StoreCounters.from_row(found), self._server)

    @property
    def overlay(self) -> Overlay:
        assert self._overlay is not None  # noqa: S101 -- opened
        return self._overlay

    async def draft(self, jobs: Sequence[Job], state: State) -> Draft:
        """Without a lock and without a transaction.

        Raises NeedsLockError and NotTogetherError when it has to be run under the lock, and what the database raises.
        """
        self._overlay = overlay = Overlay(self._store_id, state.mine(), self._server, state.ahead)
        outcomes = await self._run_together(jobs)
        if overlay.is_empty:
            return Draft(outcomes, state, None, None)
        if not overlay.rewrites_only:
            raise NeedsLockError
        columns, after = overlay.rewritten()
        counters = overlay.counters
        at = counters.last_change_at
        columns = (counters.seq, counters.address_id, counters.contact_id, at, at, *columns)
        return Draft(outcomes, State(counters, after), columns, overlay.first_of_kept_back)

    async def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Each work's result, or the exception it ended with. Raises NotTogetherError, and what the database raises."""
        outcomes = await self._run_together(jobs)
        try:
            await self._finish()
        except asyncpg.PostgresError as error:
            self._raise_if_lost(error)
            raise NotTogetherError from error
        return outcomes

    async def _run_together(self, jobs: Sequence[Job]) -> list[Any]:
        begun = self._begin_all(jobs)
        try:
            await self._prefetch([wish for _, wish in begun if isinstance(wish, Wish)])
            return [await self._run_one(work, wish) for work, wish in begun]
        finally:
            for work, _ in begun:
                work.close()

    async def run_carefully(self, jobs: Sequence[Job]) -> list[Any]:
        """The same with a savepoint for each and nothing kept back from one to the next."""
        outcomes = [await self._run_carefully(job) for job in jobs]
        await self._save_counters()
        return outcomes

    async def run_alone(self, job: Job) -> Any:
        """The result of the only work. Raises what it raises: then the transaction must be rolled back."""
        transaction = PostgresTransaction(self.overlay, job.origin, self._time_of(job))
        result = await carry_on(job.work(transaction), self._connection)
        await self._finish()
        return result

    def _begin_all(self, jobs: Sequence[Job]) -> list[tuple[Coroutine[Any, Any, Any], Any]]:
        """Each work with what it wants to read first, or with an outcome that is none."""
        begun: list[tuple[Coroutine[Any, Any, Any], Any]] = []
        latest = 0
        for job in jobs:
            latest = max(latest, self._time_of(job))  # of the works before it, whether or not they will have failed
            work = job.work(PostgresTransaction(self.overlay, job.origin, latest))
            try:
                begun.append((work, begin(work)))
            except StopIteration as stop:
                begun.append((work, Ended(stop.value)))
            except Exception as error:
                begun.append((work, Ended(error)))
        return begun

    def _time_of(self, job: Job) -> int:
        return max(job.origin.at, self.overlay.counters.last_change_at)

    async def _prefetch(self, wishes: Sequence[Wish]) -> None:
        ids = {number for wish in wishes for number in wish.ids}
        emails = {key for wish in wishes for key in wish.emails}
        references = {reference for wish in wishes for reference in wish.references}
        await carry_on(self.overlay.prefetch(ids, emails, references), self._connection, locked=self._locked)

    async def _run_one(self, work: Coroutine[Any, Any, Any], wish: Any) -> Any:
        if isinstance(wish, Ended):
            return wish.outcome
        self.overlay.begin_work()
        try:
            return await carry_on(work, self._connection, locked=self._locked)
        except NeedsLockError:
            raise
        except Exception as error:
            self._raise_if_lost(error)
            if self.overlay.half_done or isinstance(error, asyncpg.PostgresError):  # which ends the transaction
                raise NotTogetherError from error
            self.overlay.undo()
            return error

    async def _finish(self) -> None:
        self.rewrites_only = self.overlay.rewrites_only
        await carry_on(self.overlay.flush(), self._connection)
        await self._save_counters()

    async def _run_carefully(self, job: Job) -> Any:
        await self._connection.execute("SAVEPOINT work")
        self.overlay.begin_work()
        try:
            transaction = PostgresTransaction(self.overlay, job.origin, self._time_of(job))
            outcome = await carry_on(job.work(transaction), self._connection)
            await carry_on(self.overlay.flush(), self._connection)
        except Exception as error:
            self._raise_if_lost(error)
            await self._connection.execute("ROLLBACK TO SAVEPOINT work")
            self.overlay.undo_written()
            outcome = error
        await self._connection.execute("RELEASE SAVEPOINT work")
        return outcome

    def _raise_if_lost(self, error: Exception) -> None:
        """After these the transaction can't go on."""
        driver = isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError | TimeoutError)
        if isinstance(error, AGAIN) or (driver and unavailable(error)) or self._connection.is_closed():
            raise error

    async def _save_counters(self) -> None:
        if self.overlay.changed and self._tells_mark:
            self.mark = await carry_on(self.overlay.counters.save_and_tell(), self._connection)
        elif self.overlay.changed:
            await carry_on(self.overlay.counters.save(), self._connection)


class Ended(NamedTuple):
    """The outcome of a work that never asked for anything."""

    outcome: Any


async def write_draft(connection: Connection, store_id: int, draft: Draft, mark: str) -> str:
    """The mark of the store's row then, once it is durable. ``mark``: the one that it must have before.

    Raises OutdatedError, and what the database raises.
    """
    if draft.columns is None:
        found = await connection.fetchrow(SQL["get_mark"], store_id)
        if found is None or found[0] != mark:
            raise OutdatedError
        return mark
    values = (store_id, mark, *draft.columns)
    found = await connection.fetchrow(SQL["rewrite_customers"], *values, timeout=LOCK_SECONDS)
    if found is None:
        raise OutdatedError
    return str(found[0])


async def took_place(connection: Connection, store_id: int, change: tuple[Any, ...]) -> bool:
    """Whether the commit that was to store this change did. Under the store's lock its end is decided."""
    try:
        await connection.execute("BEGIN")
        await connection.fetchrow(SQL["lock_store"], store_id, timeout=LOCK_SECONDS)
        found = await connection.fetchrow(SQL["who_made_change"], store_id, change[0])
        return found is not None and tuple(found) == change[1:7]
    finally:
        await connection.execute("ROLLBACK")
