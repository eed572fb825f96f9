"""Requests that their clients named, in PostgreSQL: found by key, answered, forgotten after a day."""

from customary.model.change import Origin
from customary.model.keyed_request import KeptAnswer, KeyedRequest
from customary.storage.postgres.batch import Job
from customary.storage.postgres.connections import Connections
from customary.storage.postgres.group_commit import GroupCommit
from customary.storage.postgres.keyed_book import keep_answer
from customary.storage.postgres.sql import SQL
from customary.storage.postgres.transaction import PostgresTransaction
from customary.storage.sqlite.keyed_rows import request_from_rows

NOBODY = Origin(at=0, token_id=0, request_id="")
"""That an answer is kept is no change of the store's."""


class PostgresKeyedRequests:
    """Implements ``customary.storage.protocol.KeyedRequestStorage``."""

    def __init__(self, commits: GroupCommit, connections: Connections) -> None:
        self._commits = commits
        self._connections = connections

    async def find(self, store_id: int, token_id: int, key: str) -> KeyedRequest | None:
        return request_from_rows(await self._connections.rows("find_keyed_request", store_id, token_id, key))

    async def keep_answer(self, store_id: int, request: KeyedRequest, answer: KeptAnswer, kept_since: int) -> None:
        async def step(transaction: PostgresTransaction) -> None:
            await transaction.turn()
            await keep_answer(transaction.overlay, request, answer, kept_since)

        await self._commits.submit(store_id, Job(NOBODY, step))

    async def remove_old(self, created_before: int) -> int:
        async with self._connections.transaction() as connection:
            await connection.execute(SQL["delete_old_keyed_results"], created_before)
            tag = await connection.execute(SQL["delete_old_keyed_requests"], created_before)
        return int(tag.removeprefix("DELETE "))
