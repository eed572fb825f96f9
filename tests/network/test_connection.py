"""What is on the wire: one request after the other, requests that are none, and what may not pass for a part of one."""

import asyncio
import socket
import time
from contextlib import suppress

import pytest

from tests.network.echo import GET, Serving, post


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


def test_a_client_that_does_not_wait_lets_others_in_between(serving: Serving) -> None:
    clients = [serving.client(), serving.client()]
    for client in clients:
        client.send(GET).answer()

    async def come_together() -> None:
        first, second = serving.server.connections
        first.data_received(GET * 20)
        second.data_received(post("/other", b""))
        await asyncio.sleep(0.1)

    asyncio.run_coroutine_threadsafe(come_together(), serving.loop).result(timeout=5)
    assert serving.echo.seen[2:].index("POST /other") == 1
    assert len(serving.echo.seen) == 23


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


UPGRADE = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"


def test_an_upgrade_is_answered_in_http_1(serving: Serving) -> None:
    """Clients ask for HTTP/2 with any request, also with one that has a body."""
    client = serving.client().send(b"GET /a HTTP/1.1\r\n" + UPGRADE + b"\r\n")
    assert client.answer()[2] == b"GET /a  "
    client.send(b"PUT /b?c HTTP/1.1\r\n" + UPGRADE + b"Content-Length: 5\r\n\r\nhello" + GET)
    assert [client.answer()[2] for _ in range(2)] == [b"PUT /b c hello", b"GET /echo a=b "]
    client.send(b"POST /d HTTP/1.1\r\n" + UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe")
    time.sleep(0.05)
    assert client.send(b"llo\r\n0\r\n\r\n").answer()[2] == b"POST /d  hello"


def test_a_tunnel_is_refused(serving: Serving) -> None:
    assert serving.ask(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n")[0] == 405


def test_a_length_of_many_digits(serving: Serving) -> None:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: "
    assert serving.ask(head + b"0" * 5000 + b"3\r\n\r\nabc")[2] == b"POST /a  abc"
    assert serving.ask(head + b"9" * 19 + b"\r\n\r\n")[0] == 413


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
        b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x y/@\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
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
