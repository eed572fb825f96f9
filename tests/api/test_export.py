"""All that is held of one customer."""

import time

from customary.operations.retention import prune_history
from tests.api.people import FULL
from tests.api.scenarios import A_TEXT
from tests.api.shop import Shop, check_error


def test_everything_is_in_it(shop: Shop) -> None:
    customer_id = shop.add_customer(**FULL | {"customerGroupId": shop.add_group("VIP")}, password="a secret")
    for number in range(250):
        shop.put(f"/customers/{customer_id}", {"taxId": str(number)})
    orders = [shop.add_order(items=[{"name": "Tea", "price": 3}]) for _ in range(3)]
    other = shop.add_customer("other@example.com")
    shop.add_order("other@example.com")
    answer = shop.call("GET", shop.own(f"/customers/{customer_id}/export"))
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="customer-{customer_id}.json"'
    held = answer.json
    assert list(held) == ["exported", "customer", "history", "orders"]
    assert held["exported"] == A_TEXT
    assert held["customer"] == shop.customer(customer_id)
    assert held["customer"]["customerGroupName"] == "VIP"
    assert held["orders"] == shop.get("/orders", customerId=customer_id)["items"]
    assert len(held["orders"]) == len(orders)
    pages = [shop.call("GET", shop.own(f"/customers/{customer_id}/history")).json]
    while "next" in pages[-1]:
        query = {"before": pages[-1]["next"]}
        pages.append(shop.call("GET", shop.own(f"/customers/{customer_id}/history"), query=query).json)
    assert held["history"] == [item for page in pages for item in page["items"]]
    assert len(held["history"]) == 251
    assert held["history"][0]["token"]["label"] == "test"
    assert "argon2" not in str(held)
    assert "a secret" not in str(held)
    assert "other@example.com" not in str(held)
    assert other != customer_id


def test_of_one_that_is_deleted_the_history(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.delete(f"/customers/{customer_id}")
    held = shop.call("GET", shop.own(f"/customers/{customer_id}/export")).json
    assert list(held) == ["exported", "history", "orders"]
    assert [item["kind"] for item in held["history"]] == ["deleted", "created"]
    assert {"path": "email", "before": "jo@example.com"} in held["history"][0]["changes"]


def test_a_history_that_is_cut_says_so(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {"taxId": "1"})
    shop.server.run(prune_history(shop.server.storage, 0, int(time.time()) + 9))
    held = shop.call("GET", shop.own(f"/customers/{customer_id}/export")).json
    assert held["pruned"] is True
    assert len(held["history"]) == 1


def test_who_is_not_there(shop: Shop, other_shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {})
    path = f"/customers/{customer_id}/export"
    check_error(shop.call("GET", shop.own("/customers/999/export")), 404, "CUSTOMER_NOT_FOUND")
    check_error(other_shop.call("GET", other_shop.own(path)), 404, "CUSTOMER_NOT_FOUND")
    shop.post(shop.own(f"/customers/{customer_id}/erase"), {})
    check_error(shop.call("GET", shop.own(path)), 410, "CUSTOMER_ERASED", f"Customer #{customer_id} was erased")
