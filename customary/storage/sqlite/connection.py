"""Opens SQLite connections the one way that keeps what was answered: WAL, ``synchronous=FULL``, one writer."""

import apsw

from customary.errors import DatabaseTooNew, SqliteTooOld
from customary.storage.sqlite.migrations.steps import STEPS

# Before 3.51.3 a WAL database can be corrupted by two connections that write or checkpoint at the same instant.
OLDEST_SQLITE = (3, 51, 3)


def check_sqlite_version(version: str) -> None:
    """Raises SqliteTooOld."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        raise SqliteTooOld(f"customary needs SQLite 3.51.3 or later, this is {version}")


def open_writer(path: str, cache_mib: int, vfs: str | None = None) -> apsw.Connection:
    """The connection for all writes and all checkpoints of this process. Creates the file and migrates it."""
    check_sqlite_version(apsw.sqlite_lib_version())
    connection = apsw.Connection(path, vfs=vfs)
    connection.set_busy_timeout(5000)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "FULL")
    connection.pragma("foreign_keys", True)
    connection.pragma("secure_delete", True)
    connection.pragma("wal_autocheckpoint", 0)
    connection.pragma("journal_size_limit", 64 * 1024 * 1024)
    connection.pragma("cache_size", -cache_mib * 1024)
    migrate(connection)
    return connection


def open_reader(path: str, cache_mib: int, vfs: str | None = None) -> apsw.Connection:
    """A connection that only reads. The writer must have been opened before."""
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    connection.set_busy_timeout(5000)
    connection.pragma("wal_autocheckpoint", 0)
    connection.pragma("cache_size", -cache_mib * 1024)
    return connection


def migrate(connection: apsw.Connection) -> None:
    """Applies the missing steps, each in a transaction. Raises DatabaseTooNew."""
    for number, script in enumerate(STEPS, start=1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            present = int(connection.pragma("user_version"))
            if present > len(STEPS):
                raise DatabaseTooNew(
                    f"The database has schema {present}, this version of customary knows {len(STEPS)}: "
                    "it was made by a newer one"
                )
            if present < number:
                connection.execute(script)
                connection.pragma("user_version", number)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
