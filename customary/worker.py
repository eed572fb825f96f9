"""One of several processes that answer together: ``python -m customary.worker``, as workers.py starts it."""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

from msgspec import json

from customary.app import Part, answer_until
from customary.errors import CustomaryError
from customary.event_loop import run, stop_at_signals
from customary.logs import set_up_logging
from customary.settings import Settings

SETTINGS = 0
"""Where a line with the settings comes from. Its end is the end of the parent."""
READY = 1
"""Where a line tells the parent that this process answers."""


def main(number: str, listening: str, turn: str) -> int:
    """Which worker this is, and the descriptors of what it inherited."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent passes it on
    with open(SETTINGS, "rb", closefd=False) as lines:
        line = lines.readline()
    if not line:
        return 0
    settings = json.decode(line, type=Settings, dec_hook=_from_text)
    set_up_logging(settings.log_format, settings.log_level)
    try:
        return run(_answer(settings, socket.socket(fileno=int(listening)), Part(int(number), int(turn))))
    except CustomaryError as error:
        sys.stderr.write(f"customary: {error}\n")
        return 2


async def _answer(settings: Settings, listening: socket.socket, part: Part) -> int:
    stop = stop_at_signals()
    loop = asyncio.get_running_loop()

    def lose_parent() -> None:
        loop.remove_reader(SETTINGS)
        stop.set()

    loop.add_reader(SETTINGS, lose_parent)
    await answer_until(stop, settings, listening, lambda: os.write(READY, b"ready\n"), part)
    return 0


def _from_text(kind: type, value: Any) -> Any:
    return kind(value)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
