"""What is done between batches: folds the write-ahead log into the database, brings the text indexes up to date.

Most of the log is folded beside the writer, by a connection and a thread of its own; the rest, and the text indexes, in
the commit thread. The statements release the interpreter's lock while they work.
"""

import logging
from collections.abc import Callable

import apsw

from customary.storage.sqlite.connection import wait_for_locks
from customary.storage.sqlite.ending_upkeep import EndingUpkeep
from customary.storage.sqlite.sql import SQL

log = logging.getLogger(__name__)

CHECKPOINT_PAGES = 2500
"""Pages in the write-ahead log before a checkpoint: about 10 MiB."""
REST_SHARE = 10
"""Once no more than a tenth of what makes a checkpoint due is left, it is folded while the writer waits: then the log
can begin anew."""
MOST_FOLDS = 4
"""How often the log is folded beside the writer before the rest is, however much that is."""
INDEX_ROWS = 1000
"""Customers that wait for the text indexes before these take them over, and how many they take at a time."""
INDEX_STEPS = ("unindex_texts", "unindex_endings", "index_texts", "index_endings", "unmark_indexed")
INDEX_ROWS_BEHIND = 10_000
"""How many they take when a bulk load has left them far behind."""
PATIENCE_WITH_READERS = 1.0
"""Seconds that a checkpoint which is overdue waits for readers to let go of the log."""


class LogFolder:
    """Moves what stands in the log into the database while others read and write. Not safe before SQLite 3.51.3."""

    def __init__(self, writer: apsw.Connection) -> None:
        self._connection = apsw.Connection(writer.filename, vfs=writer.open_vfs)
        self._connection.pragma("synchronous", "FULL")
        self._connection.pragma("checkpoint_fullfsync", True)
        self._connection.pragma("wal_autocheckpoint", 0)
        self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)

    def run(self) -> int:
        """How many pages of the log are in the database now. Raises apsw.Error."""
        try:
            return self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)[1]
        except (apsw.BusyError, apsw.LockedError):  # another process does it
            return 0

    def close(self) -> None:
        self._connection.close(True)


class Upkeep:
    """Knows what is due. Raises apsw.Error when the storage fails; a full disk only puts the work off."""

    def __init__(self, connection: apsw.Connection, checkpoint_pages: int = CHECKPOINT_PAGES) -> None:
        self._connection = connection
        self._checkpoint_pages = checkpoint_pages
        self._checkpoint_due = checkpoint_pages
        self._wal_pages = 0
        self._folds = 0
        self._rest_due = False
        self.unindexed = self._count_unindexed()
        self._endings = EndingUpkeep(connection)
        self._put_off = False

    @property
    def due(self) -> bool:
        return self._rest_due or self.unindexed >= INDEX_ROWS or (self._endings.filling and not self._put_off)

    @property
    def behind(self) -> bool:
        """A text index has something to take over, or to merge."""
        return not self._put_off and (self.unindexed > 0 or self._endings.filling or self._endings.scattered)

    @property
    def log_is_long(self) -> bool:
        """It is time to fold it, beside the writer."""
        return self._wal_pages > self._checkpoint_due and not self._rest_due

    def note_fold(self, folded: int) -> None:
        """So many pages of the log are in the database; writers have gone on meanwhile."""
        self._folds += 1
        if self._wal_pages - folded <= self._checkpoint_pages // REST_SHARE or self._folds >= MOST_FOLDS:
            self._rest_due = True

    def after_commit(self) -> apsw.Error | None:
        """Looks what is due now: takes two microseconds, and is left for the next time when another process is in the
        way. What it returns is as final as a failed commit."""
        try:
            self.unindexed = self._count_unindexed()
            self._put_off = False
            self._count_wal_pages()
        except (apsw.BusyError, apsw.LockedError):
            return None
        except apsw.Error as error:
            return error
        return None

    def run(self) -> None:
        """What is due, and a piece of the text indexes in any case."""
        try:
            if self.unindexed:
                self._bring_up(self._index_texts)
            elif self._endings.filling:
                self._bring_up(self._endings.fill_some)
            elif self._endings.scattered:
                self._bring_up(self._endings.merge_some)
            if self._rest_due:
                self._checkpoint()
        except apsw.FullError:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            log.error("no room for a checkpoint or the text indexes: put off")
            self._put_off_indexes()
            self.put_off_checkpoint()

    def put_off_checkpoint(self) -> None:
        self._rest_due, self._folds = False, 0
        self._checkpoint_due = self._wal_pages + self._checkpoint_pages

    def finish(self) -> None:
        """The checkpoint that leaves no log behind, unless another process has it open."""
        self._connection.set_busy_timeout(0)
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def _bring_up(self, piece: Callable[[], None]) -> None:
        """A piece of an index, in a transaction of its own."""
        wait_for_locks(self._connection, PATIENCE_WITH_READERS)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            self._put_off_indexes()  # another process writes
            return
        piece()
        self._connection.execute("COMMIT")
        self.unindexed = self._count_unindexed()
        self._count_wal_pages()

    def _put_off_indexes(self) -> None:
        """Until the next commit, which counts again."""
        self.unindexed, self._put_off = 0, True

    def _index_texts(self) -> None:
        most = INDEX_ROWS_BEHIND if self.unindexed > INDEX_ROWS_BEHIND else INDEX_ROWS
        for statement in INDEX_STEPS:
            self._connection.execute(SQL[statement], (most,))
        self._endings.note_more()

    def _checkpoint(self) -> None:
        """Moves the log's pages into the database; the log then starts anew, unless a reader still uses it.

        Where searches never pause that may never be the moment, and the log would grow without end: hence the second
        time it waits for the readers that are there. Later ones read the database alone and are not waited for.
        One that reads for long (a backup) is not waited for often: only each time that the log has grown twofold.
        """
        overdue = self._wal_pages > 3 * self._checkpoint_pages
        wait_for_locks(self._connection, PATIENCE_WITH_READERS if overdue else 0.0)
        try:
            mode = apsw.SQLITE_CHECKPOINT_RESTART if overdue else apsw.SQLITE_CHECKPOINT_PASSIVE
            self._connection.wal_checkpoint(mode=mode)
            self.put_off_checkpoint()
        except (apsw.BusyError, apsw.LockedError):  # another process does it, or reads for long
            self.put_off_checkpoint()
            self._checkpoint_due = 2 * self._wal_pages

    def _count_unindexed(self) -> int:
        return int(self._connection.execute(SQL["count_unindexed"]).get)

    def _count_wal_pages(self) -> None:
        try:
            pages, _ = self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
        except (apsw.BusyError, apsw.LockedError):  # another process changes the log at this instant
            return
        if pages < self._wal_pages:  # the log started anew
            self._checkpoint_due = self._checkpoint_pages
        self._wal_pages = pages
