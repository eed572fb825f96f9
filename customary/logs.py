"""How the server logs: one line an event, as JSON or as text, without secrets and without personal data.

Access lines are gathered and written a few times a second, so that a slow terminal never holds up a request.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct, json

_FLUSH_SECONDS = 0.2
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
    """Buffers the lines of answered requests; ``flush`` writes what is left."""

    def __init__(self, log_format: Literal["text", "json"]) -> None:
        self._json = log_format == "json"
        self._lines: list[bytes] = []

    def add(self, line: AccessLine) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        self._lines.append(_encode(line) if self._json else _access_text(line))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.buffer.write(b"\n".join(lines) + b"\n")
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
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def now_text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _access_text(line: AccessLine) -> bytes:
    text = f"{line.time} {line.status} {line.method} {line.route} {line.duration} ms {line.request_id}"
    return text.encode()
