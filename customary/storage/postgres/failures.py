"""What an error of the driver means: the database is away for a while, it is full, or it is another matter."""

import asyncpg
from asyncpg import exceptions as pg

from customary.errors import ServiceUnavailable, StorageFull

FOR_A_WHILE = (
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,  # shut down, starting up, a statement that took too long
    pg.InsufficientResourcesError,  # too many connections, no memory
    pg.ReadOnlySQLTransactionError,  # what was the primary is a replica now
    pg.IdleInTransactionSessionTimeoutError,
    pg.InternalServerError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
AGAIN = (pg.SerializationError, pg.DeadlockDetectedError)
"""The transaction was undone and may be run again as it is."""
AWAY = "The database can't be reached at the moment"


def unavailable(error: BaseException) -> ServiceUnavailable | None:
    """What a caller is told; None when the error says nothing about the database's state."""
    if isinstance(error, ServiceUnavailable):
        return error
    if isinstance(error, pg.DiskFullError):
        return StorageFull()
    if isinstance(error, FOR_A_WHILE) and not isinstance(error, ValueError):  # one that a value was wrong for
        return ServiceUnavailable(AWAY)
    return None
