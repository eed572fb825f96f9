"""Delete customer, and the list of those that were deleted."""

import time

import pytest

from tests.api.scenarios import A_TEXT
from tests.api.shop import Shop, check_error

EMPTY = {"total": 0, "count": 0, "offset": 0, "limit": 100, "items": []}


def test_a_customer_goes_with_all_that_it_has(shop: Shop) -> None:
    kept, gone = shop.add_customer("a@example.com"), shop.add_customer("b@example.com", contacts=[{"contact": "x"}])
    contact = shop.customer(gone)["contacts"][0]["id"]
    assert shop.delete(f"/customers/{gone}") == {"deleteCount": 1}
    for path in (f"/customers/{gone}", f"/customers/{gone}/contacts", f"/customers/{gone}/contacts/{contact}"):
        check_error(shop.call("GET", path), 404, "CUSTOMER_NOT_FOUND", f"Customer #{gone} not found")
    check_error(shop.call("PUT", f"/customers/{gone}", {}), 404, "CUSTOMER_NOT_FOUND")
    check_error(shop.call("DELETE", f"/customers/{gone}"), 404, "CUSTOMER_NOT_FOUND", f"Customer #{gone} not found")
    assert shop.find() == ["a@example.com"]
    assert shop.customer(kept)["email"] == "a@example.com"
    assert shop.changes() == ["customer created", "customer created", "customer deleted"]


def test_a_customer_of_another_store_stays(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer("a@example.com")
    customer_id = other_shop.add_customer("b@example.com")
    answer = shop.call("DELETE", f"/customers/{customer_id}")
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", f"Customer #{customer_id} not found")
    assert other_shop.customer(customer_id)["email"] == "b@example.com"
    assert shop.get("/customers/deleted") == EMPTY


def test_nobody_was_deleted(shop: Shop) -> None:
    shop.add_customer()
    assert shop.get("/customers/deleted") == EMPTY


def test_the_deleted_are_listed(shop: Shop, other_shop: Shop) -> None:
    other_shop.delete(f"/customers/{other_shop.add_customer()}")
    gone = [shop.add_customer(f"c{number}@example.com") for number in range(3)]
    shop.add_customer("kept@example.com")
    for customer_id in (gone[1], gone[0], gone[2]):
        shop.delete(f"/customers/{customer_id}")
    page = shop.get("/customers/deleted")
    assert page["items"] == [{"id": customer_id, "date": A_TEXT} for customer_id in (gone[1], gone[0], gone[2])]
    assert (page["total"], page["count"], page["offset"], page["limit"]) == (3, 3, 0, 100)
    second = shop.get("/customers/deleted", offset=1, limit=1)
    assert second == {"total": 3, "count": 1, "offset": 1, "limit": 1, "items": page["items"][1:2]}
    past = shop.get("/customers/deleted", offset=3, limit=500)
    assert past == {"total": 3, "count": 0, "offset": 3, "limit": 100, "items": []}


def test_a_customer_that_came_back_under_the_same_email_is_another(shop: Shop) -> None:
    gone = shop.add_customer()
    shop.delete(f"/customers/{gone}")
    back = shop.add_customer()
    assert back != gone
    assert [item["id"] for item in shop.get("/customers/deleted")["items"]] == [gone]


def test_bounds_are_inclusive(shop: Shop) -> None:
    first, second = shop.add_customer("a@example.com"), shop.add_customer("b@example.com")
    shop.delete(f"/customers/{first}")
    time.sleep(1.1)
    shop.delete(f"/customers/{second}")
    dates = [item["date"] for item in shop.get("/customers/deleted")["items"]]
    assert dates == sorted(dates)

    def found(**query: str) -> list[int]:
        return [item["id"] for item in shop.get("/customers/deleted", **query)["items"]]

    assert found(from_date=dates[0], to_date=dates[1]) == [first, second]
    assert found(from_date=dates[1]) == [second]
    assert found(to_date=dates[0]) == [first]
    assert found(from_date="4102444800") == found(to_date="2001-01-01") == []


NUMBER = "Wrong numeric parameter '{}' value: not a number or a number out of range"
DATE = "Wrong parameter '{}' value: expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("limit", "0", NUMBER),
        ("limit", "many", NUMBER),
        ("offset", "-1", NUMBER),
        ("from_date", "noon", DATE),
        ("to_date", "2024-02-30", DATE),
    ],
)
def test_refused(shop: Shop, name: str, value: str, message: str) -> None:
    answer = shop.call("GET", "/customers/deleted", query={name: value})
    check_error(answer, 400, "WRONG_PARAMETER", message.format(name))
