"""Takes the last traces of erased customers out of the files of a database: what SQLite itself leaves behind."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from functools import partial

import apsw

from customary.errors import ServiceUnavailable
from customary.storage.sqlite import rows
from customary.storage.sqlite.batch import Batch
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.leftovers import has_leftovers
from customary.storage.sqlite.sql import SQL

CUTS, PAUSE_SECONDS = 20, 0.5
"""How often it is tried to cut off a log that others read, or fold, and how long they are left alone meanwhile."""
MERGED_PAGES = 500
"""Pages of a text index that are merged before others get their turn."""


class Purge:
    """Takes the last traces of erased customers out of the files, in steps between which others get their turn.

    SQLite overwrites what is deleted, but not every copy of it: the text indexes keep pieces until they are merged, the
    write-ahead log keeps pages until it is cut off, and a page that was split may keep bytes where nothing is.
    """

    def __init__(self, commits: GroupCommit, path: str, vfs: str | None) -> None:
        self._commits = commits
        self._path = path
        self._vfs = vfs

    async def clean_index(self, erased: Collection[tuple[int, int]]) -> None:
        await self._commits.submit(partial(_unindex, erased=erased), alone=True)
        for merge in ("merge_texts", "merge_endings"):
            pages = -MERGED_PAGES
            while await self._commits.submit(partial(_merge, merge=merge, pages=pages), alone=True):
                pages = MERGED_PAGES

    async def cut_log(self) -> None:
        """Raises ServiceUnavailable when somebody reads the log for long."""
        for _ in range(CUTS):
            with suppress(ServiceUnavailable):
                return await self._commits.submit_bare(_cut_log)
            await asyncio.sleep(PAUSE_SECONDS)
        return await self._commits.submit_bare(_cut_log)

    def find_leftovers(self, traces: Collection[str]) -> bool:
        """Takes a while: reads the file."""
        return has_leftovers(self._path, self._vfs, traces)

    async def rewrite(self) -> None:
        """The whole file; other writes wait until it is done."""
        await self._commits.submit_bare(_rewrite)
        await self.cut_log()

    async def note(self, erased: Collection[tuple[int, int]], at: int) -> None:
        await self._commits.submit(partial(_note, erased=erased, at=at))


def _unindex(batch: Batch, erased: Collection[tuple[int, int]]) -> None:
    for store_id, customer_id in erased:
        key = rows.customer_key(store_id, customer_id)
        for statement in ("unindex_customer", "unindex_endings_of_customer", "unmark_customer"):
            batch.execute(SQL[statement], (key,))


def _note(batch: Batch, erased: Collection[tuple[int, int]], at: int) -> None:
    for key in erased:
        batch.execute(SQL["set_purged"], (at, *key))


def _merge(batch: Batch, merge: str, pages: int) -> bool:
    """Whether there may be more to do: SQLite says so by the count of its changes."""
    return batch.count_changes(SQL[merge], (pages,)) > 1


def _rewrite(connection: apsw.Connection) -> None:
    connection.execute("VACUUM")
    with suppress(apsw.BusyError, apsw.LockedError):  # at once, before the log is folded beside the writer
        _cut_log(connection)


def _cut_log(connection: apsw.Connection) -> None:
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
