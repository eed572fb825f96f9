"""An update that takes elements from a list says so, and what was taken comes back."""

import httpx
import pytest

from tests.api.scenarios import Json
from tests.api.shop import Shop

HEADER = "customary-dropped"
KEEP = "lists=keep"
CONTACTS = [{"contact": str(number)} for number in range(5)]


@pytest.fixture
def customer(shop: Shop) -> int:
    key = shop.add_extrafield()
    addresses = [{"city": "Rome"}, {"city": "Bari"}]
    return shop.add_customer(contacts=CONTACTS, shippingAddresses=addresses, extrafields=[{"key": key, "value": "42"}])


def put(shop: Shop, customer_id: int, body: Json, **headers: str) -> httpx.Response:
    return shop.ask("PUT", f"/customers/{customer_id}", body, **headers)


def test_the_accident(shop: Shop) -> None:
    """Five contacts, an update that means to add one and sends it alone: seen at once, looked up, undone."""
    customer_id = shop.add_customer(contacts=CONTACTS)
    before = shop.customer(customer_id)
    own = shop.own(f"/customers/{customer_id}")

    answer = put(shop, customer_id, {"contacts": [{"id": before["contacts"][0]["id"], "contact": "0"}]})
    assert (answer.status_code, answer.json()) == (200, {"updateCount": 1})
    assert answer.headers[HEADER] == "contacts=4"

    newest, older = shop.get(f"{own}/history")["items"]
    assert newest["requestId"] == answer.headers["x-request-id"]
    assert newest["changes"] == [
        {"path": f"contacts[id={contact['id']}]", "before": contact} for contact in before["contacts"][1:]
    ]

    restored = shop.post(f"{own}/restore", {"to": older["seq"], "fields": ["contacts"]})
    assert restored == {"updateCount": 1, "seq": newest["seq"] + 1, "notRestored": []}
    after = shop.customer(customer_id)
    assert after["contacts"] == before["contacts"]
    assert {**after, "updated": ""} == {**before, "updated": ""}


def test_the_header_counts_each_list(shop: Shop, customer: int) -> None:
    body = {"contacts": [], "shippingAddresses": [{"city": "Oslo"}], "extrafields": None}
    answer = put(shop, customer, body, prefer="return=representation")
    assert answer.headers[HEADER] == "contacts=5, shipping-addresses=2, extrafields=1"
    assert answer.json()["contacts"] == []
    assert answer.headers["etag"]


@pytest.mark.parametrize("body", [{}, {"taxId": "1"}, {"contacts": "x"}])
def test_no_header_where_nothing_is_dropped(shop: Shop, customer: int, body: Json) -> None:
    assert HEADER not in put(shop, customer, body).headers
    kept = [{"id": contact["id"]} for contact in shop.customer(customer)["contacts"]]
    assert HEADER not in put(shop, customer, {"contacts": [*kept, {"contact": "new"}]}).headers


def test_who_wants_to_keep_lists_is_refused(shop: Shop, customer: int) -> None:
    before, changes = shop.customer(customer), shop.changes()
    ids = [contact["id"] for contact in before["contacts"]]
    body = {"taxId": "1", "contacts": [{"id": ids[0]}, {"id": ids[1]}]}
    answer = put(shop, customer, body, prefer=KEEP)
    assert answer.status_code == 409
    error = answer.json()
    assert error["errorCode"] == "ELEMENTS_WOULD_BE_DROPPED"
    assert error["args"] == {f"Customer.contacts[id={number}]": "would be dropped" for number in ids[2:]}
    assert (shop.customer(customer), shop.changes()) == (before, changes)
    longer = [{"id": number} for number in ids] + [{"contact": "new"}]
    answer = put(shop, customer, {"contacts": longer}, prefer=KEEP)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, KEEP)
    assert "preference-applied" not in shop.ask("DELETE", f"/customers/{customer}", prefer=KEEP).headers


def test_a_restore_says_so_too(shop: Shop) -> None:
    customer = shop.add_customer(contacts=[])
    put(shop, customer, {"contacts": CONTACTS})
    own = shop.own(f"/customers/{customer}")
    first = shop.get(f"{own}/history")["items"][-1]["seq"]
    assert shop.ask("POST", f"{own}/restore", {"to": first}).headers[HEADER] == "contacts=5"
    assert HEADER not in shop.ask("POST", f"{own}/restore", {"to": first + 1}).headers


def test_many_in_one_call(shop: Shop, customer: int) -> None:
    items = [{"email": "jo@example.com", "contacts": []}, {"email": "ann@example.com", "contacts": []}]
    path = shop.own("/customers/upsert")
    kept, made = shop.ask("POST", path, {"by": "email", "items": items}, prefer=KEEP).json()["items"]
    assert kept["error"]["errorCode"] == "ELEMENTS_WOULD_BE_DROPPED"
    assert len(shop.customer(customer)["contacts"]) == 5
    first, second = shop.post(path, {"by": "email", "items": items})["items"]
    assert first == {"id": customer, "result": "updated", "dropped": {"contacts": 5}}
    assert second == {"id": made["id"], "result": "updated"}
