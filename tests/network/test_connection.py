"""What is on the wire: one request after the other, requests that are none, clients that are slow or gone."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import pytest
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


@pytest.fixture
def serving() -> Iterator[Serving]:
    with serving_echo() as running:
        yield running


def post(path: str, body: bytes, *headers: str, announce: bool = True) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", *headers, *([f"Content-Length: {len(body)}"] if announce else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_one_request_after_the_other(serving: Serving) -> None:
    client = serving.client()
    for number in range(3):
        status, headers, body = client.send(post(f"/{number}", b"hello")).answer()
        assert (status, body) == (200, b"POST /%d  hello" % number)
        assert "connection" not in headers
        assert headers["date"].endswith(" GMT")


def test_byte_by_byte(serving: Serving) -> None:
    client = serving.client()
    for byte in post("/echo?a=%20b", b"hello"):
        client.send(bytes([byte]))
    assert client.answer()[2] == b"POST /echo a=%20b hello"


def test_requests_that_do_not_wait_are_answered_in_order(serving: Serving) -> None:
    client = serving.client().send(b"".join(post(f"/{number}", b"x" * number) for number in range(100)))
    assert [client.answer()[2] for _ in range(100)] == [b"POST /%d  " % n + b"x" * n for n in range(100)]


def test_a_path_is_decoded_and_a_query_is_not(serving: Serving) -> None:
    assert serving.ask(b"GET /%41%2fb?c=%41 HTTP/1.1\r\nHost: x\r\n\r\n")[2] == b"GET /A/b c=%41 "
    assert serving.ask(b"GET http://x:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n")[2] == b"GET /a b "


def test_head_has_no_body(serving: Serving) -> None:
    client = serving.client().send(b"HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = client.rest()
    assert b"content-length: 12\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_client_that_closes_is_answered_and_closed(serving: Serving) -> None:
    for request in (
        b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /a HTTP/1.0\r\n\r\n",
        b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ):
        answer = serving.client().send(request).rest()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"connection: close\r\n" in answer


def test_a_client_that_sends_no_more_is_answered(serving: Serving) -> None:
    client = serving.client().send(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer()[2] == b"GET /slow  "


def test_an_upgrade_is_answered_in_http_1(serving: Serving) -> None:
    request = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert serving.client().send(request).rest().startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /a\r\n\r\n",
        b"GET /a HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost x\r\n\r\n",
        b"GET /a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\n folded: b\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request(serving: Serving, request_: bytes) -> None:
    client = serving.client().send(request_)
    status, headers, body = client.answer()
    assert (status, headers["connection"], body) == (400, "close", b"BAD_REQUEST")
    assert client.rest() == b""
    assert serving.echo.refused == [400]


def test_what_comes_before_it_is_answered_first(serving: Serving) -> None:
    client = serving.client().send(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + b"nonsense\r\n\r\n")
    assert client.answer()[2] == b"GET /slow  "
    assert client.answer()[0] in {400, 405}


def test_a_broken_chunk(serving: Serving) -> None:
    request = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for chunk in (b"zz\r\nab\r\n", b"2\r\nabc\r\n"):
        status, headers, body = serving.client().send(request + chunk).answer()
        assert (status, headers["connection"], body) == (400, "close", b"BAD_REQUEST")


@pytest.mark.parametrize("pieces", [1, 20])
def test_a_head_over_the_limit(serving: Serving, pieces: int) -> None:
    data = b"GET /a HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 12_000
    size = len(data) // pieces + 1
    client = serving.client()
    for start in range(0, len(data), size):
        client.send(data[start : start + size])
        time.sleep(0.002)
    assert client.answer()[::2] == (431, b"REQUEST_TOO_LARGE")
    whole = b"GET /" + b"a" * 12_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert serving.ask(whole)[0] == 431
    assert serving.ask(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")[0] == 200


def test_a_body_that_is_too_large(serving: Serving) -> None:
    client = serving.client()
    assert client.send(post("/a", b"x" * 100_000)).answer()[0] == 200
    status, headers, body = client.send(post("/a", b"x" * 3_000_000)).answer()
    assert (status, headers["connection"], body) == (413, "close", b"REQUEST_TOO_LARGE")
    assert client.rest() == b""


def test_a_large_body_that_nobody_reads(serving: Serving) -> None:
    client = serving.client()
    status, headers, body = client.send(post("/unread", b"x" * 90_000)).answer()
    assert (status, headers["connection"], body) == (200, "close", b"unread")


def test_expect_100_continue(serving: Serving) -> None:
    client = serving.client().send(post("/a", b"", "Expect: 100-continue", "Content-Length: 5", announce=False))
    assert client.answer()[0] == 100
    assert client.send(b"hello").answer()[2] == b"POST /a  hello"


def test_a_head_that_is_slow_ends_the_connection(serving: Serving) -> None:
    for start in (b"", b"GET /a HTTP/1.1\r\nHo", GET + b"GET /a"):
        client = serving.client().send(start)
        started = time.monotonic()
        client.rest()
        assert 0.2 < time.monotonic() - started < 3


def test_a_drop_at_a_time_does_not_keep_it_open(serving: Serving) -> None:
    client = serving.client()
    started = time.monotonic()
    with suppress(OSError):
        while time.monotonic() < started + 5:
            client.send(b"A")
            time.sleep(0.05)
    assert time.monotonic() - started < 3


def test_a_body_that_is_slow_is_told(serving: Serving) -> None:
    client = serving.client().send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
    status, headers, body = client.answer()
    assert (status, headers["connection"], body) == (408, "close", b"REQUEST_TIMEOUT")


def test_an_answer_may_take_longer_than_a_body(serving: Serving) -> None:
    assert serving.ask(post("/slow", b"hello"))[::2] == (200, b"POST /slow  hello")


def test_an_idle_connection_is_closed(serving: Serving) -> None:
    client = serving.client().send(GET)
    client.answer()
    started = time.monotonic()
    assert client.rest() == b""
    assert 0.2 < time.monotonic() - started < 3


def test_a_client_that_does_not_read_is_given_up(serving: Serving) -> None:
    client = serving.client()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    deadline = time.monotonic() + 5
    while serving.server.connections and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not serving.server.connections


def test_a_client_that_reads_slowly_is_not_given_up(serving: Serving) -> None:
    client = serving.client()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.send(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    received, started = 0, time.monotonic()
    while chunk := client.socket.recv(300_000):
        received += len(chunk)
        time.sleep(0.02)
    assert received > len(LARGE)
    assert time.monotonic() - started > 1


def test_a_large_answer_arrives_whole(serving: Serving) -> None:
    assert serving.ask(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")[2] == LARGE


def test_a_stream(serving: Serving) -> None:
    answer = serving.client().send(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").rest()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head
    assert body.startswith(b"2\r\n0;\r\n")
    assert body.endswith(b"4\r\n999;\r\n0\r\n\r\n")


@pytest.mark.parametrize(("path", "what"), [("/stream", "stream ended"), ("/never", "cancelled")])
def test_a_read_whose_client_is_gone_ends(serving: Serving, path: str, what: str) -> None:
    client = serving.client().send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(0.1)
    client.socket.close()
    deadline = time.monotonic() + 5
    while what not in serving.echo.seen and time.monotonic() < deadline:
        time.sleep(0.02)
    assert what in serving.echo.seen


def test_a_write_whose_client_is_gone_goes_on(serving: Serving) -> None:
    client = serving.client().send(post("/slow", b"hello"))
    time.sleep(0.1)
    client.socket.close()
    time.sleep(0.9)
    assert serving.echo.seen == ["POST /slow"]


def test_a_handler_that_fails_ends_the_connection_alone(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError, match="closed after"):
        serving.ask(b"GET /crash HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [record.message for record in caplog.records] == ["an answer could not be sent"]
    assert serving.ask(GET)[0] == 200


def test_trailers_are_no_headers(serving: Serving) -> None:
    head = b"POST /headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"0\r\nAuthorization: evil\r\nIf-Match: evil\r\n\r\n"
    assert serving.ask(head + body)[2] == b"host transfer-encoding"
    client = serving.client().send(head)
    time.sleep(0.05)
    assert client.send(body).answer()[2] == b"host transfer-encoding"


def test_trailers_have_a_limit(serving: Serving) -> None:
    client = serving.client().send(b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    with suppress(OSError):
        for number in range(3_000):
            client.send(b"X-%d: %s\r\n" % (number, b"y" * 1_000))
    assert client.answer()[0] == 400


def test_what_came_before_a_head_in_the_same_piece_does_not_count(serving: Serving) -> None:
    client = serving.client().send(post("/a", b"x" * 60_000) + GET[:20])
    assert client.answer()[0] == 200
    assert client.send(GET[20:]).answer()[2] == b"GET /echo a=b "
    client = serving.client().send(GET * 400 + GET[:20])
    client.send(GET[20:])
    assert {client.answer()[0] for _ in range(401)} == {200}


@pytest.mark.parametrize("first", ["/unread", "/crash", "/stream"])
def test_nothing_is_carried_out_behind_the_last_answer(
    serving: Serving, first: str, caplog: pytest.LogCaptureFixture
) -> None:
    serving.client().send(post(first, b"hello") + post("/second", b"")).rest()
    assert serving.echo.seen[:1] == [f"POST {first}"]
    assert "POST /second" not in serving.echo.seen
    assert len(caplog.records) == (first == "/crash")


def test_a_stream_for_http_1_0_is_not_in_chunks(serving: Serving) -> None:
    head, _, body = serving.client().send(b"GET /stream HTTP/1.0\r\n\r\n").rest().partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert body == b"".join(b"%d;" % number for number in range(1_000))


def test_an_answer_that_is_on_its_way_is_the_only_one_when_the_server_stops(serving: Serving) -> None:
    client = serving.client()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.1)
    drain = asyncio.run_coroutine_threadsafe(serving.server.drain(0), serving.loop)
    received = client.rest()
    drain.result(timeout=5)
    assert received.partition(b"\r\n\r\n")[2] == LARGE
