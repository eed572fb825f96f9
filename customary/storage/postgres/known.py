"""What this server knows of stores since its own last write to each, so that the next one need not read it again.

It is proved at the write: whoever writes to a store writes its row, and the mark of that row is another one then.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import NamedTuple

from customary.storage.postgres.counters import StoreCounters
from customary.storage.postgres.overlay import Held

SECONDS = 60.0
"""How long a mark is trusted: it is a number of 32 bits, and no database gets through all of them in a minute."""
SHARED_SECONDS = 1.0
"""How long a store is locked before it is read after another server was found to write to it as well."""
MOST = 10_000


class State(NamedTuple):
    """What a group of works can start from without having read it: the store after the group before."""

    counters: StoreCounters
    ahead: Mapping[int, Held] = {}
    """Customers as that group leaves them: who reads them while it is still being written may be too early."""

    def mine(self) -> StoreCounters:
        """Counters to go on with."""
        return replace(self.counters, latest={})


class KnownStores:
    """Of one server. ``useful``: rows of stores have marks, and a statement is a transaction."""

    def __init__(self, *, useful: bool) -> None:
        self.useful = useful
        self._known: dict[int, tuple[StoreCounters, str, float]] = {}
        self._shared_until: dict[int, float] = {}

    def get(self, store_id: int) -> tuple[State, str] | tuple[None, None]:
        """The state and its mark."""
        counters, mark, since = self._known.get(store_id, (None, "", 0.0))
        if counters is None or since < monotonic() - SECONDS:
            return None, None
        return State(counters), mark

    def keep(self, store_id: int, counters: StoreCounters, mark: str) -> None:
        if self._shared_until.get(store_id, 0.0) > monotonic():
            return
        if max(len(self._known), len(self._shared_until)) >= MOST:
            self._known.clear()
            self._shared_until.clear()
        self._known[store_id] = (counters, mark, monotonic())

    def forget(self, store_id: int) -> None:
        self._known.pop(store_id, None)

    def note_other_server(self, store_id: int) -> None:
        self.forget(store_id)
        self._shared_until[store_id] = monotonic() + SHARED_SECONDS
