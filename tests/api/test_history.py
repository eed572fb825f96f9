"""The history of a customer, and a customer as it was."""

import time

import pytest

from customary.operations.retention import prune_history
from tests.api.people import FULL, kept
from tests.api.scenarios import A_TEXT, AN_ID, Json, differences, resolve
from tests.api.shop import Answer, Shop, check_error


def ask(shop: Shop, path: str, **query: Json) -> Answer:
    return shop.call("GET", shop.own(path), query=query)


def history(shop: Shop, customer_id: int, **query: Json) -> Json:
    answer = ask(shop, f"/customers/{customer_id}/history", **query)
    assert answer.status == 200, answer.json
    return answer.json


def changes(shop: Shop, customer_id: int) -> list[dict[str, tuple[Json, Json]]]:
    """Newest first: path → before and after, ``-`` where there is none."""
    return [
        {change["path"]: (change.get("before", "-"), change.get("after", "-")) for change in item["changes"]}
        for item in history(shop, customer_id)["items"]
    ]


def test_who_changed_what_and_when(shop: Shop) -> None:
    customer_id = shop.add_customer(password="first")
    updated = shop.call("PUT", f"/customers/{customer_id}", {"taxId": "7", "password": "second"})
    page = history(shop, customer_id)
    assert page == {
        "count": 2,
        "limit": 100,
        "items": [
            {
                "seq": 2,
                "at": shop.customer(customer_id)["updated"],
                "kind": "updated",
                "token": {"id": AN_ID, "label": "test"},
                "requestId": updated.headers["x-request-id"],
                "changes": [{"path": "taxId", "before": "", "after": "7"}, {"path": "password"}],
            },
            {
                "seq": 1,
                "at": A_TEXT,
                "kind": "created",
                "token": {"id": AN_ID, "label": "test"},
                "requestId": A_TEXT,
                "changes": [
                    {"path": "email", "after": "jo@example.com"},
                    {"path": f"contacts[id={shop.customer(customer_id)['contacts'][0]['id']}]", "after": A_CONTACT},
                    {"path": "password"},
                ],
            },
        ],
    }


A_CONTACT = {
    "id": AN_ID,
    "contact": "jo@example.com",
    "type": "EMAIL",
    "default": True,
    "orderBy": 0,
    "timestamp": A_TEXT,
}


def test_elements_are_followed_by_their_ids(shop: Shop) -> None:
    names = {"group": shop.add_group()}
    customer_id = int(shop.post("/customers", resolve(FULL, {}, names))["id"])
    before = shop.customer(customer_id)
    (mail, phone, mobile), (home, work) = before["contacts"], before["shippingAddresses"]
    body = {
        "contacts": [kept("contacts", 1, contact="+1 999")],
        "shippingAddresses": [{"id": work["id"], "city": "Bari"}],
    }
    shop.put(f"/customers/{customer_id}", resolve(body, before, names))
    shop.delete(f"/customers/{customer_id}/contacts/{phone['id']}")
    removed, updated, _ = changes(shop, customer_id)
    assert removed == {f"contacts[id={phone['id']}]": ({**phone, "contact": "+1 999", "timestamp": A_TEXT}, "-")}
    assert updated[f"contacts[id={mail['id']}]"] == (mail, "-")
    assert updated[f"contacts[id={mobile['id']}]"] == (mobile, "-")
    assert updated[f"contacts[id={phone['id']}].contact"] == ("+1 217 555 0100", "+1 999")
    assert updated[f"shippingAddresses[id={work['id']}].city"] == ("Turin", "Bari")
    assert updated[f"shippingAddresses[id={work['id']}].name"] == ("Cher", "-")
    gone, _ = updated[f"shippingAddresses[id={home['id']}]"]
    assert gone.items() <= home.items()
    assert home.keys() - gone.keys() == {
        "firstName", "lastName", "countryName", "stateOrProvinceName", "addressFormatted",
    }  # fmt: skip


def test_what_others_did_to_the_customer_is_in_it(shop: Shop) -> None:
    """A group or an extra field that is deleted, a change of many customers."""
    group, key = shop.add_group(), shop.add_extrafield()
    customer_id = shop.add_customer(customerGroupId=group, extrafields=[{"key": key, "value": "42"}])
    shop.post("/customers_update", {"mode": "ALL", "customer": {"taxExempt": True}})
    shop.delete(f"/customer_groups/{group}")
    shop.delete(f"/store_extrafields/customers/{key}")
    assert changes(shop, customer_id)[:3] == [
        {f"extrafields[key={key}]": ({"key": key, "value": "42"}, "-")},
        {"customerGroupId": (group, 0)},
        {"taxExempt": (False, True)},
    ]
    created = history(shop, customer_id)["items"][-1]["seq"]
    then = ask(shop, f"/customers/{customer_id}/history/{created}").json
    assert (then["customerGroupId"], then["customerGroupName"]) == (group, "Wholesale")
    assert "extrafields" not in then


def test_a_customer_as_it_was_after_each_change(shop: Shop) -> None:
    names = {"group": shop.add_group()}
    customer_id = int(shop.post("/customers", resolve(FULL, {}, names))["id"])
    shop.add_customer("other@example.com")
    states = [shop.customer(customer_id)]
    for body in ({"contacts": []}, {"billingPerson": None}, {"email": "ann@example.com", "shippingAddresses": None}):
        shop.put(f"/customers/{customer_id}", body)
        states.append(shop.customer(customer_id))
    seqs = [item["seq"] for item in history(shop, customer_id)["items"]][::-1]
    assert [ask(shop, f"/customers/{customer_id}/history/{seq}").json for seq in seqs] == states
    first = ask(shop, f"/customers/{customer_id}/history/{seqs[0]}", responseFields="email,contacts(contact)")
    assert first.json == {
        "email": "jo@example.com",
        "contacts": [{"contact": each["contact"]} for each in FULL["contacts"]],
    }


def test_a_customer_that_was_deleted_has_a_history(shop: Shop) -> None:
    customer_id = shop.add_customer(taxId="7")
    state = shop.customer(customer_id)
    shop.delete(f"/customers/{customer_id}")
    deletion, creation = changes(shop, customer_id)
    assert deletion.keys() == creation.keys()
    assert deletion["taxId"] == ("7", "-")
    assert ask(shop, f"/customers/{customer_id}/history/1").json == state
    message = f"Customer #{customer_id} was deleted with change 2, before which change 1 was its last one"
    check_error(ask(shop, f"/customers/{customer_id}/history/2"), 404, "CUSTOMER_NOT_FOUND", message)


def test_page_by_page(shop: Shop) -> None:
    customer_id, other = shop.add_customer(), shop.add_customer("other@example.com")
    for number in range(4):
        shop.put(f"/customers/{customer_id}", {"taxId": str(number)})
        shop.put(f"/customers/{other}", {"taxId": str(number)})
    everything = history(shop, customer_id)["items"]
    assert [item["seq"] for item in everything] == [9, 7, 5, 3, 1]
    found: list[Json] = []
    page = history(shop, customer_id, limit=2)
    while True:
        found += page["items"]
        if "next" not in page:
            break
        assert (page["count"], page["limit"], page["next"]) == (2, 2, found[-1]["seq"])
        page = history(shop, customer_id, limit=2, before=page["next"])
    assert found == everything
    assert history(shop, customer_id, before=8, limit=500) == {"count": 4, "limit": 100, "items": everything[1:]}
    assert history(shop, customer_id, before=1) == {"count": 0, "limit": 100, "items": []}
    assert "next" not in history(shop, customer_id, limit=5)


def test_what_is_not_there(shop: Shop, other_shop: Shop) -> None:
    mine = shop.add_customer()
    others = [other_shop.add_customer(f"{number}@example.com") for number in range(2)]
    for path in (f"/customers/{others[1]}/history", f"/customers/{others[1]}/history/1"):
        check_error(ask(shop, path), 404, "CUSTOMER_NOT_FOUND", f"Customer #{others[1]} not found")
    shop.add_customer("other@example.com")
    for seq in (0, 2, 3, 10**17):
        answer = ask(shop, f"/customers/{mine}/history/{seq}")
        check_error(answer, 404, "CHANGE_NOT_FOUND", f"Customer #{mine} has no change {seq}")
    check_error(ask(shop, f"/customers/{mine}/history/first"), 404, "NOT_FOUND")


@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "x"), ("before", "-1"), ("before", "x")])
def test_refused(shop: Shop, name: str, value: str) -> None:
    answer = ask(shop, f"/customers/{shop.add_customer()}/history", **{name: value})
    message = f"Wrong numeric parameter '{name}' value: not a number or a number out of range"
    check_error(answer, 400, "WRONG_PARAMETER", message)


def test_it_takes_the_scope_of_reading(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.token = shop.server.add_token(shop.store_id, ("update_customers",))
    for path in (f"/customers/{customer_id}/history", f"/customers/{customer_id}/history/1"):
        check_error(ask(shop, path), 403, "INSUFFICIENT_APP_SCOPE")


def test_no_secret_is_told(shop: Shop) -> None:
    customer_id = shop.add_customer(password="correct horse")
    shop.put(f"/customers/{customer_id}", {"password": "battery staple"})
    shop.delete(f"/customers/{customer_id}")
    told = str(history(shop, customer_id)) + str(ask(shop, f"/customers/{customer_id}/history/2").json)
    for secret in ("argon2", "horse", "staple", "Hash"):
        assert secret not in told


def test_differences_are_those_of_the_answers(shop: Shop) -> None:
    """The same paths differ in what is read before and after."""
    customer_id = shop.add_customer(billingPerson={"name": "Jo", "city": "Rome"}, acceptMarketing=True)
    before = shop.customer(customer_id)
    shop.put(f"/customers/{customer_id}", {"billingPerson": {"city": "Bari"}, "acceptMarketing": None, "taxId": "7"})
    assert changes(shop, customer_id)[0].keys() == differences(before, shop.customer(customer_id)).keys()


def test_a_history_that_is_cut_says_so(shop: Shop) -> None:
    customer_id = shop.add_customer()
    for number in range(3):
        shop.put(f"/customers/{customer_id}", {"taxId": str(number)})
    assert "pruned" not in history(shop, customer_id)
    later = int(time.time()) + 86_400
    shop.server.run(prune_history(shop.server.storage, 0, later))
    shop.put(f"/customers/{customer_id}", {"taxId": "new"})
    page = history(shop, customer_id)
    assert [(item["kind"], len(item["changes"])) for item in page["items"]] == [("updated", 1), ("updated", 0)]
    assert page["pruned"] is True
    then = ask(shop, f"/customers/{customer_id}/history/4")
    assert then.json["taxId"] == "2"
    check_error(ask(shop, f"/customers/{customer_id}/history/2"), 404, "CHANGE_NOT_FOUND")
