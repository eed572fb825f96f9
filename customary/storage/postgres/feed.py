"""The feed of changes in PostgreSQL: a page from one moment, and who waits for the next change."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import json

from customary.model.change import Change
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedItem, FeedPage, State
from customary.storage.postgres.asking import read
from customary.storage.sqlite import rows

POLL_SECONDS = 1.0
"""How often it is asked whether another server has made a change: a pooler would not pass a notification on."""


async def read_feed(store_id: int, after: int, limit: int) -> FeedPage:
    counted = await read("count_customers", store_id)
    last = counted[0][1] if counted else 0
    found = [tuple(row) for row in await read("list_feed", store_id, after, limit)]
    if not found:
        return FeedPage(items=(), last=last)
    groups = [tuple(row) for row in await read("list_group_versions", store_id)]
    extrafields = [tuple(row) for row in await read("list_extrafield_versions", store_id)]
    states: dict[int, State] = {row[0]: rows.group_from_row(row[1:]) for row in groups}
    states |= {row[0]: rows.extrafield_from_row(row[1:]) for row in extrafields}
    if any(row[1] == "store" for row in found):
        ((version,),) = await read("newest_store_change", store_id, store_id)
        states[version] = rows.store_from_row(tuple((await read("get_store", store_id))[0]))
    keys = await _deleted_keys(store_id, found)
    return FeedPage(
        items=tuple([_item(row, states, keys) for row in found]),
        last=last,
        groups=tuple(rows.group_from_row(row[1:]) for row in groups),
        extrafields=tuple(rows.extrafield_from_row(row[1:]) for row in extrafields),
    )


def _item(row: rows.Row, states: dict[int, State], keys: dict[int, str]) -> FeedItem:
    *columns, document = row
    change: Change = rows.change_from_row((*columns, None))
    if document is not None:
        return FeedItem(change=change, state=rows.decode_customer(document))
    return FeedItem(change=change, state=states.get(change.seq), key=keys.get(change.seq, ""))


async def _deleted_keys(store_id: int, found: list[rows.Row]) -> dict[int, str]:
    """Position → key of the extra fields that are gone."""
    gone = [row[0] for row in found if row[1] == "extrafield" and row[3] == "deleted"]
    if not gone:
        return {}
    replaced = await read("get_replaced_states", store_id, gone)
    return {seq: json.decode(before, type=Extrafield).key for seq, before in replaced if before}


class Waiters:
    """Those who wait for the next change of a store. One of this server's wakes them at once."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}

    def wake(self, store_id: int) -> None:
        for waiter in self._waiting.pop(store_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, store_id: int, is_there: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Until that is so, or the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.setdefault(store_id, set()).add(waiter)
            try:
                left = until - loop.time()
                if (there := await is_there()) or left <= 0:
                    return there
                await asyncio.wait((waiter,), timeout=min(left, POLL_SECONDS))
            finally:
                self._forget(store_id, waiter)

    def _forget(self, store_id: int, waiter: "asyncio.Future[Any]") -> None:
        waiter.cancel()
        waiting = self._waiting.get(store_id)
        if waiting is not None:
            waiting.discard(waiter)
            if not waiting:
                del self._waiting[store_id]
