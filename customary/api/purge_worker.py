"""Finishes what erasures leave to be done: their traces in the files of the storage. Runs beside the requests."""

import asyncio
import logging

from customary.api.call import Services
from customary.errors import HttpError, StorageFailed

log = logging.getLogger(__name__)

Erased = tuple[int, int, frozenset[str] | None]
"""Store, id, and the texts by which traces are found, where they are known."""

PAUSE_SECONDS = 5.0
"""Before what could not be done is tried again."""


class PurgeWorker:
    """Runs from ``start`` to ``stop``; takes what was erased from ``services.erased``."""

    def __init__(self, services: Services, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._storage = services.storage
        self._queue = services.erased
        self._clock = services.clock
        self._pause_seconds = pause_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Takes up what an earlier process left."""
        for store_id, customer_id in await self._storage.list_unpurged():
            self._queue.put_nowait((store_id, customer_id, None))
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """What is not done is left for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            waiting = [await self._queue.get()]
            while not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            try:
                await self._purge(waiting)
            except StorageFailed:
                return
            except HttpError as error:
                log.warning("traces of erased customers are left for later", extra={"cause": error.message})
                for each in waiting:
                    self._queue.put_nowait(each)
                await asyncio.sleep(self._pause_seconds)
            except Exception:
                log.exception("traces of erased customers could not be purged")

    async def _purge(self, waiting: list[Erased]) -> None:
        """All in one go, as it hardly takes longer, but what another process has done meanwhile."""
        unpurged = set(await self._storage.list_unpurged())
        waiting = [each for each in waiting if each[:2] in unpurged]
        if not waiting:
            return
        traces: set[str] | None = set()
        for _, _, found in waiting:
            traces = None if traces is None or found is None else traces | found
        erased = [(store_id, customer_id) for store_id, customer_id, _ in waiting]
        await self._storage.purge(erased, traces, int(self._clock()))
