"""The pool of connections: none of them has a state of its own, so that pgbouncer may stand in between.

No SET, no LISTEN, no advisory lock; and behind a pooler no prepared statement, and each read in a transaction, since
without one the two messages of a statement could reach two servers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from customary.errors import OperatorError, ServiceUnavailable
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.failures import unavailable
from customary.storage.postgres.pool import Pool, drop
from customary.storage.postgres.sql import SQL

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 60.0
TRY_SECONDS = 0.25
"""How often a database that is away is tried."""
OLDEST = 140000
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL max_parallel_workers_per_gather = 0"
"""One process of the database for one search: many search at a time."""
PLANNED_ANEW = f"{SNAPSHOT}; SET LOCAL plan_cache_mode = force_custom_plan"
"""A plan made for the values at hand: those of a search differ too much for one that fits all."""
PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
"""All other statements look things up by their keys: to plan one anew takes longer than to carry it out."""


class Connections:
    """Opened with ``open_connections``."""

    def __init__(self, pool: Pool, pooled: bool) -> None:
        self._pool = pool
        self._pooled = pooled
        self._trying: asyncio.Task[None] | None = None

    @property
    def pooled(self) -> bool:
        """Whether a pooler stands in between."""
        return self._pooled

    @property
    def reachable(self) -> bool:
        """False from a failure until it is reached again, which is tried without a pause."""
        return self._trying is None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[Connection]:
        """A connection for as long as the block lasts. Raises ServiceUnavailable when there is none, or it is lost."""
        try:
            connection = await self._pool.take()
            try:
                yield connection
            finally:
                self._pool.give(connection)
        except Exception as error:
            told = unavailable(error)
            if told is None or told is error:
                raise
            self._note(error)
            raise told from error

    async def rows(self, statement: str, *values: Any) -> Sequence[Any]:
        """The rows of a named statement that only reads."""
        return await self.ask(SQL[statement], *values)

    async def row(self, statement: str, *values: Any) -> Any:
        """The first of them, or None."""
        found = await self.rows(statement, *values)
        return found[0] if found else None

    async def ask(self, sql: str, *values: Any) -> Sequence[Any]:
        """Once more on another connection when one is found dead: reading twice does no harm."""
        try:
            return await self._ask(sql, *values)
        except ServiceUnavailable:
            return await self._ask(sql, *values)

    async def _ask(self, sql: str, *values: Any) -> Sequence[Any]:
        async with self.taken() as connection:
            if not self._pooled:
                return await connection.fetch(sql, *values)
            async with _transaction(connection, "BEGIN"):
                return await connection.fetch(sql, *values)

    @asynccontextmanager
    async def snapshot(self, *, planned_anew: bool = True) -> AsyncIterator[Connection]:
        """A connection whose reads all see the same moment. ``planned_anew``: each has a plan for its values."""
        async with self.taken() as connection, _transaction(connection, PLANNED_ANEW if planned_anew else SNAPSHOT):
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """What is done in the block is committed at its end, durably, or not at all."""
        async with self.taken() as connection, _transaction(connection, "BEGIN"):
            await make_durable(connection)
            yield connection

    async def close(self) -> None:
        if self._trying:
            self._trying.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._pool.close(), CONNECT_SECONDS)

    def _note(self, error: Exception) -> None:
        if self._trying is None:
            log.error("the database can't be reached", extra={"cause": repr(error)})
            self._trying = asyncio.create_task(self._try())

    async def _try(self) -> None:
        """Until it answers: whoever sends nothing to a server that is not ready would never find out."""
        while True:
            try:
                connection = await self._pool.take()
                try:
                    await connection.execute("SELECT 1")
                finally:
                    self._pool.give(connection)
            except Exception:
                await asyncio.sleep(TRY_SECONDS)
            else:
                break
        log.info("the database can be reached")
        self._trying = None


@asynccontextmanager
async def _transaction(connection: Connection, begin: str) -> AsyncIterator[None]:
    try:
        await connection.execute(begin)
        yield
    except BaseException:
        await roll_back(connection)
        raise
    await commit(connection)


async def commit(connection: Connection) -> None:
    """Raises InterfaceError when the transaction was undone instead."""
    if await connection.execute("COMMIT") != "COMMIT":
        raise asyncpg.InterfaceError("the transaction was undone at its commit")


async def roll_back(connection: Connection) -> None:
    """Ends the transaction, whatever state it is in; a lost connection has done so."""
    try:
        await connection.execute("ROLLBACK")
    except BaseException as error:
        drop(connection)
        if not isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError | TimeoutError):
            raise


async def make_durable(connection: Connection) -> None:
    """Where the server's setting is weaker, this commit waits for the disk all the same."""
    if await connection.fetchval("SELECT current_setting('synchronous_commit')") == "off":
        await connection.execute(DURABLE)


DURABLE = "SET LOCAL synchronous_commit = on"


async def open_connections(url: str, size: int) -> Connections:
    """Raises OperatorError when the database can't be used."""
    return connect_later(url, size, await probe(url))


def connect_later(url: str, size: int, pooled: bool) -> Connections:
    """Without a connection yet: each is made when it is wanted. ``pooled``: a pooler stands in between."""
    connect = partial(
        asyncpg.connect,
        url,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        statement_cache_size=0 if pooled else 256,
        server_settings={} if pooled else PLANNED_ONCE,
    )
    return Connections(Pool(connect, size), pooled)


async def probe(url: str) -> bool:
    """Whether a pooler stands in between. Raises OperatorError."""
    place = name_of(url)
    try:
        connection = await _connect_patiently(url)
        try:
            async with _transaction(connection, "BEGIN"):
                backend, version = await connection.fetchrow(  # type: ignore[misc]  # there is a row
                    "SELECT pg_backend_pid(), current_setting('server_version_num')::int"
                )
                if version < OLDEST:
                    raise OperatorError(f"customary needs PostgreSQL 14 or later; {place} has {version // 10000}")
                return bool(backend != connection.get_server_pid())  # a pooler makes up its own
        finally:
            await connection.close()
    except ValueError as error:  # its text may hold a part of the password
        raise OperatorError("The URL of the database can't be read; percent-encode what is special in it") from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise OperatorError(f"The database {place} can't be used: {error or type(error).__name__}") from error


async def _connect_patiently(url: str) -> Connection:
    """Waits for a server that is starting."""
    for _ in range(20):
        with suppress(asyncpg.CannotConnectNowError):
            return await asyncpg.connect(url, timeout=CONNECT_SECONDS, statement_cache_size=0)
        await asyncio.sleep(0.25)
    return await asyncpg.connect(url, timeout=CONNECT_SECONDS, statement_cache_size=0)


def name_of(url: str) -> str:
    """The database as it may be shown: without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'of this machine'}{parts.path}"
