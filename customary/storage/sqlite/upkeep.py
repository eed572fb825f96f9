"""What the writer does between batches: folds the write-ahead log into the database, brings the text index up to date.

Runs in the commit thread; the statements release the interpreter's lock while they work.
"""

import logging

import apsw

from customary.storage.sqlite.connection import wait_for_locks
from customary.storage.sqlite.sql import SQL

log = logging.getLogger(__name__)

CHECKPOINT_PAGES = 2500
"""Pages in the write-ahead log before a checkpoint: about 10 MiB."""
INDEX_ROWS = 1000
"""Customers that wait for the text index before it takes them over, and how many it takes at a time."""
INDEX_ROWS_BEHIND = 10_000
"""How many it takes when a bulk load has left it far behind."""
PATIENCE_WITH_READERS = 1.0
"""Seconds that a checkpoint which is overdue waits for readers to let go of the log."""


class Upkeep:
    """Knows what is due. Raises apsw.Error when the storage fails; a full disk only puts the work off."""

    def __init__(self, connection: apsw.Connection, checkpoint_pages: int = CHECKPOINT_PAGES) -> None:
        self._connection = connection
        self._checkpoint_pages = checkpoint_pages
        self._checkpoint_due = checkpoint_pages
        self._wal_pages = 0
        self.unindexed = self._count_unindexed()
        connection.set_wal_hook(self._count_wal_pages)

    @property
    def due(self) -> bool:
        return self._wal_pages > self._checkpoint_due or self.unindexed >= INDEX_ROWS

    def after_commit(self) -> None:
        self.unindexed = self._count_unindexed()

    def run(self) -> None:
        """What is due, and a piece of the text index in any case."""
        try:
            if self.unindexed:
                self._index_texts()
            if self._wal_pages > self._checkpoint_due:
                self._checkpoint()
        except apsw.FullError:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            log.error("no room for a checkpoint or the text index: put off")
            self.unindexed = 0
            self._checkpoint_due = self._wal_pages + self._checkpoint_pages

    def finish(self) -> None:
        """The checkpoint that leaves no log behind, unless another process has it open."""
        self._connection.set_busy_timeout(0)
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def _index_texts(self) -> None:
        wait_for_locks(self._connection, PATIENCE_WITH_READERS)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            self.unindexed = 0  # another process writes; the next commit counts again
            return
        most = INDEX_ROWS_BEHIND if self.unindexed > INDEX_ROWS_BEHIND else INDEX_ROWS
        for statement in ("unindex_texts", "index_texts", "unmark_indexed"):
            self._connection.execute(SQL[statement], (most,))
        self._connection.execute("COMMIT")
        self.unindexed = self._count_unindexed()

    def _checkpoint(self) -> None:
        """Moves the log's pages into the database; the log then starts anew, unless a reader still uses it.

        Where searches never pause that may never be the moment, and the log would grow without end: hence the second
        time it waits for the readers that are there. Later ones read the database alone and are not waited for.
        One that reads for long (a backup) is not waited for often: only each time that the log has grown twofold.
        """
        overdue = self._wal_pages > 2 * self._checkpoint_pages
        wait_for_locks(self._connection, PATIENCE_WITH_READERS if overdue else 0.0)
        try:
            mode = apsw.SQLITE_CHECKPOINT_RESTART if overdue else apsw.SQLITE_CHECKPOINT_PASSIVE
            self._connection.wal_checkpoint(mode=mode)
            self._checkpoint_due = self._wal_pages + self._checkpoint_pages
        except (apsw.BusyError, apsw.LockedError):  # another process does it, or reads for long
            self._checkpoint_due = 2 * self._wal_pages

    def _count_unindexed(self) -> int:
        return int(self._connection.execute(SQL["count_unindexed"]).get)

    def _count_wal_pages(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        if pages < self._wal_pages:  # the log started anew
            self._checkpoint_due = self._checkpoint_pages
        self._wal_pages = pages
        return apsw.SQLITE_OK
