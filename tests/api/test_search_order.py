"""The orders of a search in both directions, with ties and in all scripts, and its pages."""

import time
from itertools import groupby

import httpx
import pytest

from customary.testing import ServerInThread
from tests.api.shop import Shop

# in the order of their keys: case does not count, accents do, code points decide
NAMES = ["", "Ada", "ada", "ADA", "bob", "Zoë", "zulu", "ägir", "Émile", "Ζήνων", "ζήτα", "Яна", "李"]
GROUPS = [
    ["", ""],
    ["Ada", "ada", "ADA"],
    ["bob"],
    ["Zoë"],
    ["zulu"],
    ["ägir"],
    ["Émile"],
    ["Ζήνων"],
    ["ζήτα"],
    ["Яна"],
    ["李"],
]
NEVER_DIFFERENT = ("ORDER_COUNT", "SALES_VALUE", "FIRST_ORDER_DATE", "LAST_ORDER_DATE")


@pytest.fixture(scope="module")
def crowd(server: ServerInThread, client: httpx.Client) -> Shop:
    """One customer for each name, registered from the last to the first; e-mails sort the other way round."""
    shop = Shop(server, client, 600)
    for number, name in enumerate(["", *reversed(NAMES)]):
        body = {"billingPerson": {"name": name}} if name else {}
        shop.add_customer(f"{'C' if number % 2 else 'c'}{number:02}@example.com", **body)
    return shop


def sort(shop: Shop, order: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = shop.get("/customers", sortBy=order)["items"]
    return items


def ids(items: list[dict[str, object]]) -> list[object]:
    return [item["id"] for item in items]


def test_by_name(crowd: Shop) -> None:
    items = sort(crowd, "NAME_ASC")
    assert [item.get("name", "").lower() for item in items] == [name.lower() for names in GROUPS for name in names]
    assert items == sort(crowd, "name_asc") == crowd.get("/customers")["items"]


def test_ties_break_by_id_in_the_direction_of_the_sort(crowd: Shop) -> None:
    up, down = sort(crowd, "NAME_ASC"), sort(crowd, "NAME_DESC")
    assert down == up[::-1]
    for _, same in groupby(up, key=lambda item: str(item.get("name", "")).lower()):
        found = ids(list(same))
        assert found == sorted(found)


@pytest.mark.parametrize("field", NEVER_DIFFERENT)
def test_where_all_are_equal_the_id_decides(crowd: Shop, field: str) -> None:
    up = ids(sort(crowd, f"{field}_ASC"))
    assert up == sorted(up)
    assert ids(sort(crowd, f"{field}_DESC")) == up[::-1]


def test_by_email_without_regard_to_case(crowd: Shop) -> None:
    emails = [str(item["email"]).lower() for item in sort(crowd, "EMAIL_ASC")]
    assert emails == sorted(emails)
    assert [str(item["email"]).lower() for item in sort(crowd, "EMAIL_DESC")] == emails[::-1]


def test_by_date(shop: Shop) -> None:
    first, second = shop.add_customer("b@example.com"), shop.add_customer("a@example.com")
    time.sleep(2.01 - time.time() % 1)  # to the beginning of a later second, which what follows fits into
    third = shop.add_customer("c@example.com")
    shop.put(f"/customers/{first}", {"taxId": "X"})
    assert ids(sort(shop, "REGISTERED_DATE_ASC")) == [first, second, third]
    assert ids(sort(shop, "REGISTERED_DATE_DESC")) == [third, second, first]
    assert ids(sort(shop, "UPDATED_DATE_ASC")) == [second, first, third]
    assert ids(sort(shop, "UPDATED_DATE_DESC")) == [third, first, second]


def test_a_write_is_seen_by_the_next_search(shop: Shop) -> None:
    customer_id = shop.add_customer("a@example.com", name="Ann")
    assert shop.find(name="ann") == ["a@example.com"]
    shop.put(f"/customers/{customer_id}", {"name": "Bea"})
    assert shop.find(name="ann") == []
    assert shop.find(name="bea") == ["a@example.com"]
    shop.put(f"/customers/{customer_id}", {"contacts": [{"contact": "555 777", "type": "PHONE"}]})
    assert shop.find(phone="555 7") == ["a@example.com"]
    shop.delete(f"/customers/{customer_id}")
    assert shop.find(name="bea") == []
    assert shop.get("/customers")["allCustomerCount"] == 0


@pytest.mark.parametrize("limit", [1, 3, 5, 14, 15, 100])
def test_pages_are_the_list_cut(crowd: Shop, limit: int) -> None:
    everyone = crowd.get("/customers", sortBy="EMAIL_DESC")["items"]
    found = []
    for offset in range(0, len(everyone) + limit, limit):
        page = crowd.get("/customers", sortBy="EMAIL_DESC", offset=offset, limit=limit)
        assert (page["total"], page["offset"], page["limit"]) == (len(everyone), offset, limit)
        assert page["count"] == len(page["items"]) <= limit
        found += page["items"]
    assert found == everyone


def test_pages_over_the_limit_and_past_the_end(crowd: Shop) -> None:
    page = crowd.get("/customers", limit=5000)
    assert (page["limit"], page["count"]) == (100, 14)
    page = crowd.get("/customers", offset=2**31 - 1)
    assert (page["count"], page["items"], page["total"], page["allCustomerCount"]) == (0, [], 14, 14)
    page = crowd.get("/customers", limit="", offset="")
    assert (page["limit"], page["offset"]) == (100, 0)


def test_the_total_is_of_those_that_match(crowd: Shop) -> None:
    page = crowd.get("/customers", name="ada", limit=2)
    assert (page["total"], page["count"], page["allCustomerCount"]) == (3, 2, 14)


def test_a_hundred_at_most(shop: Shop) -> None:
    for number in range(103):
        shop.add_customer(f"c{number}@example.com")
    page = shop.get("/customers", limit=101)
    assert (page["total"], page["count"], page["limit"]) == (103, 100, 100)
    assert shop.get("/customers", offset=100)["count"] == 3
