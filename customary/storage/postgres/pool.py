"""The open connections to one database: each is lent to one taker at a time, the one that came back last goes first.

asyncpg has a pool too; to take a connection from it and to give it back costs more than a statement.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

import asyncpg

from customary.storage.postgres.asking import Connection

IDLE_SECONDS = 300.0
"""How long a connection that nobody wants is kept."""


class Pool:
    """Makes connections when they are wanted, at most ``size`` at a time."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        self._connect = connect
        self._size = size
        self._free = asyncio.Semaphore(size)
        self._idle: list[tuple[float, Connection]] = []

    async def take(self) -> Connection:
        """Waits while all are lent. Raises what connecting raises."""
        await self._free.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()[1]
                if not connection.is_closed():
                    return connection
                drop(connection)
            return await self._connect()
        except BaseException:
            self._free.release()
            raise

    def give(self, connection: Connection) -> None:
        """One that is closed, or in a transaction that nobody will end, does not come back."""
        now = monotonic()
        if connection.is_closed() or connection.is_in_transaction():
            drop(connection)
        else:
            self._idle.append((now, connection))
        while self._idle and self._idle[0][0] < now - IDLE_SECONDS:
            drop(self._idle.pop(0)[1])
        self._free.release()

    async def close(self) -> None:
        """Waits until all have come back."""
        try:
            for _ in range(self._size):
                await self._free.acquire()
            while self._idle:
                with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    await self._idle[-1][1].close()
                self._idle.pop()
        finally:
            for _, connection in self._idle:
                drop(connection)


def drop(connection: Connection) -> None:
    """Ends the connection without a word to the server."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
