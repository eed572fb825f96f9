"""Requests that are carried out once, however often they are sent: what is kept of each, and what is done with it."""

from typing import cast

from customary.errors import AnswerNotKept, IdempotencyKeyReused
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult
from customary.operations.receipts import Outcome, ReceiptStorage
from customary.storage.protocol import Storage, Transaction

KEPT_SECONDS = 86_400
"""For so long the same key gives the same answer."""


async def find_keyed_request(storage: Storage, store_id: int, request: KeyedRequest) -> KeyedRequest | None:
    """The one that was sent before with the same key. Raises IdempotencyKeyReused, AnswerNotKept."""
    known = await storage.keyed_requests.find(store_id, request.token_id, request.key)
    if known is None or known.created < _kept_since(request):
        return None
    if known.fingerprint != request.fingerprint:
        raise IdempotencyKeyReused()
    if known.forgotten:
        raise AnswerNotKept()
    return known


class KeyedStorage(ReceiptStorage):
    """The storage as a keyed request works with it: each write takes its result along, in the same transaction.

    What is ``known`` of an earlier attempt is not written again. A write raises KeyTaken where another process is
    faster.
    """

    def __init__(self, storage: Storage, request: KeyedRequest, known: KeyedRequest | None) -> None:
        results = known.results if known else ()
        super().__init__(storage, {result.number: (result.kind, result.result) for result in results}, self._take_along)
        self._request = request
        self._has_written = bool(results)

    @property
    def storage(self) -> Storage:
        return cast(Storage, self)

    async def keep_answer(self, store_id: int, answer: KeptAnswer) -> None:
        """A request that wrote nothing can as well be carried out again: texts are not kept for it.

        Raises ServiceUnavailable.
        """
        if self._has_written or not answer.texts:
            kept_since = _kept_since(self._request)
            await self._storage.keyed_requests.keep_answer(store_id, self._request, answer, kept_since)

    async def _take_along(self, transaction: Transaction, number: int, outcome: Outcome) -> None:
        kind, result = outcome
        self._has_written = True
        written = KeyedResult(number=number, kind=kind, result=result)
        await transaction.add_keyed_result(self._request, written, _kept_since(self._request))


def _kept_since(request: KeyedRequest) -> int:
    return request.created - KEPT_SECONDS
