"""The event loop that everything runs on, uvloop where there is one, and the signals that end it."""

import asyncio
import importlib.util
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

SWITCH_SECONDS = 0.000_03
"""How long another thread waits before the event loop has to let it run. The thread that commits needs the interpreter
for microseconds, and a whole batch of updates waits for it: with Python's 5 ms it would begin when the loop has nothing
left to do."""


def run(work: Coroutine[Any, Any, int]) -> int:
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:  # PyPy and Windows have none
        return None
    import uvloop  # noqa: PLC0415 -- not there on every platform

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def stop_at_signals() -> asyncio.Event:
    """Set at SIGTERM or SIGINT, from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
