"""A request as it arrives and the answer to it. What carries them is in connection.py."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import unquote

from msgspec import Struct

from customary.errors import HttpError, RequestTooLarge

Headers = tuple[tuple[str, str], ...]

CLOSE: Headers = (("connection", "close"),)
JSON_TYPE = ("content-type", "application/json;charset=UTF-8")
LONGEST_LENGTH = 18
"""Digits of an announced length: more than any body has."""
UNREAD_BYTES = 65_536
"""Of a body that nobody has asked for yet, hardly more than this is taken from the network."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``body`` and ``head`` in bytes; the others in seconds.

    ``body_seconds`` and ``head_seconds`` are for the whole of it to arrive, ``idle_seconds`` for the next request of a
    connection, ``write_seconds`` for a client to read what was sent.
    """

    body: int = 1_048_576
    body_seconds: float = 10.0
    head: int = 65_536
    head_seconds: float = 10.0
    idle_seconds: float = 75.0
    write_seconds: float = 30.0


class Answer(Struct, frozen=True):
    """A status, a body and the headers that are not on every answer. With ``stream`` the body is what that yields."""

    body: bytes
    status: int = 200
    headers: Headers = (JSON_TYPE,)
    stream: AsyncIterator[bytes] | None = None

    def adding(self, headers: Headers) -> "Answer":
        """With some headers more."""
        return Answer(self.body, self.status, (*self.headers, *headers), self.stream) if headers else self


_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


def encode_head(answer: Answer, date: str, more: Headers) -> bytes:
    """All that is sent before the body, with some headers more."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in (*answer.headers, *more)])
    without = answer.stream or answer.status == 304  # which would speak of the body that is not sent again
    length = "" if without else f"content-length: {len(answer.body)}\r\n"
    return f"{_STATUS_LINES[answer.status]}date: {date}\r\n{fields}{length}\r\n".encode("latin-1")


class Carrier(Protocol):
    """What a request needs of the connection that it comes on."""

    def expect_body(self, seconds: float) -> None:
        """Goes on reading, and gives up after so many seconds."""

    def stop_reading(self) -> None: ...


class Request:
    """One request. Its body may still be on the way while it is looked at."""

    method = path = query_string = ""
    target = b""
    chunked = True
    """Whether the client knows answers in chunks: not with HTTP/1.0."""
    complete = keep_alive = False
    _size = 0
    _wanted = False
    _waiter: asyncio.Future[None] | None = None
    _failure: HttpError | None = None

    def __init__(self, wire: Carrier, limits: Limits) -> None:
        self._wire = wire
        self._limits = limits
        self._chunks: list[bytes] = []
        self.headers: dict[bytes, bytes] = {}

    def header(self, name: str) -> str | None:
        """The value of a header by its name in small letters; of one that came more than once, joined by commas."""
        value = self.headers.get(name.encode())
        return value.decode("latin-1") if value is not None else None

    @property
    def head_size(self) -> int:
        return len(self.target) + sum(len(name) + len(value) for name, value in self.headers.items())

    @property
    def left_unread(self) -> bool:
        """It has a body, and nobody asked for it."""
        return not self._wanted and (self._size > 0 or not self.complete)

    async def read_body(self) -> bytes:
        """Raises RequestTooLarge as soon as that is known, and RequestTimeout."""
        self._wanted = True
        announced = self.headers.get(b"content-length", b"").lstrip(b"0")
        if len(announced) > LONGEST_LENGTH or int(announced or b"0") > self._limits.body:
            raise self._too_large()
        if not self.complete and self._failure is None:
            self._waiter = asyncio.get_running_loop().create_future()
            self._wire.expect_body(self._limits.body_seconds)
            await self._waiter
        if self._failure is not None:
            raise self._failure
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def take_head(self, method: bytes) -> None:
        """The head is complete."""
        self.method = method.decode("latin-1")
        target = self.target
        if not target.startswith(b"/"):  # http://host/path, as proxies send it
            target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
        path, _, query = target.decode("latin-1").partition("?")
        self.path = unquote(path) if "%" in path else path
        self.query_string = query

    def take(self, chunk: bytes) -> None:
        """A piece of the body. Beyond the limit nothing is kept."""
        self._size += len(chunk)
        if self._failure is not None:
            return
        if self._size > self._limits.body:
            self.fail(self._too_large())
            return
        self._chunks.append(chunk)
        if self._size > UNREAD_BYTES and not self._wanted:
            self._wire.stop_reading()

    def finish(self, *, keep_alive: bool) -> None:
        """The body is complete."""
        self.complete = True
        self.keep_alive = keep_alive
        self._wake()

    def fail(self, failure: HttpError) -> None:
        """The body will not arrive, or will not be taken."""
        if not self.complete and self._failure is None:
            self._failure = failure
            del self._wire  # which holds this request as long as it arrives
            self._chunks.clear()
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _too_large(self) -> RequestTooLarge:
        return RequestTooLarge(f"The request body is larger than {self._limits.body} bytes")


class Handler(Protocol):
    """What answers requests. ``draining``: it takes no new ones."""

    draining: bool

    async def answer(self, request: Request) -> Answer:
        """Never raises, but for being cancelled: that happens to a read whose client is gone."""

    def refuse(self, error: HttpError) -> Answer:
        """The answer to what is no request."""
