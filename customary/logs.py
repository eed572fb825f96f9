"""How the server logs: one line an event, as JSON or as text, without secrets and without personal data.

All is written by threads, access lines a few times a second, so that a slow terminal never holds up a request.
"""

import asyncio
import logging
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from queue import Full, Queue, SimpleQueue
from typing import Any, Literal

from msgspec import Struct, json

FLUSH_SECONDS = 0.2
CLOSE_SECONDS = 1.0
MOST_LINES = 50_000
"""Access lines kept while the last ones can't be written."""
MOST_EVENTS = 1000
"""The same of events."""
WHOLE_BYTES = 512 if not hasattr(select, "PIPE_BUF") else select.PIPE_BUF
log = logging.getLogger(__name__)
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}
_encode = json.Encoder().encode


class AccessLine(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One answered request. ``route`` is the template of the path, ``duration`` in milliseconds."""

    time: str
    request_id: str
    method: str
    route: str
    status: int
    duration: float
    store_id: int = 0
    token_id: int = 0


class AccessLog:
    """Buffers the lines of answered requests and writes them in a thread of its own.

    While nobody reads what it writes (a full pipe), lines are kept up to a limit, then counted and dropped.
    ``shared``: other processes write to the same place.
    """

    def __init__(self, log_format: Literal["text", "json"], *, shared: bool = False) -> None:
        self._json = log_format == "json"
        self._shared = shared
        self._lines: list[bytes] = []
        self._dropped = 0
        self._unwritten = 0
        """Lines that were lost since the last ones that could be written."""
        self._written = threading.Event()
        self._written.set()
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="customary-access-log", daemon=True)
        self._thread.start()

    def add(self, line: AccessLine) -> None:
        if len(self._lines) >= MOST_LINES:
            self._dropped += 1
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)
        self._lines.append(_encode(line) if self._json else _access_text(line))

    def close(self) -> None:
        """Writes what is left, but does not wait long for somebody to read it."""
        if self._lines:
            self._queue.put(b"\n".join(self._lines) + b"\n")
        self._queue.put(None)
        self._thread.join(timeout=CLOSE_SECONDS)

    def _flush(self) -> None:
        if not self._written.is_set():
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)
        elif self._lines:
            self._written.clear()
            self._queue.put(b"\n".join(self._lines) + b"\n")
            self._lines = []
            if self._dropped:
                log.warning("access lines were dropped", extra={"lines": self._dropped})
                self._dropped = 0

    def _write(self) -> None:
        while (lines := self._queue.get()) is not None:
            try:
                for piece in _pieces(lines) if self._shared else (lines,):
                    sys.stderr.buffer.write(piece)
                    sys.stderr.buffer.flush()
            except OSError:  # no room, or nobody is there to read: later there may be again
                self._unwritten += lines.count(b"\n")
            else:
                if self._unwritten:
                    log.warning("access lines could not be written", extra={"lines": self._unwritten})
                    self._unwritten = 0
            self._written.set()


class EventLog(logging.Handler):
    """Writes events in a thread of its own: the event loop must not wait until somebody reads them.

    While nobody does, a limited number is kept.
    """

    def __init__(self) -> None:
        super().__init__()
        self._queue: Queue[bytes | None] = Queue(MOST_EVENTS)
        self._thread = threading.Thread(target=self._write, name="customary-event-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Full):
            self._queue.put_nowait(self.format(record).encode(errors="backslashreplace") + b"\n")

    def close(self) -> None:
        """Logging calls it at the end of the process. Writes what is left, but does not wait long for a reader."""
        with suppress(Full):
            self._queue.put_nowait(None)
        self._thread.join(timeout=CLOSE_SECONDS)
        super().close()

    def _write(self) -> None:
        while (event := self._queue.get()) is not None:
            with suppress(OSError):  # no room, or nobody is there to read
                sys.stderr.buffer.write(event)
                sys.stderr.buffer.flush()


class JsonFormatter(logging.Formatter):
    """A log record as one JSON object; ``extra`` becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": now_text(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        event |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.encode(event, enc_hook=str).decode()


def set_up_logging(log_format: Literal["text", "json"], level: str) -> None:
    """Sends everything to standard error in one shape."""
    handler = EventLog()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def now_text(at: float) -> str:
    """``2026-06-04T21:15:10.123+00:00``."""
    second = int(at)
    return f"{_second_text(second)}.{int((at - second) * 1000):03}+00:00"


@lru_cache(16)
def _second_text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _access_text(line: AccessLine) -> bytes:
    text = f"{line.time} {line.status} {line.method} {line.route} {line.duration} ms {line.request_id}"
    return text.encode()


def _pieces(lines: bytes) -> Iterator[bytes]:
    """Whole lines, as many as a pipe takes without the lines of another process in between."""
    start = 0
    while len(lines) - start > WHOLE_BYTES:
        end = lines.rfind(b"\n", start, start + WHOLE_BYTES) + 1 or lines.index(b"\n", start) + 1
        yield lines[start:end]
        start = end
    yield lines[start:]
