"""All SQL lives below here, behind one protocol (protocol.py) that every back end keeps."""

from customary.errors import OperatorError
from customary.storage.protocol import Storage
from customary.storage.sqlite.database import SqliteStorage

__all__ = ["Storage", "open_storage"]


async def open_storage(
    url: str, *, works_per_commit: int = 256, cache_mib: int = 64, reader_threads: int = 2
) -> Storage:
    """The storage behind ``sqlite:///relative/path`` or ``sqlite:////absolute/path``; a missing file is created.

    Raises OperatorError for any other URL, DatabaseTooNew, SqliteTooOld.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path:
        raise OperatorError("The database must be given as sqlite:///path/to/file.db")
    return SqliteStorage(path, works_per_commit, cache_mib, reader_threads)
