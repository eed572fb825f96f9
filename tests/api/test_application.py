"""What the application does around a handler: crashes, clients that are slow, requests while it stops."""

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvloop

from customary.api.application import Application
from customary.api.call import Call, Services
from customary.api.router import Route, Router
from customary.listening import listen
from customary.network.message import Answer, Limits
from customary.network.server import HttpServer
from customary.operations.passwords import PasswordHashing
from customary.storage import open_storage

SECRET = "secret detail of a crash"


async def crash(_call: Call) -> Answer:
    raise RuntimeError(SECRET)


async def echo(call: Call) -> Answer:
    return call.answer({"length": len(call.body)})


ANSWERING = threading.Event()


async def slow(call: Call) -> Answer:
    ANSWERING.set()
    await asyncio.sleep(0.5)
    return call.answer({"slept": True})


ROUTES = (Route("GET", "/crash", crash), Route("POST", "/echo", echo), Route("GET", "/slow", slow))


class Running:
    """A server with these routes, and what the tests need to get at it."""

    def __init__(self, server: HttpServer, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self.port = port
        self.loop = loop
        self.base_url = f"http://127.0.0.1:{port}"

    def send(self, *pieces: bytes, pause: float = 0.0) -> bytes:
        """Everything that the server answers to raw bytes, sent with a pause between the pieces."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
            return received


@contextmanager
def serving(path: Path, limits: Limits) -> Iterator[Running]:
    started: list[Running] = []
    ready, stop = threading.Event(), asyncio.Event()
    listening = listen("127.0.0.1", 0)

    async def serve() -> None:
        storage = await open_storage(f"sqlite:///{path}", create=True)
        passwords = PasswordHashing()
        application = Application(Router(ROUTES), Services(storage, passwords, time.time))
        server = HttpServer(application, limits)
        await server.start(listening)
        started.append(Running(server, listening.getsockname()[1], asyncio.get_running_loop()))
        ready.set()
        await stop.wait()
        await server.stop()
        passwords.close()
        await storage.close()

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    ready.wait(timeout=10)
    yield started[0]
    started[0].loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path / "customers.db", Limits(body=1000, body_seconds=0.5, head_seconds=0.5)) as server:
        yield server


def test_a_crash_says_no_more_than_its_request_id(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = httpx.get(f"{running.base_url}/crash")
    request_id = answer.headers["x-request-id"]
    assert answer.status_code == 500
    assert answer.json() == {
        "errorMessage": f"Something went wrong on the server (request {request_id})",
        "errorCode": "INTERNAL_ERROR",
    }
    (record,) = (record for record in caplog.records if record.name == "customary.api.application")
    assert vars(record)["requestId"] == request_id
    assert record.exc_info
    assert SECRET in str(record.exc_info[1])


def test_a_body_that_does_not_arrive_is_a_408(running: Running) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"
    started = time.monotonic()
    answer = running.send(head, b"abc")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errorCode"] == "REQUEST_TIMEOUT"
    assert time.monotonic() - started < 5


def test_a_head_that_does_not_arrive_ends_the_connection(running: Running) -> None:
    started = time.monotonic()
    assert b"200" not in running.send(b"GET /slow HTTP/1.1\r\nHost: x\r\n")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_over_the_limit_is_a_413(running: Running, chunked: bool) -> None:
    content = (b"x" * 300 for _ in range(4)) if chunked else b"x" * 1001
    answer = httpx.post(f"{running.base_url}/echo", content=content)
    assert answer.status_code == 413
    assert answer.json() == {
        "errorMessage": "The request body is larger than 1000 bytes",
        "errorCode": "REQUEST_TOO_LARGE",
    }
    assert httpx.post(f"{running.base_url}/echo", content=b"x" * 1000).json() == {"length": 1000}


def test_while_it_stops_the_request_in_flight_is_answered_and_a_new_one_refused(running: Running) -> None:
    answers: list[httpx.Response] = []
    in_flight = threading.Thread(target=lambda: answers.append(httpx.get(f"{running.base_url}/slow")))
    ANSWERING.clear()
    in_flight.start()
    assert ANSWERING.wait(timeout=10)
    drain = asyncio.run_coroutine_threadsafe(running.server.drain(5), running.loop)
    while not running.server.handler.draining:
        time.sleep(0.01)
    refused = httpx.get(f"{running.base_url}/slow")
    assert refused.status_code == 503
    assert refused.json()["errorCode"] == "SERVICE_UNAVAILABLE"
    assert refused.headers["retry-after"] == "1"
    drain.result(timeout=5)
    in_flight.join(timeout=5)
    assert answers[0].json() == {"slept": True}


def test_a_request_that_is_not_finished_when_it_stops_is_answered_in_the_same_shape(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[httpx.Response] = []
    in_flight = threading.Thread(target=lambda: answers.append(httpx.get(f"{running.base_url}/slow")))
    ANSWERING.clear()
    in_flight.start()
    assert ANSWERING.wait(timeout=10)
    asyncio.run_coroutine_threadsafe(running.server.drain(0), running.loop).result(timeout=5)
    in_flight.join(timeout=5)
    assert answers[0].status_code == 503
    assert answers[0].json() == {
        "errorMessage": "The server is shutting down before the answer is known",
        "errorCode": "SERVICE_UNAVAILABLE",
    }
    assert answers[0].headers["connection"] == "close"
    time.sleep(0.7)  # until the handler is through
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        "requests were not finished in time"
    ]
