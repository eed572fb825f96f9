"""Forgets the history that is older than it may become, once an hour beside the requests."""

import asyncio
import logging

from customary.api.call import Services
from customary.errors import HttpError
from customary.operations.retention import prune_history

log = logging.getLogger(__name__)

PAUSE_SECONDS = 3600.0


class RetentionWorker:
    """Runs from ``start`` to ``stop``; with 0 days the history is for ever and nothing is done."""

    def __init__(self, services: Services, days: int, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._storage = services.storage
        self._clock = services.clock
        self._days = days
        self._pause_seconds = pause_seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._days:
            self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """What is not done is left for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            try:
                count = await prune_history(self._storage, self._days, int(self._clock()))
                if count:
                    log.info("old history was forgotten", extra={"changes": count})
            except HttpError as error:
                log.warning("old history could not be forgotten", extra={"cause": error.message})
            except Exception:
                log.exception("old history could not be forgotten")
            await asyncio.sleep(self._pause_seconds)
