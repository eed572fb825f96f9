"""The feed of changes in SQLite: a page from one moment, and who waits for the next change."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import apsw
from msgspec import json

from customary.errors import ServiceUnavailable
from customary.model.change import Change
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedItem, FeedPage, State
from customary.storage.sqlite import rows
from customary.storage.sqlite.sql import SQL


def read_feed(connection: apsw.Connection, store_id: int, after: int, limit: int) -> FeedPage:
    """The connection must see one moment."""
    counted: Any = connection.execute(SQL["count_customers"], (store_id,)).fetchone()
    last = counted[1] if counted else 0
    found: Any = connection.execute(SQL["list_feed"], (store_id, after, limit)).fetchall()
    if not found:
        return FeedPage(items=(), last=last)
    groups: Any = connection.execute(SQL["list_group_versions"], (store_id,)).fetchall()
    extrafields: Any = connection.execute(SQL["list_extrafield_versions"], (store_id,)).fetchall()
    states: dict[int, State] = {row[0]: rows.group_from_row(row[1:]) for row in groups}
    states |= {row[0]: rows.extrafield_from_row(row[1:]) for row in extrafields}
    if any(row[1] == "store" for row in found):
        version: int = connection.execute(SQL["newest_store_change"], (store_id,)).get
        states[version] = rows.store_from_row(connection.execute(SQL["get_store"], (store_id,)).get)
    return FeedPage(
        items=tuple([_item(connection, store_id, row, states) for row in found]),
        last=last,
        groups=tuple(rows.group_from_row(row[1:]) for row in groups),
        extrafields=tuple(rows.extrafield_from_row(row[1:]) for row in extrafields),
    )


def _item(connection: apsw.Connection, store_id: int, row: rows.Row, states: dict[int, State]) -> FeedItem:
    *columns, document = row
    change = rows.change_from_row((*columns, None))
    if document is not None:
        return FeedItem(change=change, state=rows.decode_customer(document))
    key = _deleted_key(connection, store_id, change) if _is_gone(change) else ""
    return FeedItem(change=change, state=states.get(change.seq), key=key)


def _is_gone(change: Change) -> bool:
    return change.entity == "extrafield" and change.kind == "deleted"


def _deleted_key(connection: apsw.Connection, store_id: int, change: Change) -> str:
    before: str | None = connection.execute(SQL["get_replaced_state"], (store_id, change.seq)).get
    return json.decode(before, type=Extrafield).key if before else ""


POLL_SECONDS = 0.25
"""How often it is looked, while somebody waits, whether another process has made a change."""


class Waiters:
    """Those who wait for the next change of a store. Costs a commit one look at a set while nobody waits.

    A commit of this process wakes them at once; one of another is found by looking.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, dict[asyncio.Future[None], Callable[[], bool]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def wake(self, store_ids: Iterable[int]) -> None:
        """After a commit that changed something in these stores."""
        for store_id in store_ids:
            for waiter in self._waiting.pop(store_id, ()):
                if not waiter.done():
                    waiter.set_result(None)

    def wake_all(self) -> None:
        self.wake(list(self._waiting))

    async def wait(self, store_id: int, is_there: Callable[[], bool], seconds: float) -> bool:
        """Until that is so, after a change of the store; no longer than ``seconds``. ``is_there`` reads at once."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not (there := is_there()) and (left := until - loop.time()) > 0:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.setdefault(store_id, {})[waiter] = is_there
            self._plan_to_look()
            try:
                await asyncio.wait((waiter,), timeout=left)
            finally:
                self._forget(store_id, waiter)
        return there

    def _plan_to_look(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(POLL_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        for waiter, is_there in [each for waiting in self._waiting.values() for each in waiting.items()]:
            if not waiter.done() and _is_over(is_there):
                waiter.set_result(None)
        if self._waiting:
            self._plan_to_look()

    def _forget(self, store_id: int, waiter: "asyncio.Future[None]") -> None:
        waiter.cancel()
        waiting = self._waiting.get(store_id)
        if waiting is not None:
            waiting.pop(waiter, None)
            if not waiting:
                del self._waiting[store_id]


def _is_over(is_there: Callable[[], bool]) -> bool:
    """Also when it can't be read: then the one who waits is to find out."""
    try:
        return is_there()
    except ServiceUnavailable:
        return True
