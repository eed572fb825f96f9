"""A server that answers with what it understood, and clients that send raw bytes."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import uvloop

from customary.errors import HttpError
from customary.listening import listen
from customary.network.message import Answer, Limits, Request
from customary.network.server import HttpServer

LIMITS = Limits(
    body=100_000, body_seconds=0.4, head=10_000, head_seconds=0.4, idle_seconds=0.4, write_seconds=0.4
)  # fmt: skip
GET = b"GET /echo?a=b HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = b"x" * 8_000_000


class Echo:
    """Answers with what it understood; remembers what it was asked and what became of it."""

    def __init__(self) -> None:
        self.draining = False
        self.seen: list[str] = []
        self.refused: list[int] = []

    async def answer(self, request: Request) -> Answer:
        self.seen.append(f"{request.method} {request.path}")
        try:
            return await self._answer(request)
        except HttpError as error:
            return Answer(error.code.encode(), error.status, (("x-kind", "error"),))
        except asyncio.CancelledError:
            self.seen.append("cancelled")
            raise

    async def _answer(self, request: Request) -> Answer:
        if request.path == "/unread":
            return Answer(b"unread")
        if request.path == "/headers":
            await request.read_body()
            return Answer(" ".join(name.decode() for name in request.headers).encode())
        if request.path == "/slow":
            await asyncio.sleep(0.7)
        if request.path == "/never":
            await asyncio.sleep(30)
        if request.path == "/large":
            return Answer(LARGE)
        if request.path == "/stream":
            return Answer(b"", stream=self._pieces())
        if request.path == "/crash":
            raise RuntimeError("not an answer")
        body = await request.read_body()
        return Answer(f"{request.method} {request.path} {request.query_string} ".encode() + body)

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            for number in range(1_000):
                yield b"%d;" % number
                await asyncio.sleep(0.001)
        finally:
            self.seen.append("stream ended")

    def refuse(self, error: HttpError) -> Answer:
        self.refused.append(error.status)
        return Answer(error.code.encode(), error.status)


class Client:
    """A socket, and what came out of it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._received = b""

    def send(self, data: bytes) -> "Client":
        self.socket.sendall(data)
        return self

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer of a known length."""
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = int(headers.get("content-length", 0))
        while len(self._received) < length:
            self._more()
        body, self._received = self._received[:length], self._received[length:]
        return int(lines[0].split()[1]), headers, body

    def rest(self) -> bytes:
        """Everything until the server closes."""
        while chunk := self.socket.recv(65_536):
            self._received += chunk
        return self._received

    def _more(self) -> None:
        chunk = self.socket.recv(65_536)
        assert chunk, f"closed after {self._received!r}"
        self._received += chunk


class Serving:
    """The server in its thread."""

    def __init__(self, echo: Echo, port: int, server: HttpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.echo = echo
        self.port = port
        self.server = server
        self.loop = loop
        self.clients: list[Client] = []

    def client(self) -> Client:
        self.clients.append(Client(self.port))
        return self.clients[-1]

    def ask(self, data: bytes) -> tuple[int, dict[str, str], bytes]:
        return self.client().send(data).answer()


@contextmanager
def serving_echo() -> Iterator[Serving]:
    started: list[Serving] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        echo, listening = Echo(), listen("127.0.0.1", 0)
        server = HttpServer(echo, LIMITS)
        await server.start(listening)
        started.append(Serving(echo, listening.getsockname()[1], server, asyncio.get_running_loop()))
        ready.set()
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    assert ready.wait(timeout=10)
    yield started[0]
    for client in started[0].clients:
        client.socket.close()
    started[0].loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert not started[0].server.connections


def post(path: str, body: bytes, *headers: str, announce: bool = True) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", *headers, *([f"Content-Length: {len(body)}"] if announce else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body
