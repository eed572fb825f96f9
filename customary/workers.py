"""Several processes that answer on one address and work on one database: the parent that starts and watches them.

The parent itself answers nothing. Each worker is a fresh process (worker.py) that inherits a listening socket of its
own and the lock on the database; it ends when its parent does, however that ends.
"""

import asyncio
import logging
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Any

from msgspec import json

from customary.claim import Claim, claim
from customary.event_loop import stop_at_signals
from customary.settings import Settings

log = logging.getLogger(__name__)

MOST_RESTARTS = 5
RESTART_SECONDS = 60.0
"""No more workers than that are started again within this time: then all end, and who started the server is to know."""


async def serve(settings: Settings, announce: Callable[[Claim], None]) -> int:
    """Serves until SIGTERM or SIGINT and returns the exit code: 0 once all have drained and ended, else 1 or that of
    the worker that could not start. ``announce`` is called once all answer.

    Raises OperatorError when the address or the database can't be had.
    """
    stop = stop_at_signals()
    with claim(settings) as claimed, TemporaryFile() as turn:
        workers = Workers(claimed, turn.fileno())
        try:
            return await _unless(stop, workers.run(lambda: announce(claimed)))
        finally:
            await workers.end()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, int]) -> int:
    """The outcome of the work; 0 when the stop comes first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.wait((working,))
    return 0


class NotStarted(Exception):
    """A worker ended before it was ready, and has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Workers:
    """The processes, from 1 to as many as are to be."""

    def __init__(self, claimed: Claim, turn: int) -> None:
        """``turn`` is the descriptor of an empty file."""
        self._claimed = claimed
        self._turn = turn
        self._processes: dict[int, Process] = {}
        self._deaths: deque[float] = deque(maxlen=MOST_RESTARTS + 1)

    async def run(self, ready: Callable[[], None]) -> int:
        """Until they can't be kept running: the exit code."""
        numbers = range(1, self._claimed.settings.workers + 1)
        try:
            await self._start(1)  # alone: it makes and migrates the database, or says why it can't
            await asyncio.gather(*(self._start(number) for number in numbers[1:]))
        except NotStarted as error:
            return error.code if error.code > 0 else 1
        ready()
        keeping = [asyncio.create_task(self._keep(number)) for number in numbers]
        try:
            await asyncio.wait(keeping, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in keeping:
                each.cancel()
        return 1

    async def end(self) -> None:
        """Has all finish what they are answering, and waits for it."""
        for each in self._claimed.sockets:  # when a worker closes its own, connections go to the others
            each.close()
        for process in self._processes.values():
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(process.wait() for process in self._processes.values()))

    async def _start(self, number: int) -> None:
        """Returns once it answers. Raises NotStarted."""
        claimed = self._claimed
        named = [claimed.sockets[number - 1].fileno(), self._turn]
        held = [] if claimed.lock is None else [claimed.lock]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "customary.worker", str(number), *map(str, named)),
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=[*named, *held],
        )
        self._processes[number] = process
        if process.stdin and process.stdout:  # always; the types don't know
            with suppress(RuntimeError, OSError):  # it has ended: uvloop raises one, asyncio the other
                process.stdin.write(json.encode(claimed.settings, enc_hook=str) + b"\n")
            if not await process.stdout.readline():
                raise NotStarted(await process.wait())

    async def _keep(self, number: int) -> None:
        """Starts it again whenever it ends, but not for ever."""
        while True:
            code = await self._processes[number].wait()
            self._deaths.append(time.monotonic())
            if len(self._deaths) > MOST_RESTARTS and self._deaths[-1] - self._deaths[0] < RESTART_SECONDS:
                log.critical("workers end again and again", extra={"worker": number, "exitCode": code})
                return
            log.error("a worker ended and is started again", extra={"worker": number, "exitCode": code})
            with suppress(NotStarted):
                await self._start(number)
