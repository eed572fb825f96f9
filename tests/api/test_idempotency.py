"""``Idempotency-Key``: a request that is sent again is answered as the first time, and carried out once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from customary.api.routes import ROUTES
from customary.model.body import CustomerBody
from customary.model.change import Origin
from customary.model.keyed_request import KeyedRequest
from customary.model.upsert import UpsertCustomerBody
from customary.operations.customers import create_customer
from customary.operations.keyed_requests import KEPT_SECONDS, KeyedStorage
from customary.operations.passwords import PasswordHashing
from customary.operations.upsert import upsert_customers
from customary.rules.idempotency import fingerprint
from customary.testing import server_in_thread
from tests.api.people import PHONE, PLAIN
from tests.api.scenarios import ABSENT, Json
from tests.api.shop import Answer, Shop, check_error

NOT_COMPARED = {"date", "x-request-id", "idempotency-replayed"}


def told(answer: httpx.Response) -> Answer:
    return Answer(answer.status_code, answer.json(), answer.headers)


def same(first: httpx.Response, second: httpx.Response) -> bool:
    """Status, body and headers, but for those that tell one answer from another."""
    kept = [
        {name: value for name, value in each.headers.items() if name not in NOT_COMPARED} for each in (first, second)
    ]
    return (first.status_code, first.content, kept[0]) == (second.status_code, second.content, kept[1])


def keyed(shop: Shop, method: str, path: str, body: Json = ABSENT, key: str = "k", **headers: str) -> httpx.Response:
    return shop.ask(method, path, body, idempotency_key=key, **headers)


@pytest.fixture
def path(shop: Shop) -> str:
    return f"/customers/{shop.add_customer()}"


def test_sent_again_it_is_answered_as_the_first_time(shop: Shop) -> None:
    first = keyed(shop, "POST", "/customers", PLAIN)
    again = keyed(shop, "POST", "/customers", PLAIN)
    assert first.status_code == 200
    assert same(first, again)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert shop.changes() == ["customer created"]


def test_an_update_after_another_one_is_not_done_again(shop: Shop, path: str) -> None:
    first = keyed(shop, "PUT", path, {"taxId": "1"})
    shop.put(path, {"taxId": "2"})
    assert same(first, keyed(shop, "PUT", path, {"taxId": "1"}))
    assert shop.get(path)["taxId"] == "2"


def test_a_deletion_is_not_a_404_the_second_time(shop: Shop, path: str) -> None:
    first = keyed(shop, "DELETE", path)
    assert first.json() == {"deleteCount": 1}
    assert same(first, keyed(shop, "DELETE", path))
    assert shop.ask("DELETE", path).status_code == 404


def test_a_whole_answer_is_kept_with_its_headers(shop: Shop, path: str) -> None:
    first = keyed(shop, "PUT", path, {"taxId": "1"}, prefer="return=representation, handling=strict")
    shop.put(path, {"taxId": "2"})
    again = keyed(shop, "PUT", path, {"taxId": "1"}, prefer="return=representation, handling=strict")
    assert first.json()["taxId"] == "1"
    assert first.headers["etag"]
    assert same(first, again)


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [
        ("PUT", "{path}", {"taxId": "2"}),
        ("PUT", "{path}", {"taxId": "1", "fiscalCode": "1"}),
        ("PUT", "{path}?x=1", {"taxId": "1"}),
        ("DELETE", "{path}", ABSENT),
        ("POST", "/customers", {"taxId": "1"}),
        ("POST", "/batch", [{"path": "/profile", "method": "GET"}]),
    ],
)
def test_another_request_under_the_same_key_is_refused(
    shop: Shop, path: str, method: str, place: str, body: Json
) -> None:
    keyed(shop, "PUT", path, {"taxId": "1"})
    changes = shop.changes()
    check_error(told(keyed(shop, method, place.format(path=path), body)), 422, "IDEMPOTENCY_KEY_REUSED")
    assert shop.changes() == changes


def test_a_refused_request_leaves_the_key_free(shop: Shop, path: str) -> None:
    check_error(told(keyed(shop, "PUT", path, {"email": "x"})), 400, "WRONG_PARAMETER")
    check_error(told(keyed(shop, "PUT", path, {"taxId": "1"}, if_match='"0-0"')), 412, "PRECONDITION_FAILED")
    assert keyed(shop, "PUT", path, {"taxId": "1"}).status_code == 200
    assert same(keyed(shop, "PUT", path, {"taxId": "1"}, if_match='"0-0"'), keyed(shop, "PUT", path, {"taxId": "1"}))


def test_a_key_is_of_one_store_and_one_token(shop: Shop, other_shop: Shop) -> None:
    ids = {keyed(each, "POST", "/customers", PLAIN).json()["id"] for each in (shop, other_shop)}
    assert ids
    shop.token = shop.server.add_token(shop.store_id)
    check_error(told(keyed(shop, "POST", "/customers", PLAIN)), 409, "EMAIL_ALREADY_USED")
    assert shop.changes() == other_shop.changes() == ["customer created"]


def test_quotes_play_no_part_and_a_wrong_key_is_refused(shop: Shop, path: str) -> None:
    first = keyed(shop, "PUT", path, {"taxId": "1"}, key='"a-1"')
    assert same(first, keyed(shop, "PUT", path, {"taxId": "1"}, key="a-1"))
    for key in ("", "a b", "x" * 256):
        check_error(told(keyed(shop, "PUT", path, {"taxId": "1"}, key=key)), 400, "WRONG_PARAMETER")


def test_a_read_has_no_key(shop: Shop, path: str) -> None:
    assert keyed(shop, "GET", path).status_code == 200
    shop.put(path, {"taxId": "1"})
    assert keyed(shop, "GET", path).json()["taxId"] == "1"


def test_ten_at_once_are_one(shop: Shop, path: str) -> None:
    requests: list[tuple[str, str, Json]] = [
        ("POST", "/customers", {"email": "ten@example.com"}),
        ("PUT", path, {"contacts": [PHONE]}),
        ("POST", f"{path}/contacts", PHONE),
        ("POST", "/orders", PLAIN),
        ("POST", "/batch", [{"path": "/profile", "method": "GET"}]),
        ("DELETE", path, ABSENT),
    ]
    with ThreadPoolExecutor(10) as threads:
        for number, request in enumerate(requests):
            before = len(shop.changes())
            answers = list(threads.map(lambda _, r=request, n=number: keyed(shop, *r, key=f"k{n}"), range(10)))
            assert [answer.status_code for answer in answers] == [200] * 10, answers[0].text
            assert all(same(answers[0], answer) for answer in answers)
            assert sum("idempotency-replayed" in answer.headers for answer in answers) == 9
            assert len(shop.changes()) - before == (request[1] not in {"/orders", "/batch"})
    assert shop.get("/orders")["total"] == 1


def request_of(shop: Shop, age: int = 0) -> KeyedRequest:
    """The creation of PLAIN under the key ``k``, as the server makes it, sent so many seconds ago."""
    (token,) = shop.server.run(shop.server.storage.list_tokens(shop.store_id))
    said = fingerprint("POST", f"/api/v3/{shop.store_id}/customers", {}, b'{"email":"jo@example.com"}')
    return KeyedRequest(token_id=token.id, key="k", fingerprint=said, created=int(time.time()) - age)


def create_and_die(shop: Shop, age: int = 0, password: str = "", email: str = "jo@example.com") -> int:
    """What a server has done that dies between a write and its answer. The id of the customer."""
    storage = KeyedStorage(shop.server.storage, request_of(shop, age), None).storage
    origin = Origin(at=int(time.time()), token_id=1, request_id="r")
    body = CustomerBody(email=email, password=password)
    with closing(PasswordHashing()) as passwords:
        return shop.server.run(create_customer(storage, shop.store_id, origin, body, passwords)).id


def test_an_answer_that_was_lost_is_made_again(shop: Shop) -> None:
    customer = create_and_die(shop)
    first = keyed(shop, "POST", "/customers", PLAIN)
    assert first.json() == {"id": customer}
    again = keyed(shop, "POST", "/customers", PLAIN)
    assert same(first, again)
    assert again.headers["idempotency-replayed"] == "true"
    assert shop.changes() == ["customer created"]


def test_each_write_of_a_request_is_done_once(shop: Shop) -> None:
    """A server that dies between the first write and the second one goes on with the second."""
    body = {"by": "email", "items": [PLAIN, {"email": "second@example.com"}]}
    path = f"/customary/v1/{shop.store_id}/customers/upsert"
    said = fingerprint("POST", path, {}, json.dumps(body, separators=(",", ":")).encode())
    request = replace(request_of(shop), fingerprint=said)
    storage = KeyedStorage(shop.server.storage, request, None).storage
    origin = Origin(at=int(time.time()), token_id=1, request_id="r")
    with closing(PasswordHashing()) as passwords:
        first = [(UpsertCustomerBody(email="jo@example.com"), {})]
        shop.server.run(upsert_customers(storage, shop.store_id, origin, "email", first, passwords))
    headers = {"authorization": f"Bearer {shop.token}", "idempotency-key": "k"}
    answers = [shop.client.post(path, json=body, headers=headers) for _ in range(2)]
    assert same(*answers)
    assert [item["result"] for item in answers[0].json()["items"]] == ["created", "created"]
    assert shop.changes() == ["customer created", "customer created"]


def test_no_hash_of_a_password_is_kept_for_an_answer(shop: Shop) -> None:
    create_and_die(shop, password="correct horse")
    request = request_of(shop)
    kept = shop.server.run(shop.server.storage.keyed_requests.find(shop.store_id, request.token_id, "k"))
    assert kept is not None
    assert b"jo@example.com" in kept.results[0].result
    assert b"argon2" not in kept.results[0].result


def test_another_request_is_refused_also_when_the_answer_was_lost(shop: Shop) -> None:
    create_and_die(shop)
    check_error(told(keyed(shop, "POST", "/customers", {"email": "other@x.com"})), 422, "IDEMPOTENCY_KEY_REUSED")


def test_after_a_day_the_key_is_free(shop: Shop) -> None:
    create_and_die(shop, age=KEPT_SECONDS + 2)
    check_error(told(keyed(shop, "POST", "/customers", PLAIN)), 409, "EMAIL_ALREADY_USED")
    assert keyed(shop, "POST", "/customers", {"email": "other@x.com"}).status_code == 200


def test_what_was_erased_is_not_done_again(shop: Shop, path: str) -> None:
    """Answers with texts may have the person in them; numbers do not."""
    other = shop.add_customer("other@example.com")
    first = keyed(shop, "PUT", path, {"taxId": "2"}, key="short")
    assert keyed(shop, "PUT", path, {"taxId": "1"}, key="whole", prefer="return=representation").status_code == 200
    create_and_die(shop, email="third@example.com")
    assert shop.call("POST", shop.own(f"/customers/{other}/erase")).status == 200
    check_error(told(keyed(shop, "PUT", path, {"taxId": "1"}, key="whole")), 409, "ANSWER_NOT_KEPT")
    check_error(told(keyed(shop, "POST", "/customers", PLAIN)), 409, "ANSWER_NOT_KEPT")
    assert same(first, keyed(shop, "PUT", path, {"taxId": "2"}, key="short"))
    assert shop.get(path)["taxId"] == "1"


def test_an_erased_person_is_in_no_answer(tmp_path: Path) -> None:
    """Neither in one that was kept, nor in what one was to be made of."""
    with server_in_thread(tmp_path / "customary.db") as server, httpx.Client(base_url=server.base_url) as client:
        shop = Shop(server, client, 1003)
        customer = create_and_die(shop, email="qzomething@example.com")
        path = f"/customers/{customer}"
        assert "qzomething" in keyed(shop, "PUT", path, {}, key="whole", prefer="return=representation").text
        first, again = (keyed(shop, "POST", shop.own(f"{path}/erase"), key="erase") for _ in range(2))
        assert first.status_code == 200
        assert same(first, again)
        until = time.monotonic() + 30
        while "purged" not in shop.get(shop.own(f"{path}/erasure")):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert not [file.name for file in tmp_path.iterdir() if b"qzomething" in file.read_bytes().lower()]


EVERY_WRITE: dict[tuple[str, str], Json] = {
    ("PUT", "/customers/{customerId}"): {"taxId": "1"},
    ("POST", "/customers"): {"email": "new@example.com"},
    ("POST", "/customers_update"): {"mode": "ALL", "customer": {"taxExempt": True}},
    ("POST", "/customers/{customerId}/contacts"): PHONE,
    ("PUT", "/customers/{customerId}/contacts/{contactId}"): {"note": "1"},
    ("DELETE", "/customers/{customerId}/contacts/{contactId}"): ABSENT,
    ("POST", "/customer_groups"): {"name": "A"},
    ("PUT", "/customer_groups/{groupId}"): {"name": "B"},
    ("DELETE", "/customer_groups/{groupId}"): ABSENT,
    ("POST", "/store_extrafields/customers"): {"title": "A"},
    ("PUT", "/store_extrafields/customers/{key}"): {"title": "B"},
    ("DELETE", "/store_extrafields/customers/{key}"): ABSENT,
    ("POST", "/orders"): {"email": "order@example.com"},
    ("DELETE", "/orders/{orderNumber}"): ABSENT,
    ("PUT", "/profile"): {"settings": {"storeName": "Other"}},
    ("POST", "/batch"): [{"path": "/profile", "method": "GET"}],
    ("POST", "/customary/v1/{storeId}/customers/{customerId}/restore"): {"to": 1},
    ("POST", "/customary/v1/{storeId}/customers/{customerId}/merge"): {"from": 2},
    ("POST", "/customary/v1/{storeId}/customers/upsert"): {
        "by": "email",
        "items": [{"email": "up@example.com"}, PLAIN],
    },
    ("POST", "/customary/v1/{storeId}/customers/{customerId}/erase"): ABSENT,
    ("DELETE", "/customers/{customerId}"): ABSENT,
}
"""A request for each route that writes; those of ``/customary`` with their whole path."""


def test_every_write_takes_a_key() -> None:
    routes = {(route.method, route.template) for route in ROUTES if route.method != "GET"}
    routes -= {("POST", "/customary/v1/{storeId}/customers/{customerId}/preview")}  # stores nothing
    assert routes == {(method, whole(template)) for method, template in EVERY_WRITE}


def whole(template: str) -> str:
    return template if template.startswith("/customary/") else f"/api/v3/{{storeId}}{template}"


@pytest.mark.parametrize(("method", "template"), EVERY_WRITE)
def test_every_write_is_done_once(shop: Shop, method: str, template: str) -> None:
    names: dict[str, Any] = {"storeId": shop.store_id, "customerId": shop.add_customer(), "groupId": shop.add_group()}
    names |= {"key": shop.add_extrafield(), "orderNumber": shop.add_order()}
    assert shop.add_customer("second@example.com") == 2
    names["contactId"] = shop.customer(names["customerId"])["contacts"][0]["id"]
    url = whole(template).format(**names)
    headers = {"authorization": f"Bearer {shop.token}", "idempotency-key": "k"}
    body = EVERY_WRITE[method, template]

    def send() -> httpx.Response:
        return shop.client.request(method, url, headers=headers, **({} if body is ABSENT else {"json": body}))

    first = send()
    assert first.status_code == 200, first.text
    changes, orders = shop.changes(), shop.get("/orders")
    again = send()
    assert same(first, again)
    assert again.headers["idempotency-replayed"] == "true"
    assert (shop.changes(), shop.get("/orders")) == (changes, orders)
