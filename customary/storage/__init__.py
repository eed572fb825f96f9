"""All SQL lives below here, behind one protocol (protocol.py) that every back end keeps."""

import os
from contextlib import suppress
from pathlib import Path

from customary.errors import OperatorError
from customary.storage.protocol import Storage
from customary.storage.sqlite.database import SqliteStorage

__all__ = ["Storage", "is_postgres", "make_private", "open_storage", "sqlite_path"]


async def open_storage(
    url: str,
    *,
    create: bool = False,
    works_per_commit: int = 256,
    cache_mib: int = 64,
    reader_threads: int = 2,
    connections: int = 10,
    server: str = "",
    turn: int | None = None,
) -> Storage:
    """The storage behind ``sqlite:///relative/path``, ``sqlite:////absolute/path`` or ``postgresql://…``.

    ``server`` names who takes batches on an SQLite file: one that comes back with its name has them again at once.
    ``turn``: see the module of that name.
    ``create`` makes a missing file, or the tables in an empty PostgreSQL database.
    Raises OperatorError when there is no such database, DatabaseTooNew, SqliteTooOld.
    """
    if is_postgres(url):
        from customary.storage.postgres.database import open_postgres  # noqa: PLC0415 -- most have no use for it

        return await open_postgres(url, create=create, works_per_commit=works_per_commit, size=connections)
    path = sqlite_path(url)
    if not create and not Path(path).is_file():
        raise OperatorError(f"There is no database at {path}: 'customary serve' or 'customary store add' makes one")
    if create:
        make_private(path)
    return SqliteStorage(path, works_per_commit, cache_mib, reader_threads, server=server, turn=turn)


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))


def sqlite_path(url: str) -> str:
    """Where the file of a ``sqlite:///…`` is, or is to be. Raises OperatorError for anything else."""
    path = url.removeprefix("sqlite:///")
    if path in {url, "", ":memory:"}:
        raise OperatorError("The database must be given as sqlite:///path/to/file.db or postgresql://host/name")
    return path


def make_private(path: str) -> None:
    """A new file is for its owner alone, for it holds people's data; SQLite gives the files beside it the same mode.

    Raises OperatorError when there is no directory for it.
    """
    if not Path(path).absolute().parent.is_dir():
        raise OperatorError(f"There is no directory {Path(path).absolute().parent}")
    with suppress(OSError):  # it is there already, or can't be made: then opening it will say why
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
