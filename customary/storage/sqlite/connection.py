"""Opens SQLite connections the one way that keeps what was answered: WAL, ``synchronous=FULL``, one writer."""

import time
from collections.abc import Sequence
from contextlib import suppress

import apsw

from customary.errors import DatabaseTooNew, OperatorError, SqliteTooOld
from customary.storage.sqlite import endings
from customary.storage.sqlite.migrations.steps import STEPS

# Before 3.51.3 a WAL database can be corrupted by two connections that write or checkpoint at the same instant.
OLDEST_SQLITE = (3, 51, 3)

OPEN_SECONDS = 5.0
"""How long another process may be in the way of opening the database."""
LOCK_SECONDS = 0.001
"""How often a lock that another connection holds is asked for."""


def check_sqlite_version(version: str) -> None:
    """Raises SqliteTooOld."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        raise SqliteTooOld(f"customary needs SQLite 3.51.3 or later, this is {version}")


def open_writer(path: str, cache_mib: int, vfs: str | None = None) -> apsw.Connection:
    """The connection for all writes and all checkpoints of this process. Creates the file and migrates it.

    Raises SqliteTooOld, DatabaseTooNew, and OperatorError when the file is no database or can't be used.
    """
    check_sqlite_version(apsw.sqlite_lib_version())
    try:
        return _open_patiently(path, cache_mib, vfs)
    except apsw.Error as error:
        raise OperatorError(f"The database at {path} can't be used: {error}") from error


def _open_patiently(path: str, cache_mib: int, vfs: str | None) -> apsw.Connection:
    """Tries again while another process makes or recovers the same file: for that SQLite does not wait by itself."""
    until = time.monotonic() + OPEN_SECONDS
    while True:
        connection = apsw.Connection(path, vfs=vfs)
        try:
            _prepare(connection, cache_mib)
        except apsw.BusyError:
            connection.close(True)
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        except BaseException:
            connection.close(True)
            raise
        else:
            return connection


def _prepare(connection: apsw.Connection, cache_mib: int) -> None:
    wait_for_locks(connection, OPEN_SECONDS)
    _schema_of(connection)  # before anything is written to a newer one
    if connection.pragma("journal_mode", "wal") != "wal":
        raise OperatorError("The database can't have a write-ahead log where it is: give it a place on a local disk")
    connection.pragma("synchronous", "FULL")
    connection.pragma("fullfsync", True)  # macOS: its fsync leaves the data in the drive's cache
    connection.pragma("checkpoint_fullfsync", True)
    connection.pragma("foreign_keys", True)
    connection.pragma("secure_delete", True)
    connection.pragma("wal_autocheckpoint", 0)
    connection.pragma("journal_size_limit", 64 * 1024 * 1024)
    connection.pragma("cache_size", -cache_mib * 1024)
    endings.register(connection)
    migrate(connection)
    _settle_log(connection)


def _settle_log(connection: apsw.Connection) -> None:
    """What an earlier process could not sync stands in the log but may not be on the disk, and later syncs would pass
    over it. So the database file is written and synced anew, then the log begins again."""
    with suppress(apsw.BusyError, apsw.LockedError, apsw.FullError):  # another process does it; or a later checkpoint
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)


def wait_for_locks(connection: apsw.Connection, seconds: float) -> None:
    """From now on the connection waits for locks that others hold, but no longer than that.

    SQLite's own busy timeout asks at ever longer intervals: beside a process that commits without a pause it would
    hardly ever ask in the moment between two commits.
    """

    until = 0.0

    def ask_again(times_asked: int) -> bool:
        nonlocal until
        if times_asked == 0:
            until = time.monotonic() + seconds
        time.sleep(LOCK_SECONDS)  # or longer: on a busy machine twice as long
        return time.monotonic() < until

    connection.set_busy_handler(ask_again)


def open_reader(path: str, cache_mib: int, vfs: str | None = None) -> apsw.Connection:
    """A connection that only reads. The writer must have been opened before."""
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    connection.set_busy_timeout(5000)
    connection.pragma("wal_autocheckpoint", 0)
    connection.pragma("cache_size", -cache_mib * 1024)
    # Else the values of `LIMIT ?` are part of the plan, and each execution prepares the statement anew: 25 to 40 µs.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    return connection


def migrate(connection: apsw.Connection, steps: Sequence[str] = STEPS) -> None:
    """Applies the missing steps, each in a transaction. Raises DatabaseTooNew."""
    for number in range(_schema_of(connection, steps) + 1, len(steps) + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _schema_of(connection, steps) < number:  # another process may have been faster
                connection.execute(steps[number - 1])
                connection.pragma("user_version", number)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _schema_of(connection: apsw.Connection, steps: Sequence[str] = STEPS) -> int:
    """The number of the step that was applied last. Raises DatabaseTooNew."""
    present = int(connection.pragma("user_version"))
    if present > len(steps):
        raise DatabaseTooNew(
            f"The database has schema {present}, this version of customary knows {len(steps)}: "
            "it was made by a newer one"
        )
    return present
