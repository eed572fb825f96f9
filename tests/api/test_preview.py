"""What an update would do: the same changes, the same errors, and nothing is stored."""

from typing import Any

import pytest

from tests.api.people import FULL, kept
from tests.api.scenarios import A_TEXT, Json, resolve
from tests.api.shop import Shop, check_error


@pytest.fixture
def full(shop: Shop) -> int:
    return int(shop.post("/customers", resolve(FULL, {}, {"group": shop.add_group()}))["id"])


def preview(shop: Shop, customer_id: int, body: Json, **headers: str) -> Json:
    answer = shop.ask("POST", shop.own(f"/customers/{customer_id}/preview"), body, **headers)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def newest_changes(shop: Shop, customer_id: int) -> list[Json]:
    changes: list[Json] = shop.get(shop.own(f"/customers/{customer_id}/history"))["items"][0]["changes"]
    return changes


BODIES: list[dict[str, Any]] = [
    {},
    {"billingPerson": {"phone": "1"}, "taxId": None, "acceptMarketing": False},
    {"email": "ann@example.com", "password": "new"},
    {"contacts": [kept("contacts", 1, contact="2")], "shippingAddresses": []},
    {"customerGroupId": 0, "lang": "en", "name": "Ann"},
    {"primaryPhone": None},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_it_tells_what_the_history_will_tell(shop: Shop, full: int, body: Json) -> None:
    body = resolve(body, shop.customer(full), {})
    before, changes = shop.customer(full), shop.changes()
    seen = preview(shop, full, body)
    assert (shop.customer(full), shop.changes()) == (before, changes)
    answer = shop.ask("PUT", f"/customers/{full}", body)
    assert seen["errors"] == []
    assert seen["changes"] == newest_changes(shop, full)
    told = answer.headers.get("customary-dropped", "").replace("shipping-addresses", "shippingAddresses")
    assert ", ".join(f"{name}={count}" for name, count in seen["dropped"].items()) == told


def test_new_elements_have_no_id_and_take_none(shop: Shop) -> None:
    customer_id = shop.add_customer(contacts=[])
    element = {"type": "OTHER", "default": False, "timestamp": A_TEXT}
    assert preview(shop, customer_id, {"contacts": [{"contact": "a"}, {"contact": "b"}]})["changes"] == [
        {"path": "contacts[new=1]", "after": {"contact": "a", "orderBy": 0, **element}},
        {"path": "contacts[new=2]", "after": {"contact": "b", "orderBy": 1, **element}},
    ]
    first = shop.post(f"/customers/{customer_id}/contacts", {"contact": "a"})["id"]
    preview(shop, customer_id, {"contacts": [{"contact": "b"}]})
    assert shop.post(f"/customers/{customer_id}/contacts", {"contact": "b"})["id"] == first + 1


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x", "taxId": 7, "contacts": [{"id": 1}]},
        {"lang": "tlh"},
        {"email": "ANN@example.com"},
        {"customerGroupId": 999, "password": "x" * 256},
    ],
    ids=str,
)
def test_errors_are_those_of_the_update(shop: Shop, body: Json) -> None:
    shop.add_customer("ann@example.com")
    customer_id = shop.add_customer()
    seen = preview(shop, customer_id, body)
    refused = shop.ask("PUT", f"/customers/{customer_id}", body)
    assert seen["errors"] == [{"status": refused.status_code, **refused.json()}]
    assert bool(seen["changes"]) == (refused.status_code == 409)


def test_an_email_of_its_own_is_not_taken(shop: Shop) -> None:
    customer_id = shop.add_customer()
    assert preview(shop, customer_id, {"email": "JO@example.com"})["errors"] == []


def test_preferences_and_conditions_of_the_update(shop: Shop) -> None:
    shop.add_customer("ann@example.com")
    customer_id = shop.add_customer()
    tag = shop.ask("GET", f"/customers/{customer_id}").headers["etag"]
    body = {"email": "ann@example.com", "contacts": []}
    preferred = {"prefer": "lists=keep", "if_match": '"1-0"'}
    codes = [(error["status"], error["errorCode"]) for error in preview(shop, customer_id, body, **preferred)["errors"]]
    assert codes == [
        (412, "PRECONDITION_FAILED"),
        (409, "ELEMENTS_WOULD_BE_DROPPED"),
        (409, "EMAIL_ALREADY_USED"),
    ]
    assert preview(shop, customer_id, {"taxId": "1"}, prefer="lists=keep", if_match=tag)["errors"] == []
    (error,) = preview(shop, customer_id, {"colour": "red"}, prefer="handling=strict")["errors"]
    assert error["args"].keys() == {"Customer.colour"}


def test_what_is_no_body_or_no_customer(shop: Shop) -> None:
    customer_id = shop.add_customer()
    answer = shop.call("POST", shop.own(f"/customers/{customer_id}/preview"), [])
    check_error(answer, 400, "WRONG_PARAMETER")
    answer = shop.call("POST", shop.own("/customers/99/preview"), {})
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", "Customer #99 not found")


def test_a_password_is_told_of_without_its_hash(shop: Shop) -> None:
    customer_id = shop.add_customer()
    assert preview(shop, customer_id, {"password": "correct horse"})["changes"] == [{"path": "password"}]
