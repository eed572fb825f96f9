"""Requests that are wrong before their body is looked at: paths, methods, lengths and types of content."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from customary.api.routes import ROUTES
from customary.testing import server_in_thread
from tests.api.scenarios import Json
from tests.api.shop import Shop, check_error

MEBIBYTE = 1_048_576


@pytest.fixture
def customer(shop: Shop) -> Iterator[str]:
    """The path of a customer that must not change."""
    path = f"/customers/{shop.add_customer()}"
    before, changes = shop.get(path), shop.changes()
    yield path
    assert shop.get(path) == before
    assert shop.changes() == changes


def address(shop: Shop) -> tuple[str, int]:
    host, _, port = shop.server.base_url.removeprefix("http://").partition(":")
    return host, int(port)


def raw(shop: Shop, request: bytes) -> tuple[int, dict[str, str], Json]:
    """Sends bytes and reads the one answer: status, headers, JSON."""
    with socket.create_connection(address(shop), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65_536)
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65_536)
    return int(lines[0].split()[1]), headers, json.loads(body)


def head(shop: Shop, method: str, path: str, *headers: str) -> bytes:
    lines = [
        f"{method} /api/v3/{shop.store_id}{path} HTTP/1.1",
        "Host: test",
        f"Authorization: Bearer {shop.token}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def test_a_body_over_the_limit(shop: Shop, customer: str) -> None:
    body = b'{"taxId": "%s"}' % (b"x" * 10_000_000)
    answer = shop.send(customer, body)
    check_error(answer, 413, "REQUEST_TOO_LARGE", "The request body is larger than 1048576 bytes")


def test_a_body_over_the_limit_is_refused_at_its_announcement(shop: Shop, customer: str) -> None:
    status, _, body = raw(shop, head(shop, "PUT", customer, "Content-Length: 99999999999"))
    assert (status, body["errorCode"]) == (413, "REQUEST_TOO_LARGE")


def test_a_chunked_body_over_the_limit(shop: Shop, customer: str) -> None:
    request = head(shop, "PUT", customer, "Transfer-Encoding: chunked")
    request += chunk(b'{"taxId": "') + chunk(b"x" * 65_536) * 17
    status, _, body = raw(shop, request)
    assert (status, body["errorCode"]) == (413, "REQUEST_TOO_LARGE")


def test_a_body_of_exactly_the_limit(shop: Shop) -> None:
    customer = shop.add_customer()
    start, end = b'{"taxId": "X", "unknown": "', b'"}'
    body = start + b"x" * (MEBIBYTE - len(start) - len(end)) + end
    assert shop.send(f"/customers/{customer}", body).status == 200
    assert shop.send(f"/customers/{customer}", body + b" ").status == 413
    assert shop.customer(customer)["taxId"] == "X"


def test_a_chunked_body(shop: Shop) -> None:
    customer = f"/customers/{shop.add_customer()}"
    request = head(shop, "PUT", customer, "Transfer-Encoding: chunked")
    request += chunk(b'{"taxId": ') + chunk(b'"chunk') + chunk(b'ed"}') + b"0\r\n\r\n"
    assert raw(shop, request)[::2] == (200, {"updateCount": 1})
    assert shop.get(customer)["taxId"] == "chunked"


def test_no_body_and_no_length(shop: Shop, customer: str) -> None:
    status, _, body = raw(shop, head(shop, "PUT", customer))
    assert (status, body["errorCode"]) == (400, "WRONG_PARAMETER")
    assert body["errorMessage"].startswith("Wrong JSON format: ")
    assert raw(shop, head(shop, "PUT", customer, "Content-Length: 0"))[::2] == (status, body)
    assert raw(shop, head(shop, "PUT", customer, "Transfer-Encoding: chunked") + b"0\r\n\r\n")[::2] == (status, body)


def test_a_body_where_none_is_read(shop: Shop, customer: str) -> None:
    status, _, body = raw(shop, head(shop, "GET", customer, "Content-Length: 8") + b'{"a": 1}')
    assert (status, body["email"]) == (200, "jo@example.com")


def test_a_connection_is_given_up_when_a_body_was_not_read(shop: Shop, customer: str) -> None:
    """The client is told, or it would send its next request into a connection that the server drops."""
    unread = [
        shop.send(customer, b"x" * 3_000_000),
        shop.send(customer, b"{}", content_type="text/plain"),
        shop.send("/nothing", b"{}"),
    ]
    assert [answer.headers.get("connection") for answer in unread] == ["close"] * 3
    read = [
        shop.send(customer, b"{"),
        shop.send(customer, b""),
        shop.call("GET", customer),
        shop.call("DELETE", "/nothing"),
    ]
    assert [answer.headers.get("connection") for answer in read] == [None] * 4


def test_a_connection_serves_on_after_an_error(shop: Shop, customer: str) -> None:
    for _ in range(3):
        assert shop.send(customer, b"x" * 3_000_000).status == 413
        assert shop.send(customer, b"{").status == 400
        assert shop.call("GET", customer).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx",
     "application/vnd.api+json", "json", "application/ json", ";", "text/html", "application/xml"],
)  # fmt: skip
def test_content_types_that_are_refused(shop: Shop, customer: str, content_type: str) -> None:
    answer = shop.send(customer, b'{"taxId": "X"}', content_type=content_type)
    message = "Unsupported content-type: expected either application/json or text/json"
    check_error(answer, 415, "UNSUPPORTED_CONTENT_TYPE", message)


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "text/json", "APPLICATION/JSON", "application/json; charset=utf-8",
     "application/json;charset=ISO-8859-1", "text/json ; x=y"],
)  # fmt: skip
def test_content_types_that_will_do(shop: Shop, content_type: str | None) -> None:
    customer = shop.add_customer()
    assert shop.send(f"/customers/{customer}", b'{"taxId": "X"}', content_type=content_type).status == 200
    assert shop.customer(customer)["taxId"] == "X"


def test_an_empty_content_type(shop: Shop) -> None:
    customer = f"/customers/{shop.add_customer()}"
    assert raw(shop, head(shop, "PUT", customer, "Content-Type:", "Content-Length: 2") + b"{}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/v3",
        "/api/v3/1001",
        "/api/v2/1001/customers",
        "/api/v3/x/customers",
        "/api/v3/-1/customers",
        "/api/v3/1.0/customers",
        "/api/v3/%31%30%30%31x/customers",
        "/api/v3/%D9%A1%D9%A0%D9%A0%D9%A1/customers",
        "/api/v3/99999999999999999999/customers",
        "/api/v3//customers",
        "/api/v3/1001/Customers",
        "/api/v3/1001/customers/x",
        "/api/v3/1001/customers/-5",
        "/api/v3/1001/customers/1/contact",
        "/api/v3/1001/customers/1/contacts/x",
        "/api/v3/1001/customers/1/contacts/1/2",
        "/api/v3/1001/customers/1%00",
        "/api/v3/1001/customers/%ff",
        "/api/v3/1001/customers/%",
        "/api/v3/1001/customers/%zz",
        "/api/v3/1001/..%2f..%2fetc/passwd",
        "/health",
        "/docs/unknown.js",
        "/docs/..%2fopenapi.json",
        "/docs/%2e%2e",
        "/openapi.yaml",
        "/favicon.ico",
        "/" + "x" * 8000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_paths(shop: Shop, method: str, path: str) -> None:
    answer = shop.client.request(method, path, headers={"authorization": f"Bearer {shop.token}"})
    assert (answer.status_code, answer.json()["errorCode"]) in {(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED")}
    assert answer.status_code == 404 or (method == "PUT" and path.startswith("/docs/"))
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.json().keys() == {"errorMessage", "errorCode"}


def test_an_encoded_path_is_the_path(shop: Shop) -> None:
    answer = shop.client.get(f"/api/v3/{shop.store_id}/customer%73", headers={"authorization": f"Bearer {shop.token}"})
    assert answer.status_code == 200
    assert shop.client.get("/docs/start%2ejs").status_code == 200
    assert shop.client.get("/docs/start%252ejs").status_code == 404


def methods_by_path() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for route in ROUTES:
        found.setdefault(route.template, set()).add(route.method)
    return found


@pytest.mark.parametrize(("template", "methods"), methods_by_path().items())
def test_methods_that_a_path_does_not_have(shop: Shop, template: str, methods: set[str]) -> None:
    values = {
        "seq": 1,
        "customerId": 1,
        "contactId": 1,
        "groupId": 0,
        "key": "abc1234",
        "orderNumber": "1",
        "asset": "start.js",
    }
    path = template.format(storeId=shop.store_id, **values)
    for method in {"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND"} - methods:
        answer = shop.client.request(method, path)
        assert answer.status_code == 405, method
        assert answer.json() == {"errorMessage": "Method not allowed", "errorCode": "METHOD_NOT_ALLOWED"}
        assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == methods


def test_a_method_that_http_does_not_know(shop: Shop, customer: str) -> None:
    status, headers, body = raw(shop, head(shop, "BREW", customer))
    assert (status, body) == (405, {"errorMessage": "Method not allowed", "errorCode": "METHOD_NOT_ALLOWED"})
    assert (headers["allow"], headers["connection"]) == ("GET, PUT, POST, DELETE", "close")


def test_every_answer_has_a_request_id_of_its_own(shop: Shop) -> None:
    paths = ("/customers", "/customers/99", "/nothing")
    ids = [shop.call("GET", path).headers["x-request-id"] for path in paths * 2]
    assert len(set(ids)) == 6


def test_many_headers_and_a_long_query(shop: Shop) -> None:
    headers = {"authorization": f"Bearer {shop.token}"} | {f"x-{number}": "y" * 50 for number in range(90)}
    assert shop.call("GET", "/customers", query={"unknown": "x" * 5000}, headers=headers).status == 200


def test_a_body_that_does_not_arrive(tmp_path: Path) -> None:
    with (
        server_in_thread(tmp_path / "customary.db", body_timeout=0.2) as server,
        httpx.Client(base_url=server.base_url) as client,
    ):
        shop = Shop(server, client, 1001)
        customer = f"/customers/{shop.add_customer()}"
        for announced in ("Content-Length: 100", "Transfer-Encoding: chunked"):
            status, _, body = raw(shop, head(shop, "PUT", customer, announced))
            assert (status, body["errorCode"]) == (408, "REQUEST_TIMEOUT")
        assert shop.changes() == ["customer created"]


def test_a_body_that_does_not_arrive_keeps_nobody_waiting(shop: Shop, customer: str) -> None:
    with socket.create_connection(address(shop), timeout=20) as connection:
        connection.sendall(head(shop, "PUT", customer, "Content-Length: 100") + b'{"taxId": ')
        started = time.monotonic()
        assert shop.call("GET", customer).status == 200
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("announced", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_lost_connection_stores_nothing_and_is_no_fault(
    shop: Shop, customer: str, announced: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        with socket.create_connection(address(shop), timeout=20) as connection:
            connection.sendall(head(shop, "PUT", customer, announced) + b'd\r\n{"taxId": "X"')
    time.sleep(0.2)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
