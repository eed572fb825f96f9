"""Requests that their clients named, in SQLite: found by key, answered, forgotten after a day."""

from collections.abc import Callable
from typing import Any

from customary.model.keyed_request import KeptAnswer, KeyedRequest
from customary.storage.sqlite.batch import Batch
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.keyed_book import KeyedRequestBook
from customary.storage.sqlite.keyed_rows import request_from_rows
from customary.storage.sqlite.sql import SQL

REMOVED_AT_ONCE = 1000


class SqliteKeyedRequests:
    """Implements ``customary.storage.protocol.KeyedRequestStorage``. ``rows`` runs a look-up by key at once."""

    def __init__(self, commits: GroupCommit, rows: Callable[..., list[tuple[Any, ...]]]) -> None:
        self._commits = commits
        self._rows = rows

    async def find(self, store_id: int, token_id: int, key: str) -> KeyedRequest | None:
        return request_from_rows(self._rows("find_keyed_request", store_id, token_id, key))

    async def keep_answer(self, store_id: int, request: KeyedRequest, answer: KeptAnswer, kept_since: int) -> None:
        def step(batch: Batch) -> None:
            KeyedRequestBook(batch.execute, store_id).keep_answer(request, answer, kept_since)

        await self._commits.submit(step)

    async def remove_old(self, created_before: int) -> int:
        count = 0
        while removed := await self._commits.submit(lambda batch: _remove_some(batch, created_before), alone=True):
            count += removed
        return count


def _remove_some(batch: Batch, created_before: int) -> int:
    for statement in ("delete_old_keyed_results", "delete_old_keyed_requests"):
        batch.execute(SQL[statement], (created_before, REMOVED_AT_ONCE))
    return int(batch.execute(SQL["count_deleted_rows"], ())[0])
