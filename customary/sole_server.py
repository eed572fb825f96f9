"""One server for one database file, of one process or of several: they share out names and batches among them.

The lock is on a file beside the database. On the database itself it would be wrong: closing a second descriptor of it
would drop the locks that SQLite holds.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from customary.errors import OperatorError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # there is none


@contextmanager
def sole_server(database: Path) -> Iterator[int | None]:
    """Holds the lock while the block lasts; it goes with the process, however that ends. Raises OperatorError.

    Gives the descriptor of the lock, where there is one: processes that inherit it hold the lock as well.
    """
    if fcntl is None:
        yield None
        return
    path = database.with_name(f"{database.name}-serving")
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(f"The file {path} can't be made: {error.strerror}") from error
    try:
        _take(lock, path, database)
        try:
            yield lock
        finally:
            with suppress(OSError):  # gone already, or nothing can be deleted any more: the next server takes it over
                path.unlink()
    finally:
        os.close(lock)


def _take(lock: int, path: Path, database: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        taken = os.fstat(lock).st_ino == path.stat().st_ino  # else the server before deleted it in this moment
    except OSError:
        taken = False
    if not taken:
        raise OperatorError(f"Another server works on {database} already")
