"""Whether the database is still where it was opened: what is written to a deleted file is gone with the process."""

import os

import apsw


class Place:
    """The files of a connection as they stand in their directory."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._paths = (connection.filename, connection.filename_wal)
        self._files = self._look()

    def check(self) -> None:
        """Raises apsw.IOError when the database or its log was deleted or replaced. Takes a few microseconds."""
        if self._look() != self._files:
            raise apsw.IOError("the database file or its log was deleted or replaced")

    def _look(self) -> list[tuple[int, int]] | None:
        try:
            return [(found.st_dev, found.st_ino) for found in map(os.stat, self._paths)]
        except OSError:
            return None
