"""Those who wait for changes: how many they may be, and that a server which stops keeps none of them waiting."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from customary.errors import ServiceUnavailable
from customary.storage.protocol import Storage

SHARE_OF_A_STORE = 4
"""One store's readers may take a quarter of all places."""


class FeedReaders:
    """The places for readers that wait, of all stores together and of each store."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._most_of_a_store = max(most // SHARE_OF_A_STORE, 1)
        self._readers: Counter[int] = Counter()
        self._waiting: set[asyncio.Future[bool]] = set()
        self.stopped = False

    def stop(self) -> None:
        """From now on nobody waits."""
        self.stopped = True
        for waiting in self._waiting:
            waiting.cancel()

    @contextmanager
    def place(self, store_id: int) -> Iterator[None]:
        """Raises ServiceUnavailable when all are taken."""
        if self._readers.total() >= self._most or self._readers[store_id] >= self._most_of_a_store:
            raise ServiceUnavailable("Too many readers wait for changes")
        self._readers[store_id] += 1
        try:
            yield
        finally:
            self._readers[store_id] -= 1
            if not self._readers[store_id]:
                del self._readers[store_id]

    async def wait(self, storage: Storage, store_id: int, after: int, seconds: float) -> bool:
        """Until there is a change after that position, which is True, the time is over, or the server stops."""
        if self.stopped:
            return False
        waiting = asyncio.ensure_future(storage.wait_for_change(store_id, after, seconds))
        self._waiting.add(waiting)
        try:
            await asyncio.wait((waiting,))
            return not waiting.cancelled() and waiting.result()
        finally:
            self._waiting.discard(waiting)
            waiting.cancel()
