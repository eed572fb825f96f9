"""The feed of changes as Server-Sent Events."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import httpx
import pytest

from customary.api import event_stream
from customary.testing import ServerInThread, server_in_thread
from tests.api.scenarios import Json
from tests.api.shop import Shop


class Reader:
    """One stream: what came so far, and whether it has ended."""

    def __init__(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self.headers = response.headers
        self.lines: list[str] = []
        self.ended = threading.Event()
        self._connection = connection
        self._response = response
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            while line := self._response.readline():
                self.lines.append(line.decode().removesuffix("\n"))
        except (OSError, HTTPException):
            pass
        self.ended.set()

    def leave(self) -> None:
        if self._connection.sock is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._response.close()
        self._connection.close()

    @property
    def events(self) -> list[dict[str, Json]]:
        """With ``id``, ``event`` and ``data``."""
        texts = "\n".join(self.lines).split("\n\n")
        found = [dict(line.split(": ", 1) for line in text.splitlines()) for text in texts if text.startswith("id:")]
        return [{**event, "data": json.loads(event["data"])} for event in found if "data" in event]

    def until(self, is_so: Callable[["Reader"], bool]) -> None:
        end = time.monotonic() + 20
        while not is_so(self):
            assert time.monotonic() < end, self.lines
            time.sleep(0.01)


@contextmanager
def streaming(server: ServerInThread, store_id: int, token: str, query: str = "", **headers: str) -> Iterator[Reader]:
    url = httpx.URL(server.base_url)
    connection = HTTPConnection(url.host, url.port or 0, timeout=30)
    sent = {"authorization": f"Bearer {token}", "accept": "text/event-stream", **headers}
    connection.request("GET", f"/customary/v1/{store_id}/changes{query}", headers=sent)
    sock = connection.sock
    response = connection.getresponse()
    assert response.status == 200, response.read()
    connection.sock = sock  # it lets go of one that is to be closed
    reader = Reader(connection, response)
    try:
        yield reader
    finally:
        reader.leave()


def test_each_change_as_it_is_made(shop: Shop) -> None:
    first = shop.add_customer("a@example.com")
    with streaming(shop.server, shop.store_id, shop.token) as reader:
        assert reader.headers["content-type"] == "text/event-stream"
        assert reader.headers["cache-control"] == "no-store"
        assert "x-request-id" in reader.headers
        reader.until(lambda reader: len(reader.events) == 1)
        second = shop.add_customer("b@example.com")
        shop.delete(f"/customers/{first}")
        reader.until(lambda reader: len(reader.events) == 3)
        assert reader.lines[0] == "retry: 3000"
        assert [(event["id"], event["event"], event["data"]["id"]) for event in reader.events] == [
            ("1", "change", first),
            ("2", "change", second),
            ("3", "change", first),
        ]
        assert reader.events[1]["data"]["data"] == shop.customer(second)
        listed = shop.call("GET", shop.own("/changes"), query={"after": 1}).json["items"]
        assert [event["data"] for event in reader.events[1:]] == listed


def test_it_goes_on_where_a_client_was(shop: Shop) -> None:
    for number in range(150):
        shop.add_customer(f"{number}@example.com")
    with streaming(shop.server, shop.store_id, shop.token, **{"last-event-id": "7"}) as reader:
        reader.until(lambda reader: len(reader.events) == 143)
        assert [int(event["id"]) for event in reader.events] == list(range(8, 151))
    with streaming(shop.server, shop.store_id, shop.token, "?after=148&wait=5") as reader:
        reader.until(lambda reader: len(reader.events) == 2)


def test_what_is_wrong_is_told_as_always(shop: Shop) -> None:
    for headers, status in (({"last-event-id": "x"}, 400), ({"last-event-id": "9"}, 409)):
        sent = {"authorization": f"Bearer {shop.token}", "accept": "text/event-stream", **headers}
        answer = shop.call("GET", shop.own("/changes"), headers=sent)
        assert answer.status == status
        assert answer.json.keys() == {"errorMessage", "errorCode"}


def test_it_ends_when_the_token_is_taken_back(shop: Shop) -> None:
    token = shop.server.add_token(shop.store_id, ["read_customers"])
    number = shop.server.run(shop.server.storage.list_tokens(shop.store_id))[-1].id
    with streaming(shop.server, shop.store_id, token) as reader:
        reader.until(lambda reader: bool(reader.lines))
        shop.server.run(shop.server.storage.revoke_token(number, 1))
        begun = time.monotonic()
        assert reader.ended.wait(10)
        assert time.monotonic() - begun < 5


def test_it_ends_when_the_store_is_suspended(shop: Shop) -> None:
    with streaming(shop.server, shop.store_id, shop.token) as reader:
        reader.until(lambda reader: bool(reader.lines))
        shop.server.run(shop.server.storage.set_suspended(shop.store_id, True))
        assert reader.ended.wait(10)


def test_a_sign_of_life_where_nothing_happens(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "SILENT_SECONDS", 0.5)
    with streaming(shop.server, shop.store_id, shop.token) as reader:
        reader.until(lambda reader: reader.lines.count(": nothing new") >= 2)


def test_it_ends_with_the_server(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with server_in_thread(tmp_path / "customary.db") as server:
            server.add_store(1003)
            reader = stack.enter_context(streaming(server, 1003, server.add_token(1003)))
            reader.until(lambda reader: bool(reader.lines))
            begun = time.monotonic()
        assert reader.ended.wait(10)
        assert time.monotonic() - begun < 5


def test_who_goes_away_makes_room(tmp_path: Path) -> None:
    with server_in_thread(tmp_path / "customary.db", feed_readers=4) as server:
        server.add_store(1003)
        token = server.add_token(1003)
        url = f"{server.base_url}/customary/v1/1003/changes"
        headers = {"authorization": f"Bearer {token}"}
        with streaming(server, 1003, token) as reader:
            reader.until(lambda reader: bool(reader.lines))
            for sent in (headers | {"accept": "text/event-stream"}, headers):
                refused = httpx.get(url, headers=sent, params={"wait": 1})
                assert refused.status_code == 503
                assert refused.json()["errorMessage"] == "Too many readers wait for changes"
        end = time.monotonic() + 10
        while httpx.get(url, headers=headers, params={"wait": 1}).status_code == 503:
            assert time.monotonic() < end
        waiting = httpx.URL(url)
        with socket.create_connection((waiting.host, waiting.port or 0)) as client:  # and one that waits in vain
            request = f"GET {waiting.path}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            client.sendall(request.encode())
            time.sleep(0.3)
            assert httpx.get(url, headers=headers, params={"wait": 1}).status_code == 503
        while httpx.get(url, headers=headers, params={"wait": 1}).status_code == 503:
            assert time.monotonic() < end
