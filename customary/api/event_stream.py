"""The feed of changes as Server-Sent Events: the answer never ends, and each change is sent as it is made.

See https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

from collections.abc import AsyncIterator
from time import monotonic

from msgspec import json

from customary.api.call import Call
from customary.errors import HttpError
from customary.model.feed import FeedPage
from customary.network.message import Answer
from customary.operations.feed import may_still_read, read_feed
from customary.operations.history import tokens_by_id
from customary.rules.feed import FeedItemAnswer, answer_feed
from customary.rules.parameters import MOST_INT64, number_parameter

EVENT_STREAM = "text/event-stream"
HEADERS = (("content-type", EVENT_STREAM), ("cache-control", "no-store"), ("x-accel-buffering", "no"))
"""The last one keeps nginx from holding events back."""
ITEMS_AT_ONCE = 100
SILENT_SECONDS = 15.0
"""After which a comment is sent, so that nobody in between takes the connection for dead."""
CHECK_SECONDS = 1.0
"""How often it is asked whether the reader may still read."""
RETRY = b"retry: 3000\n\n"
"""Milliseconds before a client that lost the connection comes back."""
SIGN_OF_LIFE = b": nothing new\n\n"

_encode = json.Encoder().encode


def came_to(call: Call, after: int) -> int:
    """The position in ``Last-Event-ID``, where a client that comes back says how far it came. Raises WrongParameter."""
    sent = {"Last-Event-ID": call.header("last-event-id") or ""}
    return number_parameter(sent, "Last-Event-ID", after, 0, MOST_INT64)


async def stream_changes(call: Call, after: int) -> Answer:
    """Raises PositionNotReached, ServiceUnavailable."""
    await read_feed(call.storage, call.store_id, after, 1)
    with call.services.feed_readers.place(call.store_id):
        pass  # there is room; the stream takes it when it begins
    return Answer(b"", headers=HEADERS, stream=_events(call, after))


async def show_changes(call: Call, page: FeedPage) -> list[FeedItemAnswer]:
    tokens = await tokens_by_id(call.storage, call.store_id) if page.items else {}
    return list(answer_feed(page, tokens, call.token.scopes if call.token else ()))


async def _events(call: Call, after: int) -> AsyncIterator[bytes]:
    """Ends when the server stops, when the token is taken back, and when the storage can't be read."""
    readers = call.services.feed_readers
    try:
        with readers.place(call.store_id):
            yield RETRY
            spoken = checked = monotonic()
            while not readers.stopped:
                if await readers.wait(call.storage, call.store_id, after, CHECK_SECONDS):
                    page = await read_feed(call.storage, call.store_id, after, ITEMS_AT_ONCE)
                    items = await show_changes(call, page)
                    yield b"".join([_event(item) for item in items])
                    after, spoken = items[-1].seq, monotonic()
                elif monotonic() - spoken >= SILENT_SECONDS:
                    yield SIGN_OF_LIFE
                    spoken = monotonic()
                if monotonic() - checked >= CHECK_SECONDS:
                    checked = monotonic()
                    if call.token is None or not await may_still_read(call.storage, call.token, "read_customers"):
                        return
    except HttpError:
        return  # the client comes back and is told


def _event(item: FeedItemAnswer) -> bytes:
    """JSON has no line feed in it."""
    return b"id: %d\nevent: change\ndata: %b\n\n" % (item.seq, _encode(item))
