"""Clients that are slow, large or gone, and what a server that stops still sends."""

import asyncio
import gc
import socket
import struct
import time
import weakref
from contextlib import suppress

import pytest

from tests.network.echo import GET, LARGE, Serving, post


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


@pytest.mark.parametrize(("request_", "is_seen"), [(GET, False), (post("/echo", b"hello"), True)])
def test_a_request_that_comes_as_its_client_goes(serving: Serving, request_: bytes, is_seen: bool) -> None:
    """The first of a connection and a later one: a read is not carried out, a write is."""
    clients = [serving.client(), serving.client()]
    clients[0].send(GET).answer()
    seen = len(serving.echo.seen)

    async def come_and_go() -> None:
        connections = tuple(serving.server.connections)
        for connection in connections:
            connection.data_received(request_)
            connection.connection_lost(None)
        await asyncio.sleep(0.05)
        for connection in connections:
            connection.abort()

    asyncio.run_coroutine_threadsafe(come_and_go(), serving.loop).result(timeout=5)
    assert len(serving.echo.seen) - seen == 2 * is_seen


def test_a_client_that_is_gone_is_not_refused_what_came_behind(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    client = serving.client().send(post("/slow", b"hello") + b"nonsense\r\n\r\n")
    time.sleep(0.1)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()
    time.sleep(0.9)
    gc.collect()
    assert [record.message for record in caplog.records] == []


def test_a_handler_that_fails_ends_the_connection_alone(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError, match="closed after"):
        serving.ask(b"GET /crash HTTP/1.1\r\nHost: x\r\n\r\n")
    assert [record.message for record in caplog.records] == ["an answer could not be sent"]
    assert serving.ask(GET)[0] == 200


def test_an_answer_that_is_on_its_way_is_the_only_one_when_the_server_stops(serving: Serving) -> None:
    client = serving.client()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.1)
    drain = asyncio.run_coroutine_threadsafe(serving.server.drain(0), serving.loop)
    received = client.rest()
    drain.result(timeout=5)
    assert received.partition(b"\r\n\r\n")[2] == LARGE


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /a HTT",
        GET,
        GET * 3,
        b"NONSENSE",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nabc",
        b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_a_client_took_goes_with_it(sent: bytes, serving: Serving) -> None:
    """At once, not with a collection of garbage, which the server makes rarely: with TLS it is 256 KiB each."""
    gc.disable()
    try:
        client = serving.client()
        deadline = time.monotonic() + 5
        while not (taken := [weakref.ref(each) for each in serving.server.connections]):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        client.send(sent)
        time.sleep(0.05)
        client.socket.close()
        while any(each() is not None for each in taken):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        gc.enable()
