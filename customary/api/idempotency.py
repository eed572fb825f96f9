"""Carries out a request with an ``Idempotency-Key`` once: whoever sends it again is answered as the first time."""

import asyncio
import logging
from dataclasses import replace
from weakref import WeakValueDictionary

from customary.api.call import Call, Services
from customary.api.router import Route
from customary.errors import KeyTaken, RequestError, ServiceUnavailable
from customary.model.keyed_request import KeptAnswer, KeyedRequest
from customary.network.message import JSON_TYPE, Answer
from customary.operations.keyed_requests import KeyedStorage, find_keyed_request
from customary.rules.idempotency import fingerprint, holds_texts, read_key

log = logging.getLogger(__name__)

REPLAYED = ("idempotency-replayed", "true")


class Idempotency:
    """Requests with the same key that come at the same time wait for each other."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[tuple[int, int, str], asyncio.Lock] = WeakValueDictionary()

    async def answer(self, call: Call, route: Route, key_header: str) -> Answer:
        """Raises WrongParameter, IdempotencyKeyReused, AnswerNotKept.

        Also what the handler raises: then nothing was written, and the key is free.
        """
        if call.token is None:
            return await route.handler(call)
        request = KeyedRequest(
            token_id=call.token.id,
            key=read_key(key_header),
            fingerprint=fingerprint(call.method, route.template.format(**call.parameters), call.query, call.body),
            created=call.origin.at,
        )
        services = call.services
        async with self._turns.setdefault((call.store_id, request.token_id, request.key), asyncio.Lock()):
            try:
                return await _answer_once(call, services, route, request)
            except KeyTaken:  # another process was faster: its answer is there, or what it takes to make it
                try:
                    return await _answer_once(call, services, route, request)
                except KeyTaken:
                    raise ServiceUnavailable("The same request is carried out by another server") from None


async def _answer_once(call: Call, services: Services, route: Route, request: KeyedRequest) -> Answer:
    """A request whose write was done, but whose answer was lost, is run again with the result of the write."""
    known = await find_keyed_request(services.storage, call.store_id, request)
    if known is not None and known.answer is not None:
        return Answer(known.answer.body, known.answer.status, (JSON_TYPE, *known.answer.headers, REPLAYED))
    keyed = KeyedStorage(services.storage, request, known)
    call.services = replace(services, storage=keyed.storage)
    try:
        answer = await route.handler(call)
    except RequestError:
        if known is None and await find_keyed_request(services.storage, call.store_id, request) is not None:
            raise KeyTaken() from None  # it was refused for what its twin has done on another server
        raise
    try:
        await keyed.keep_answer(call.store_id, _kept(answer))
    except ServiceUnavailable:  # what it takes to make it again is kept
        log.warning("the answer to a keyed request could not be kept", extra={"storeId": call.store_id})
    return answer


def _kept(answer: Answer) -> KeptAnswer:
    headers = tuple(header for header in answer.headers if header != JSON_TYPE)
    return KeptAnswer(status=answer.status, headers=headers, body=answer.body, texts=holds_texts(answer.body))
