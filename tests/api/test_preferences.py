"""``Prefer``: bodies without unknown keys, and writes that answer with what they made."""

import pytest

from customary.rules.strictness import UNKNOWN
from tests.api.people import PLAIN
from tests.api.shop import Answer, Shop, check_error

STRICT = "handling=strict"
REPRESENTATION = "return=representation"


@pytest.fixture
def path(shop: Shop) -> str:
    return f"/customers/{shop.add_customer()}"


def test_unknown_keys_are_refused_where_that_is_asked(shop: Shop, path: str) -> None:
    body = {"emial": "x@example.com", "billingPerson": {"phone": "1", "fax": "2"}, "contacts": [{"contact": 1}]}
    assert shop.ask("PUT", path, {"emial": "x"}).status_code == 200
    changes = shop.changes()
    answer = shop.ask("PUT", path, body, prefer=STRICT)
    check_error(Answer(answer.status_code, answer.json(), answer.headers), 400, "WRONG_PARAMETER")
    assert answer.json()["args"] == {
        "Customer.billingPerson.fax": UNKNOWN,
        "Customer.contacts[0].contact": "must be a string",
        "Customer.emial": UNKNOWN,
    }
    assert shop.changes() == changes


@pytest.mark.parametrize(
    ("method", "path", "body", "unknown"),
    [
        ("POST", "/customers", PLAIN, "Customer"),
        ("POST", "/customer_groups", {"name": "A"}, "CustomerMembership"),
        ("POST", "/store_extrafields/customers", {"title": "A"}, "ExtraField"),
        ("POST", "/orders", PLAIN, "Order"),
        ("PUT", "/profile", {}, "Profile"),
        ("POST", "/customers_update", {"mode": "ALL", "customer": {"taxExempt": True}}, None),
    ],
)
def test_every_body_can_be_strict(shop: Shop, method: str, path: str, body: dict[str, object], unknown: str) -> None:
    answer = shop.ask(method, path, {**body, "colour": "red"}, prefer=STRICT)
    assert answer.status_code == 400
    assert [name for name in answer.json()["args"] if unknown is None or name == f"{unknown}.colour"]
    answer = shop.ask(method, path, body, prefer=STRICT)
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == STRICT


def test_what_was_read_can_be_sent_back(shop: Shop, path: str) -> None:
    answer = shop.ask("PUT", path, shop.get(path), prefer=STRICT)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"updateCount": 1}


def test_an_element_of_a_batch_too(shop: Shop) -> None:
    body = [{"path": "/customers/1", "method": "PUT", "body": {"anything": 1}, "bodie": {}}]
    answer = shop.ask("POST", "/batch", body, prefer=STRICT)
    assert answer.status_code == 400
    assert list(answer.json()["args"]) == ["Batch[0].bodie"]


def test_a_write_answers_with_the_customer(shop: Shop) -> None:
    made = shop.ask("POST", "/customers", PLAIN | {"taxId": "1"}, prefer=REPRESENTATION)
    path = f"/customers/{made.json()['id']}"
    read = shop.ask("GET", path)
    assert (made.status_code, made.json(), made.headers["etag"]) == (200, read.json(), read.headers["etag"])
    assert made.headers["preference-applied"] == REPRESENTATION
    assert made.headers["content-location"] == f"/api/v3/{shop.store_id}{path}"

    written = shop.ask("PUT", path, {"taxId": "2"}, prefer=f"{REPRESENTATION}, {STRICT}")
    read = shop.ask("GET", path)
    assert (written.json(), written.headers["etag"]) == (read.json(), read.headers["etag"])
    assert written.headers["preference-applied"] == f"{STRICT}, {REPRESENTATION}"
    again = shop.ask("PUT", path, {"taxId": "3"}, prefer=REPRESENTATION, if_match=written.headers["etag"])
    assert again.json()["taxId"] == "3"


def test_who_may_not_read_is_not_shown_the_customer(shop: Shop, path: str) -> None:
    shop.token = shop.server.add_token(shop.store_id, ["update_customers"])
    answer = shop.ask("PUT", path, {"taxId": "1"}, prefer=REPRESENTATION)
    assert answer.json() == {"updateCount": 1}
    assert "preference-applied" not in answer.headers
    assert "etag" not in answer.headers


def test_without_a_preference_all_is_as_ever(shop: Shop, path: str) -> None:
    for preference in ({}, {"prefer": "respond-async, return=minimal"}):
        answer = shop.ask("PUT", path, {"unknown": 1}, **preference)
        assert answer.json() == {"updateCount": 1}
        assert not {"preference-applied", "etag", "content-location"} & answer.headers.keys()


def test_a_number_beyond_all_bounds_under_an_unknown_key_is_named(shop: Shop) -> None:
    path = f"/api/v3/{shop.store_id}/customers/{shop.add_customer()}"
    headers = {"authorization": f"Bearer {shop.token}", "prefer": STRICT, "content-type": "application/json"}
    answer = shop.client.put(path, content='{"foo": ' + "1" * 5000 + "}", headers=headers)
    assert (answer.status_code, answer.json()["args"].keys()) == (400, {"Customer.foo"})
