"""One connection of a client: parses what comes in, has requests answered one after the other, writes the answers.

Everything happens on the event loop's thread: a hand-over to another thread costs more than a request takes.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from math import inf
from typing import TYPE_CHECKING

import httptools

from customary.errors import BadRequest, HeadTooLarge, HttpError, MethodNotAllowed, RequestTimeout
from customary.network.message import CLOSE, Answer, Headers, Request, encode_head

if TYPE_CHECKING:
    from customary.network.server import HttpServer

log = logging.getLogger(__name__)

LINGER_SECONDS = 2.0
"""How long what a client still sends is read and thrown away, so that it gets to read its answer."""
PARTING_SECONDS = 1.0
"""How much longer a read goes on for a client that has closed its side."""
MOST_WAITING = 16
"""Requests of a client that does not wait for answers; then its connection is not read until they are answered."""
READS = frozenset({"GET", "HEAD"})
MOST_OVERHEAD = 8
"""How many bytes may come for each byte of the largest body: chunks of one byte take six."""
METHODS = ("GET", "PUT", "POST", "DELETE")
OF_UPGRADE = frozenset({b"connection", b"upgrade", b"http2-settings"})
LOST = "The connection was closed before the body had arrived"
_HOST = re.compile(rb"[^\s/@?#,]*")
_REQUEST_LINE = re.compile(rb"[A-Za-z-]+ +[/h*]")


class Connection(asyncio.Protocol):
    """From its making to its loss. The server aborts, or times out, what is still waiting at ``deadline``."""

    def __init__(self, server: "HttpServer") -> None:
        self._server = server
        self._handler = server.handler
        self._limits = server.limits
        self._loop = server.loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._arriving: Request | None = None
        self._in_head = False
        self._head_bytes = 0
        self._body_bytes = 0
        self._received = 0
        self._begun = 0
        self._waiting: deque[Request] = deque()
        self._answering: Request | None = None
        self._task: asyncio.Task[None] | None = None
        self._next: asyncio.Future[None] | None = None
        self._refusal: Answer | None = None
        self._writable: asyncio.Future[None] | None = None
        self._reading = True
        self._streaming = False
        self._answered = False
        self._unwritten = 0
        self._closing = False
        self._lost = False
        self.deadline = inf

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a connection's transport can write, too
        self._server.connections.add(self)
        self.deadline = self._loop.time() + self._limits.head_seconds

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        self._received = len(data)
        self._begun = 0
        follows = self._arriving is not None
        self._feed(data)
        if self._in_head:
            self._watch_head(is_alone=follows or self._begun == 1)
        elif follows and self._arriving is not None:
            self._watch_body()
        if len(self._waiting) > MOST_WAITING:
            self.stop_reading()
        if self._answering is None:
            self._answer_next()

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._pass_over_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            self._refuse(error.__context__)
        except httptools.HttpParserInvalidMethodError:
            self._refuse(MethodNotAllowed(METHODS) if _REQUEST_LINE.match(data) else BadRequest())
        except httptools.HttpParserError:
            self._refuse(BadRequest())

    def _pass_over_upgrade(self, rest: bytes) -> None:
        """The request is read as if it had not asked for another protocol: the parser would leave out its body."""
        request = self._waiting.pop()
        if request.method == "CONNECT":
            self._refuse(MethodNotAllowed(METHODS))
            return
        ends = b"close" in request.headers.get(b"connection", b"").lower()
        fields = {name: value for name, value in request.headers.items() if name not in OF_UPGRADE}
        fields |= {b"connection": b"close"} if ends else {}
        lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.target)]
        lines += [b"%b: %b" % field for field in fields.items()]
        self._parser = httptools.HttpRequestParser(self)
        self._feed(b"\r\n".join([*lines, b"", b""]) + rest)

    def eof_received(self) -> bool:
        """A client that has sent all may still read what it asked for. But most likely it is gone: no long wait."""
        self._closing = True
        if self._arriving is not None:
            self._arriving.fail(RequestTimeout(LOST))
        if self._answering is not None and self._answering.method in READS:
            self.deadline = self._loop.time() + PARTING_SECONDS
        return self._answering is not None and self._transport.can_write_eof()  # not with TLS

    def connection_lost(self, _error: Exception | None) -> None:
        self._server.connections.discard(self)
        del self._parser  # they hold each other, and whatever the transport has: with TLS 256 KiB of buffers
        self._closing = self._lost = True
        self._drop_waiting()
        if self._arriving is not None:
            self._arriving.fail(RequestTimeout(LOST))
        self._let_write()
        if self._answering is None:
            self._wake_task()
        elif self._task is not None and self._answering.method in READS:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()
        self._expect_to_write()

    def resume_writing(self) -> None:
        self.deadline = inf
        self._let_write()

    # What the parser calls

    def on_message_begin(self) -> None:
        self._arriving = Request(self, self._limits)
        self._in_head = True
        self._begun += 1
        self._head_bytes = self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._incoming.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:  # a trailer: what stands behind the body must not change what was asked
            return
        if self._arriving is None:
            raise BadRequest()
        headers = self._arriving.headers
        name = name.lower()
        headers[name] = value if name not in headers else headers[name] + b", " + value

    def on_headers_complete(self) -> None:
        request = self._incoming
        if self._head_bytes + self._received > self._limits.head and request.head_size > self._limits.head:
            raise HeadTooLarge(f"The head of the request is larger than {self._limits.head} bytes")
        version = self._parser.get_http_version()
        if version != "1.0" and (version != "1.1" or not _HOST.fullmatch(request.headers.get(b"host", b","))):
            raise BadRequest()
        if request.headers.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
            raise BadRequest()
        request.take_head(self._parser.get_method())
        request.chunked = version != "1.0"
        self._in_head = False
        self._waiting.append(request)

    def on_body(self, body: bytes) -> None:
        self._incoming.take(body)

    def on_message_complete(self) -> None:
        request = self._incoming
        self._arriving = None
        request.finish(keep_alive=request.chunked and self._parser.should_keep_alive())
        if request is self._answering:
            self.deadline = inf

    # What a request asks for

    def expect_body(self, seconds: float) -> None:
        arriving = self._arriving
        if (
            arriving is not None
            and arriving.chunked
            and arriving.headers.get(b"expect", b"").lower() == b"100-continue"
        ):
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.deadline = self._loop.time() + seconds
        self._read_on()

    def stop_reading(self) -> None:
        if self._reading and not self._closing:
            self._reading = False
            self._transport.pause_reading()

    # What the server asks for

    @property
    def answering(self) -> bool:
        return self._answering is not None

    def expire(self) -> None:
        """The deadline has passed."""
        self.deadline = inf
        if self._unwritten > self._transport.get_write_buffer_size() > 0:
            self._expect_to_write()  # slowly, but it is read
        elif self._arriving is not None and self._arriving is self._answering:
            self._arriving.fail(RequestTimeout())
        else:
            self._transport.abort()

    def end(self, late: Answer) -> None:
        """Answers the request in flight with this: its own answer will be dropped. A stream just ends."""
        self._answering = None
        self._drop_waiting()
        if self._streaming:
            self._transport.abort()
        elif self._answered:
            self._finish()
        else:
            self._write(late, CLOSE, late.body)
            self._finish()

    def close(self) -> None:
        """Ends a connection on which nothing is to be answered. What was written is still sent."""
        self._closing = True
        self._transport.close()

    def abort(self) -> None:
        self._closing = True
        self._drop_waiting()
        self._transport.abort()

    @property
    def _incoming(self) -> Request:
        if self._arriving is None:
            raise BadRequest()
        return self._arriving

    def _watch_head(self, *, is_alone: bool) -> None:
        """A head may neither grow too long nor take too long. ``is_alone``: nothing else came in the same piece."""
        if not self._head_bytes and self._answering is None:
            self.deadline = self._loop.time() + self._limits.head_seconds
        self._head_bytes += self._received if is_alone else self._incoming.head_size
        if self._head_bytes > self._limits.head:
            self._refuse(HeadTooLarge(f"The head of the request is larger than {self._limits.head} bytes"))

    def _watch_body(self) -> None:
        """What chunks and trailers add to a body has a limit as well."""
        self._body_bytes += self._received
        if self._body_bytes > MOST_OVERHEAD * self._limits.body + self._limits.head:
            self._refuse(BadRequest())

    def _refuse(self, error: BaseException | None) -> None:
        """What came is no request. Those before it are answered first."""
        refusal = error if isinstance(error, HttpError) else BadRequest()
        self._closing = True
        self._in_head = False
        if self._arriving is not None and (self._arriving is self._answering or self._arriving in self._waiting):
            self._arriving.fail(refusal)
        else:
            self._refusal = self._handler.refuse(refusal)

    def _answer_next(self) -> None:
        if self._waiting:
            self.deadline = inf
            self._answered = False
            self._answering = self._waiting.popleft()
            if self._task is None:
                self._task = self._loop.create_task(self._answer_all())
            else:
                self._wake_task()
        elif self._refusal is not None:
            self._write(self._refusal, CLOSE, self._refusal.body)
            self._finish()

    def _wake_task(self) -> None:
        """Where it waits for the next request."""
        if self._next is not None and not self._next.done():
            self._next.set_result(None)

    async def _answer_all(self) -> None:
        """One task for all requests of the connection, since to make one costs more than to wake it."""
        while (request := self._answering) is not None:
            await self._answer(request)
            if self._answering is request:
                self._answering = None
                self._go_on()
                if self._answering is not None:  # it was there already: other connections come first
                    await asyncio.sleep(0)
            if self._answering is None and not self._lost:
                self._next = self._loop.create_future()
                await self._next
                self._next = None

    async def _answer(self, request: Request) -> None:
        try:
            answer = await self._handler.answer(request)
            if self._answering is request and not self._lost:
                await self._send(request, answer)
        except Exception:
            log.exception("an answer could not be sent")
            self.abort()
        except asyncio.CancelledError:
            self.abort()

    async def _send(self, request: Request, answer: Answer) -> None:
        """An answer that ends the connection is the last: requests behind it are not carried out."""
        stream = answer.stream
        if stream is not None or not request.keep_alive or request.left_unread or self._handler.draining:
            self._closing = True
            self._drop_waiting()
        last = self._closing and not self._waiting and self._refusal is None
        self._answered = True
        self._streaming = stream is not None
        chunked = (("transfer-encoding", "chunked"),) if stream is not None and request.chunked else ()
        body = answer.body if request.method != "HEAD" else None
        self._write(answer, (*chunked, *(CLOSE if last else ())), body)
        if stream is not None and request.method != "HEAD":
            await self._write_stream(stream, chunked=request.chunked)
        if self._writable is not None:
            await self._writable

    async def _write_stream(self, stream: AsyncIterator[bytes], *, chunked: bool) -> None:
        """Piece by piece, each after the client has taken those before."""
        async with aclosing(stream) as pieces:  # type: ignore[type-var]  # streams are asynchronous generators
            async for piece in pieces:
                if piece:
                    self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if self._writable is not None:
                    await self._writable
                if self._lost:
                    return
        if chunked:
            self._transport.write(b"0\r\n\r\n")

    def _write(self, answer: Answer, more: Headers, body: bytes | None = None) -> None:
        head = encode_head(answer, self._server.date, more)
        self._transport.write(head + body if body else head)

    def _go_on(self) -> None:
        if self._closing and not self._waiting and self._refusal is None:
            self._finish()
            return
        if self._waiting or self._refusal is not None:
            self._answer_next()
        else:
            self.deadline = self._loop.time() + self._limits.idle_seconds
        if not self._waiting:
            self._read_on()

    def _finish(self) -> None:
        """The last answer is written. A client that still sends would lose it with the connection: it may end first."""
        self._closing = True
        self._drop_waiting()
        if self._lost:
            return
        if self._arriving is None and not self._in_head:
            self._expect_to_write()
            self._transport.close()
            return
        self.deadline = self._loop.time() + LINGER_SECONDS
        self._read_on()
        with suppress(OSError):  # asyncio's, when the client has just ended the connection
            if self._transport.can_write_eof():
                self._transport.write_eof()

    def _drop_waiting(self) -> None:
        self._waiting.clear()
        self._refusal = None

    def _expect_to_write(self) -> None:
        self._unwritten = self._transport.get_write_buffer_size()
        self.deadline = self._loop.time() + self._limits.write_seconds

    def _read_on(self) -> None:
        if not self._reading:
            self._reading = True
            self._transport.resume_reading()

    def _let_write(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None
