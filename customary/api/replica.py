"""Reads that a replica may answer: searches and lists, of clients that prefer it. It may be a little behind."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from functools import wraps

from msgspec.structs import replace

from customary.api.call import Call
from customary.errors import RequestError
from customary.network.message import Answer

log = logging.getLogger(__name__)

Handler = Callable[[Call], Awaitable[Answer]]


def may_lag(handler: Handler) -> Handler:
    """The handler, on the replica where there is one and the client prefers it; where that fails, on the primary.

    The token is checked on the primary before.
    """

    @wraps(handler)
    async def answer(call: Call) -> Answer:
        replica = call.services.replica
        if replica is None or not replica.ready or not call.prefers("replica"):
            return await handler(call)
        lagging = replace(call, services=dataclasses.replace(call.services, storage=replica))
        lagging.wants("replica")
        try:
            return await handler(lagging)
        except RequestError:
            raise
        except Exception as error:  # away, behind in its schema, or what the primary cleans up is in the way
            log.warning("the replica can't answer", extra={"requestId": call.request_id, "cause": type(error).__name__})
            return await handler(call)

    return answer
