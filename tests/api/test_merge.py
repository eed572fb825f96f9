"""Two customers become one, with the orders of both, and the restores that are answered make two of it again."""

from typing import Any

import pytest

from tests.api.people import BILLING, HOME, MOBILE, PHONE
from tests.api.scenarios import AN_ID, Json, differences, resolve
from tests.api.shop import Answer, Shop, check_error


def ask(shop: Shop, customer_id: int, body: Json, token: str | None = None) -> Answer:
    headers = {"authorization": f"Bearer {token}"} if token else None
    return shop.call("POST", shop.own(f"/customers/{customer_id}/merge"), body, headers=headers)


def merge(shop: Shop, customer_id: int, **body: Json) -> Json:
    answer = ask(shop, customer_id, body)
    assert answer.status == 200, answer.json
    return answer.json


def undo(shop: Shop, answer: Json) -> None:
    for each in answer["undo"]:
        shop.post(shop.own(f"/customers/{each['customerId']}/restore"), {"to": each["to"]})


def still(customer: Json) -> Json:
    """Without what moves with every change."""
    return {name: value for name, value in customer.items() if name != "updated"}


def newest(shop: Shop, customer_id: int) -> Json:
    return shop.get(shop.own(f"/customers/{customer_id}/history"))["items"][0]


@pytest.fixture
def stays(shop: Shop) -> int:
    shop.add_extrafield("Size", key="size")
    customer = shop.add_customer("jo@example.com", name="Jo", privateAdminNotes="Pays late")
    shop.add_order("jo@example.com", total=10, items=[{"productId": 7, "name": "Tea"}])
    return customer


@pytest.fixture
def goes(shop: Shop, stays: int) -> int:
    body = {
        "billingPerson": BILLING,
        "shippingAddresses": [HOME],
        "extrafields": [{"key": "size", "value": "44"}],
        "taxId": "7",
        "customerGroupId": shop.add_group(),
        "password": "x",
        "privateAdminNotes": "Rings twice",
    }
    customer = shop.add_customer("doe@example.com", **body)
    for contact in (PHONE, MOBILE):
        shop.post(f"/customers/{customer}/contacts", contact)
    for total in (2, 3):
        shop.add_order("doe@example.com", total=total, items=[{"productId": 8, "name": "Milk"}])
    return customer


def test_one_of_two(shop: Shop, stays: int, goes: int) -> None:
    before, other, changes = shop.customer(stays), shop.customer(goes), shop.changes()
    answer = merge(shop, stays, **{"from": goes})
    after = shop.customer(stays)
    assert (answer["updateCount"], answer["deleteCount"], answer["orderCount"]) == (1, 1, 2)
    assert shop.changes() == [*changes, "customer deleted", "customer updated"]
    check_error(shop.call("GET", f"/customers/{goes}"), 404, "CUSTOMER_NOT_FOUND")
    kept = ("email", "name", "customerGroupId", "customerGroupName", "registered", "taxExempt", "id")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["billingPerson"]["name"] == "Jo"
    assert after["billingPerson"]["city"] == BILLING["city"]
    assert after["taxId"] == "7"
    assert after["extrafields"] == other["extrafields"]
    assert after["privateAdminNotes"] == "Pays late\nRings twice"
    assert [(each["type"], each["contact"], each["default"]) for each in after["contacts"]] == [
        ("EMAIL", "jo@example.com", True),
        ("EMAIL", "doe@example.com", False),
        ("PHONE", PHONE["contact"], True),
        ("PHONE", MOBILE["contact"], False),
    ]
    taken = {each["id"] for each in after["contacts"]} & {each["id"] for each in other["contacts"]}
    assert taken == set()
    assert [each["addressFormatted"] for each in after["shippingAddresses"]] == [
        each["addressFormatted"] for each in other["shippingAddresses"]
    ]
    assert (after["stats"]["numberOfOrders"], after["stats"]["salesValue"]) == (3, 15)
    assert {order["customerId"] for order in shop.get("/orders")["items"]} == {stays}
    assert shop.find(purchasedProductIds="8") == ["jo@example.com"]
    assert [item["id"] for item in shop.get("/customers/deleted")["items"]] == [goes]


def test_both_changes_are_of_one_request(shop: Shop, stays: int, goes: int) -> None:
    answer = ask(shop, stays, {"from": goes})
    ids = {newest(shop, customer)["requestId"] for customer in (stays, goes)}
    assert ids == {answer.headers["x-request-id"]}
    assert [newest(shop, customer)["kind"] for customer in (stays, goes)] == ["updated", "deleted"]


def test_it_is_undone_by_restores(shop: Shop, stays: int, goes: int) -> None:
    upsert = {"by": "email", "items": [{"email": "doe@example.com", "externalReferenceId": "crm-2"}]}
    shop.post(shop.own("/customers/upsert"), upsert)
    before, orders = [shop.customer(each) for each in (stays, goes)], shop.get("/orders")
    answer = merge(shop, stays, **{"from": goes})
    assert shop.customer(stays)["externalReferenceId"] == "crm-2"
    undo(shop, answer)
    assert [still(shop.customer(each)) for each in (stays, goes)] == [still(each) for each in before]
    assert shop.get("/orders") == orders
    assert shop.find(purchasedProductIds="8") == ["doe@example.com"]
    assert shop.get("/customers/deleted")["items"] == []
    again = merge(shop, stays, **{"from": goes})
    assert again["orderCount"] == 2
    undo(shop, again)
    assert [still(shop.customer(each)) for each in (stays, goes)] == [still(each) for each in before]


def test_a_preview_tells_the_same_and_stores_nothing(shop: Shop, stays: int, goes: int) -> None:
    before, changes = [shop.customer(each) for each in (stays, goes)], shop.changes()
    preview = merge(shop, stays, **{"from": goes, "preview": True})
    assert preview.keys() == {"updateCount", "deleteCount", "orderCount", "changes"}
    assert (preview["updateCount"], preview["deleteCount"], preview["orderCount"]) == (0, 0, 2)
    assert [shop.customer(each) for each in (stays, goes)] == before
    assert shop.changes() == changes
    told = [change["path"] for change in preview["changes"]]
    assert [path for path in told if "contacts" in path] == ["contacts[new=1]", "contacts[new=2]", "contacts[new=3]"]
    assert "billingPerson.city" in told
    assert {"path": "taxId", "before": "", "after": "7"} in preview["changes"]
    merged = merge(shop, stays, **{"from": goes})
    assert [path.partition("[")[0] for path in told] == [
        change["path"].partition("[")[0] for change in merged["changes"]
    ]
    assert merged["changes"] == newest(shop, stays)["changes"]


def test_without_leave_to_read_nothing_is_read(shop: Shop, stays: int, goes: int) -> None:
    token = shop.server.add_token(shop.store_id, ["update_customers"])
    refused = ask(shop, stays, {"from": goes, "preview": True}, token)
    check_error(refused, 403, "INSUFFICIENT_APP_SCOPE")
    assert "read_customers" in refused.json["errorMessage"]
    answer = ask(shop, stays, {"from": goes}, token)
    assert answer.json == {
        "updateCount": 1,
        "deleteCount": 1,
        "orderCount": 2,
        "undo": resolve([{"customerId": stays, "to": AN_ID}, {"customerId": goes, "to": AN_ID}], {}, {}),
    }


def test_more_contacts_than_there_may_be(shop: Shop) -> None:
    def many(start: int) -> list[Json]:
        return [{"contact": str(number), "type": "OTHER"} for number in range(start, start + 60)]

    stays, goes = (shop.add_customer(f"{start}@example.com", contacts=many(start)) for start in (100, 200))
    changes = shop.changes()
    for preview in (True, False):
        answer = ask(shop, stays, {"from": goes, "preview": preview})
        check_error(answer, 400, "WRONG_PARAMETER", "Field Customer.contacts must have at most 100 elements")
    assert shop.changes() == changes


@pytest.mark.parametrize("preview", [True, False])
def test_who_is_not_there(shop: Shop, other_shop: Shop, stays: int, preview: bool) -> None:
    for _ in range(5):
        elsewhere = other_shop.add_customer(f"{_}@example.com")
    for target, source, missing in ((stays, elsewhere, elsewhere), (99, stays, 99), (stays, 99, 99)):
        answer = ask(shop, target, {"from": source, "preview": preview})
        check_error(answer, 404, "CUSTOMER_NOT_FOUND", f"Customer #{missing} not found")


@pytest.mark.parametrize(
    ("body", "args"),
    [
        ({}, {"Merge.from": "is absent"}),
        ({"from": "1", "preview": 1}, {"Merge.from": "must be an integer", "Merge.preview": "must be true or false"}),
    ],
    ids=str,
)
def test_refused(shop: Shop, stays: int, body: Json, args: dict[str, Any]) -> None:
    answer = ask(shop, stays, body)
    check_error(answer, 400, "WRONG_PARAMETER")
    assert answer.json["args"] == args


def test_not_with_itself(shop: Shop, stays: int) -> None:
    message = "Field Merge.from must be another customer than the one that stays"
    check_error(ask(shop, stays, {"from": stays}), 400, "WRONG_PARAMETER", message)


def test_what_an_update_changes_since_is_lost_only_with_its_undoing(shop: Shop, stays: int, goes: int) -> None:
    """The two come back apart: one restore leaves the other customer alone."""
    answer = merge(shop, stays, **{"from": goes})
    shop.put(f"/customers/{stays}", {"taxId": "8"})
    of_stays, of_goes = answer["undo"]
    before = shop.customer(stays)
    check = shop.call("POST", shop.own(f"/customers/{goes}/restore"), {"to": of_goes["to"]})
    assert check.status == 200
    changed = differences(before, shop.customer(stays))
    assert {path.partition(".")[0] for path in changed} == {"stats"}
    assert of_stays["customerId"] == stays
