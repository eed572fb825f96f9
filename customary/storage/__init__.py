"""All SQL lives below here, behind one protocol (protocol.py) that every back end keeps."""

from pathlib import Path

from customary.errors import OperatorError
from customary.storage.protocol import Storage
from customary.storage.sqlite.database import SqliteStorage

__all__ = ["Storage", "open_storage"]


async def open_storage(
    url: str, *, create: bool = False, works_per_commit: int = 256, cache_mib: int = 64, reader_threads: int = 2
) -> Storage:
    """The storage behind ``sqlite:///relative/path`` or ``sqlite:////absolute/path``. ``create`` makes a missing file.

    Raises OperatorError when there is no such database, DatabaseTooNew, SqliteTooOld.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path:
        raise OperatorError("The database must be given as sqlite:///path/to/file.db")
    if not create and not Path(path).is_file():
        raise OperatorError(f"There is no database at {path}: 'customary serve' or 'customary store add' makes one")
    if not Path(path).absolute().parent.is_dir():
        raise OperatorError(f"There is no directory {Path(path).absolute().parent}")
    return SqliteStorage(path, works_per_commit, cache_mib, reader_threads)
