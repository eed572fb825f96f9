"""The feed of a store's changes: page by page, waiting for the next change where there is none yet."""

from customary.api.call import Call
from customary.api.event_stream import EVENT_STREAM, came_to, show_changes, stream_changes
from customary.network.message import Answer
from customary.operations.feed import read_feed
from customary.rules.parameters import MOST_INT64, limit_parameter, number_parameter

MOST_ITEMS = 1000
USUAL_ITEMS = 100
MOST_SECONDS = 60


async def list_changes(call: Call) -> Answer:
    query = call.query
    after = number_parameter(query, "after", 0, 0, MOST_INT64)
    limit = limit_parameter(query, MOST_ITEMS) if query.get("limit") else USUAL_ITEMS
    seconds = number_parameter(query, "wait", 0, 0, MOST_SECONDS)
    last_event = came_to(call, after)
    if EVENT_STREAM in (call.header("accept") or ""):
        return await stream_changes(call, last_event)
    page = await read_feed(call.storage, call.store_id, after, limit)
    if not page.items and seconds:
        readers = call.services.feed_readers
        with readers.place(call.store_id):
            await readers.wait(call.storage, call.store_id, after, seconds)
        page = await read_feed(call.storage, call.store_id, after, limit)
    items = await show_changes(call, page)
    position = items[-1].seq if items else after
    return call.answer({"count": len(items), "limit": limit, "items": items, "after": position, "last": page.last})
