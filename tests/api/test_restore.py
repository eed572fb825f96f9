"""A customer goes back to what it was."""

from typing import Any

import pytest

from tests.api.people import FULL, PLAIN
from tests.api.scenarios import Json, differences, resolve
from tests.api.shop import Answer, Shop, check_error


def ask_to_restore(shop: Shop, customer_id: int, **body: Json) -> Answer:
    return shop.call("POST", shop.own(f"/customers/{customer_id}/restore"), body)


def restore(shop: Shop, customer_id: int, to: int, **body: Json) -> Json:
    answer = ask_to_restore(shop, customer_id, to=to, **body)
    assert answer.status == 200, answer.json
    assert answer.json["updateCount"] == 1
    return answer.json


def newest(shop: Shop, customer_id: int) -> Json:
    return shop.get(shop.own(f"/customers/{customer_id}/history"))["items"][0]


def seq(shop: Shop, customer_id: int) -> int:
    return int(newest(shop, customer_id)["seq"])


def still(customer: Json) -> Json:
    """Without what moves with every change."""
    return {name: value for name, value in customer.items() if name != "updated"}


@pytest.fixture
def full(shop: Shop) -> int:
    return int(shop.post("/customers", resolve(FULL, {}, {"group": shop.add_group()}))["id"])


EMPTIED: dict[str, Any] = {
    "email": "ann@example.com",
    "customerGroupId": 0,
    "billingPerson": None,
    "shippingAddresses": [],
    "contacts": [],
    "taxExempt": False,
    "acceptMarketing": None,
    "lang": None,
    "privateAdminNotes": "",
}


def test_as_a_whole_and_back_again(shop: Shop, full: int) -> None:
    first, at_first = seq(shop, full), shop.customer(full)
    shop.put(f"/customers/{full}", EMPTIED)
    second, then = seq(shop, full), shop.customer(full)
    answer = restore(shop, full, first)
    assert answer == {"updateCount": 1, "seq": second + 1, "notRestored": []}
    assert still(shop.customer(full)) == still(at_first)
    assert shop.find(keyword="jo@example.com", phone="+33 4 72") == ["jo@example.com"]
    change = newest(shop, full)
    assert (change["seq"], change["kind"]) == (second + 1, "restored")
    assert {each["path"] for each in change["changes"]} > {"email", "billingPerson.name", "lang"}
    restore(shop, full, second)
    assert still(shop.customer(full)) == still(then)
    assert shop.changes()[-4:] == ["customer created", "customer updated", *["customer restored"] * 2]


def test_some_fields(shop: Shop, full: int) -> None:
    first, at_first = seq(shop, full), shop.customer(full)
    shop.put(f"/customers/{full}", EMPTIED)
    emptied = shop.customer(full)
    restore(shop, full, first, fields=["contacts", "billingPerson"])
    expected = still(emptied) | {name: at_first[name] for name in ("contacts", "billingPerson", "name")}
    assert still(shop.customer(full)) == expected


def test_a_customer_that_was_deleted(shop: Shop, full: int) -> None:
    shop.add_order("jo@example.com", total=10.5, paymentStatus="PAID")
    first, before = seq(shop, full), shop.customer(full)
    shop.delete(f"/customers/{full}")
    assert shop.get("/customers/deleted")["total"] == 1
    answer = restore(shop, full, first)
    assert answer["notRestored"] == []
    after = shop.customer(full)
    assert still(after) == still(before)
    assert after["stats"]["salesValue"] == 10.5
    assert after["updated"] >= before["updated"]
    assert shop.get("/customers/deleted")["total"] == 0
    found = shop.get("/customers", customerGroupIds=str(before["customerGroupId"]))
    assert (found["total"], found["allCustomerCount"]) == (1, 1)
    kinds = [each["kind"] for each in shop.get(shop.own(f"/customers/{full}/history"))["items"]]
    assert kinds == ["restored", "deleted", "created"]
    shop.put(f"/customers/{full}", {"taxId": "new"})
    shop.delete(f"/customers/{full}")
    assert [item["id"] for item in shop.get("/customers/deleted")["items"]] == [full]
    restore(shop, full, answer["seq"])
    assert shop.customer(full)["taxId"] == FULL["taxId"]


def test_one_that_was_deleted_comes_back_as_it_was_last_but_for_the_named_fields(shop: Shop, full: int) -> None:
    first, at_first = seq(shop, full), shop.customer(full)
    shop.put(f"/customers/{full}", {"contacts": [], "taxId": "new"})
    at_last = shop.customer(full)
    shop.delete(f"/customers/{full}")
    shop.delete(f"/customer_groups/{at_first['customerGroupId']}")
    assert [each["path"] for each in restore(shop, full, first, fields=["contacts"])["notRestored"]] == [
        "customerGroupId"
    ]
    expected = still(at_last) | {"customerGroupId": 0, "customerGroupName": "General", "contacts": at_first["contacts"]}
    assert still(shop.customer(full)) == expected


def test_what_comes_back_is_not_given_to_others(shop: Shop) -> None:
    """Ids of contacts that were made meanwhile are others."""
    customer_id = shop.add_customer(contacts=[{"contact": "a"}, {"contact": "b"}])
    first, before = seq(shop, customer_id), shop.customer(customer_id)
    shop.put(f"/customers/{customer_id}", {"contacts": [{"contact": "c"}]})
    shop.add_customer("other@example.com")
    restore(shop, customer_id, first)
    assert shop.customer(customer_id)["contacts"] == before["contacts"]
    shop.post(f"/customers/{customer_id}/contacts", {"contact": "d"})
    ids = [contact["id"] for contact in shop.customer(customer_id)["contacts"]]
    assert len(set(ids)) == 3


def test_an_email_that_belongs_to_another(shop: Shop) -> None:
    customer_id = shop.add_customer(taxId="1")
    first = seq(shop, customer_id)
    shop.put(f"/customers/{customer_id}", {"email": "new@example.com", "taxId": "2"})
    other = shop.add_customer("JO@example.com")
    changes = shop.changes()
    message = f"Customer with email jo@example.com already exists: the e-mail belongs to customer #{other} now"
    for body in ({}, {"fields": ["email"]}):
        check_error(ask_to_restore(shop, customer_id, to=first, **body), 409, "EMAIL_ALREADY_USED", message)
    assert shop.changes() == changes
    restore(shop, customer_id, first, fields=["taxId"])
    assert differences(PLAIN, shop.customer(customer_id))["email"] == "new@example.com"
    shop.delete(f"/customers/{customer_id}")
    check_error(ask_to_restore(shop, customer_id, to=first), 409, "EMAIL_ALREADY_USED", message)
    shop.delete(f"/customers/{other}")
    restore(shop, customer_id, first)
    assert shop.find() == ["jo@example.com"]


def test_what_can_not_come_back_is_told(shop: Shop) -> None:
    group, gone, kept = shop.add_group(), shop.add_extrafield("Gone"), shop.add_extrafield("Kept")
    values = [{"key": gone, "value": "1"}, {"key": kept, "value": "2"}]
    customer_id = shop.add_customer(customerGroupId=group, extrafields=values)
    first = seq(shop, customer_id)
    shop.put(f"/customers/{customer_id}", {"extrafields": []})
    shop.delete(f"/customer_groups/{group}")
    shop.delete(f"/store_extrafields/customers/{gone}")
    assert restore(shop, customer_id, first)["notRestored"] == [
        {"path": "customerGroupId", "problem": f"group {group} is not there any more"},
        {"path": f"extrafields[key={gone}]", "problem": "the extra field is not there any more"},
    ]
    after = shop.customer(customer_id)
    assert (after["customerGroupId"], after["customerGroupName"]) == (0, "General")
    assert [(value["key"], value["value"]) for value in after["extrafields"]] == [(kept, "2")]
    shop.delete(f"/store_extrafields/customers/{kept}")  # those who have a value of it are known
    assert "extrafields" not in shop.customer(customer_id)


def test_a_password_comes_back_by_its_name_alone(shop: Shop) -> None:
    customer_id = shop.add_customer(password="old")
    first, old = seq(shop, customer_id), stored_password(shop, customer_id)
    shop.put(f"/customers/{customer_id}", {"password": "new"})
    new = stored_password(shop, customer_id)
    restore(shop, customer_id, first)
    assert stored_password(shop, customer_id) == new
    shop.delete(f"/customers/{customer_id}")
    restore(shop, customer_id, first)
    assert stored_password(shop, customer_id) == new
    restore(shop, customer_id, first, fields=["password"])
    assert stored_password(shop, customer_id) == old != new


def stored_password(shop: Shop, customer_id: int) -> str:
    customer = shop.server.run(shop.server.storage.get_customer(shop.store_id, customer_id))
    assert customer
    return customer.password_hash


def test_refused(shop: Shop, other_shop: Shop) -> None:
    customer_id, other = shop.add_customer(), shop.add_customer("other@example.com")
    changes = shop.changes()
    for to in (0, -1, seq(shop, other), 99):
        answer = ask_to_restore(shop, customer_id, to=to)
        check_error(answer, 404, "CHANGE_NOT_FOUND", f"Customer #{customer_id} has no change {to}")
    answer = ask_to_restore(shop, customer_id, to="1", fields=["x", 1])
    check_error(answer, 400, "WRONG_PARAMETER", "Field Restore.to must be an integer")
    assert answer.json["args"].keys() == {"Restore.to", "Restore.fields[0]", "Restore.fields[1]"}
    check_error(ask_to_restore(shop, 99, to=1), 404, "CUSTOMER_NOT_FOUND", "Customer #99 not found")
    foreign = other_shop.add_customer("foreign@example.com")
    other_shop.add_customer("foreign2@example.com")
    other_shop.add_customer("foreign3@example.com")
    check_error(ask_to_restore(shop, foreign + 2, to=1), 404, "CUSTOMER_NOT_FOUND")
    assert shop.changes() == changes


def test_a_deletion_is_nothing_to_go_back_to(shop: Shop) -> None:
    customer_id = shop.add_customer()
    first = seq(shop, customer_id)
    shop.delete(f"/customers/{customer_id}")
    answer = ask_to_restore(shop, customer_id, to=seq(shop, customer_id))
    message = (
        f"Customer #{customer_id} was deleted with change {first + 1}, before which change {first} was its last one"
    )
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", message)
    check_error(shop.call("GET", f"/customers/{customer_id}"), 404, "CUSTOMER_NOT_FOUND")
