"""The list of all customers by cursor: from the first to the last, however many and whatever happens meanwhile."""

from typing import Any

import pytest

from customary.operations import listing
from tests.api.scenarios import Json
from tests.api.shop import Shop, check_error


def walk(shop: Shop, **query: Any) -> list[Json]:
    """All parts of the list, along ``next``."""
    parts = [shop.get(shop.own("/customers"), **query)]
    while "next" in parts[-1]:
        parts.append(shop.get(shop.own("/customers"), **{**query, "after": parts[-1]["next"]}))
    return parts


def emails(parts: list[Json]) -> list[str]:
    return [customer["email"] for part in parts for customer in part["items"]]


@pytest.fixture
def ids(shop: Shop, other_shop: Shop) -> list[int]:
    """Seven customers, those with an odd number in Rome; another store has some too."""
    for number in range(9):
        other_shop.add_customer(f"{number}@example.com")
    return [
        shop.add_customer(f"{number}@example.com", name=f"N{9 - number}", shippingAddresses=[{"city": city}])
        for number, city in enumerate(("Lyon", "Rome", "Lyon", "Rome", "Lyon", "Rome", "Lyon"))
    ]


def test_nobody(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer()
    assert shop.get(shop.own("/customers")) == {"count": 0, "limit": 100, "items": []}


def test_parts_in_the_order_of_ids(shop: Shop, ids: list[int]) -> None:
    parts = walk(shop, limit=3)
    assert [part["count"] for part in parts] == [3, 3, 1]
    assert [part.get("next") for part in parts] == [ids[2], ids[5], None]
    assert [customer["id"] for part in parts for customer in part["items"]] == ids
    assert {part["limit"] for part in parts} == {3}
    assert [part["count"] for part in walk(shop, limit=7)] == [7]  # no empty part behind the last customer


def test_items_are_those_of_a_search(shop: Shop, ids: list[int]) -> None:
    group = shop.add_group()
    key = shop.add_extrafield()
    shop.put(f"/customers/{ids[0]}", {"customerGroupId": group, "extrafields": [{"key": key, "value": "44"}]})
    shop.add_order("1@example.com", total=3)
    found = shop.get("/customers", sortBy="EMAIL_ASC")["items"]
    assert shop.get(shop.own("/customers"))["items"] == found
    assert [item["totalOrderCount"] for item in found[:3]] == [0, 1, 0]


def test_the_filters_of_a_search(shop: Shop, ids: list[int]) -> None:
    assert emails(walk(shop, city="rome", limit=2)) == ["1@example.com", "3@example.com", "5@example.com"]
    assert [part["count"] for part in walk(shop, city="rome", limit=3)] == [3]
    assert emails(walk(shop, name="n", maxOrderCount=0, after=ids[4])) == ["5@example.com", "6@example.com"]
    assert emails(walk(shop, email="4@example.com", useExactEmailMatch="true")) == ["4@example.com"]
    assert emails(walk(shop, keyword="nobody")) == []


def test_order_and_offset_play_no_part(shop: Shop, ids: list[int]) -> None:
    part = shop.get(shop.own("/customers"), sortBy="EMAIL_DESC", offset=3, responseFields="items(id),next")
    assert part == {"items": [{"id": id_} for id_ in ids]}


def test_a_part_ends_where_enough_was_read(shop: Shop, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it may be short, or empty, and the list goes on all the same."""
    monkeypatch.setattr(listing, "MOST_READ", 2)
    parts = walk(shop, city="rome", limit=5)
    assert [part["count"] for part in parts] == [1, 1, 1, 0]
    assert emails(parts) == ["1@example.com", "3@example.com", "5@example.com"]
    nobody = walk(shop, keyword="nobody")
    assert [part["count"] for part in nobody] == [0, 0, 0, 0]
    assert [part["count"] for part in walk(shop, limit=5)] == [2, 2, 2, 1]


def test_what_happens_meanwhile(shop: Shop, ids: list[int]) -> None:
    """Who is there from the first part to the last is listed once."""
    first = shop.get(shop.own("/customers"), limit=3)
    shop.delete(f"/customers/{ids[2]}")
    shop.delete(f"/customers/{ids[3]}")
    shop.put(f"/customers/{ids[4]}", {"name": "A"})
    new = shop.add_customer("new@example.com")
    rest = walk(shop, limit=3, after=first["next"])
    assert [customer["id"] for part in rest for customer in part["items"]] == [*ids[4:], new]


def test_a_thousand_at_once(shop: Shop) -> None:
    for number in range(1003):
        shop.add_customer(f"{number}@example.com")
    parts = walk(shop, limit=5000)
    assert [(part["count"], part["limit"]) for part in parts] == [(1000, 1000), (3, 1000)]
    assert len(set(emails(parts))) == 1003


@pytest.mark.parametrize("name", ["after", "limit"])
@pytest.mark.parametrize("value", ["x", "-1", "1.5", str(2**64)])
def test_refused(shop: Shop, name: str, value: str) -> None:
    message = f"Wrong numeric parameter '{name}' value: not a number or a number out of range"
    check_error(shop.call("GET", shop.own("/customers"), query={name: value}), 400, "WRONG_PARAMETER", message)


def test_an_id_too_high_is_refused_and_one_beyond_the_last_finds_nobody(shop: Shop, ids: list[int]) -> None:
    assert shop.get(shop.own("/customers"), after=2**31 - 1) == {"count": 0, "limit": 100, "items": []}
    assert shop.call("GET", shop.own("/customers"), query={"after": 2**31}).status == 400
    assert len(shop.get(shop.own("/customers"), after="", limit="")["items"]) == len(ids)


def test_it_needs_the_scope_to_read(shop: Shop) -> None:
    token = shop.server.add_token(shop.store_id, ["update_customers"])
    answer = shop.call("GET", shop.own("/customers"), headers={"authorization": f"Bearer {token}"})
    check_error(answer, 403, "INSUFFICIENT_APP_SCOPE", "The token lacks the scope 'read_customers'")


def test_only_reading(shop: Shop) -> None:
    answer = shop.call("POST", shop.own("/customers"), {"email": "jo@example.com"})
    check_error(answer, 405, "METHOD_NOT_ALLOWED")
