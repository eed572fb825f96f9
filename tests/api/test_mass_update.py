"""Many customers at once: selected, found or all of them are changed or deleted, or none is."""

import time
from typing import Any

import pytest

from tests.api.scenarios import Json, differences
from tests.api.shop import Shop, check_error

PATH = "/customers_update"
EXEMPT = {"taxExempt": True}


@pytest.fixture
def ids(shop: Shop, other_shop: Shop) -> list[int]:
    """Five customers, the first two of them in Rome; another store has one too."""
    other_shop.add_customer("0@example.com")
    return [
        shop.add_customer(
            f"{number}@example.com",
            acceptMarketing=True,
            name=f"N{number}",
            shippingAddresses=[{"city": "Rome" if number < 2 else "Lyon"}],
        )
        for number in range(5)
    ]


def update(shop: Shop, body: Json, **query: Any) -> Json:
    answer = shop.call("POST", PATH, body, query)
    assert answer.status == 200, answer.json
    assert answer.json.keys() == {"updateCount"}
    return answer.json["updateCount"]


def test_selected_ones_are_changed_and_nothing_else(shop: Shop, other_shop: Shop, ids: list[int]) -> None:
    group = shop.add_group()
    before = {id_: shop.customer(id_) for id_ in ids}
    elsewhere = other_shop.get("/customers")
    changes = shop.changes()
    time.sleep(1.1)
    body = {"mode": "SELECTED", "ids": ids[1:3], "customer": {"customerGroupId": group, "acceptMarketing": None}}
    assert update(shop, body) == 2
    for id_ in ids:
        after = shop.customer(id_)
        if id_ in ids[1:3]:
            changed = differences(before[id_], after)
            assert changed.pop("acceptMarketing") is not True
            assert changed == {"customerGroupId": group, "customerGroupName": "Wholesale"}
            assert after["updated"] > before[id_]["updated"]
        else:
            assert after == before[id_]
    assert shop.changes() == [*changes, *["customer updated"] * 2]
    assert shop.find(customerGroup=group) == ["1@example.com", "2@example.com"]
    assert other_shop.get("/customers") == elsewhere


def test_unknown_ids_count_for_nothing_and_each_id_once(shop: Shop, other_shop: Shop, ids: list[int]) -> None:
    gone = shop.add_customer("gone@example.com")
    shop.delete(f"/customers/{gone}")
    odd = [0, -1, gone, 10**9, 2**32 + ids[1], 2**63 - 1, -(2**63)]
    assert update(shop, {"mode": "SELECTED", "ids": [*odd, ids[0], ids[0]], "customer": EXEMPT}) == 1
    assert shop.find(taxExempt="true") == ["0@example.com"]
    assert update(shop, {"mode": "SELECTED", "ids": odd, "customer": EXEMPT}) == 0
    assert update(shop, {"mode": "SELECTED", "ids": [], "delete": True}) == 0


def test_found_ones(shop: Shop, ids: list[int]) -> None:
    body = {"mode": "ALL_FILTERED", "ids": [ids[4]], "customer": EXEMPT}
    assert update(shop, body, city="rome", offset=1, limit=1, sortBy="EMAIL_DESC") == 2
    assert shop.find(taxExempt="true") == ["0@example.com", "1@example.com"]
    assert update(shop, body, taxExempt="false") == 3  # what no longer matches once it is changed
    assert update(shop, body, keyword="nobody") == 0


def test_all(shop: Shop, other_shop: Shop, ids: list[int]) -> None:
    assert update(shop, {"mode": "ALL", "customer": EXEMPT}, city="rome") == len(ids)
    assert len(shop.find(taxExempt="true")) == len(ids)
    assert other_shop.find(taxExempt="true") == []


def test_deleted_ones_are_in_the_list_of_deleted(shop: Shop, ids: list[int]) -> None:
    changes = shop.changes()
    assert update(shop, {"mode": "ALL_FILTERED", "delete": True}, city="Lyon") == 3
    assert shop.find() == ["0@example.com", "1@example.com"]
    assert [item["id"] for item in shop.get("/customers/deleted")["items"]] == ids[2:]
    assert shop.changes() == [*changes, *["customer deleted"] * 3]
    assert update(shop, {"mode": "SELECTED", "ids": [*ids, 1], "delete": True}) == 2
    assert shop.get("/customers")["allCustomerCount"] == 0


def test_more_than_a_page_and_then_their_group_goes(shop: Shop) -> None:
    customers = [{"email": f"{number}@example.com", "name": f"N{number}"} for number in range(1203)]
    for customer in customers:
        shop.post("/customers", customer)
    group = shop.add_group()
    assert update(shop, {"mode": "ALL_FILTERED", "customer": {"customerGroupId": group}}, name="n") == 1203
    assert shop.get("/customers", customerGroup=group, limit=1)["total"] == 1203
    changes = shop.changes()
    shop.delete(f"/customer_groups/{group}")
    assert shop.get("/customers", customerGroup=0, limit=1)["total"] == 1203
    assert shop.changes() == [*changes, *["customer updated"] * 1203, "group deleted"]
    assert shop.find(name="n7", limit=1) == ["7@example.com"]
    assert update(shop, {"mode": "ALL", "delete": True}) == 1203
    assert shop.get("/customers")["total"] == 0


def test_an_unknown_group_changes_nothing(shop: Shop, other_shop: Shop, ids: list[int]) -> None:
    for _ in range(2):
        group = other_shop.add_group()
    changes = shop.changes()
    for selected in ({"mode": "ALL"}, {"mode": "SELECTED", "ids": ids}):
        answer = shop.call("POST", PATH, {**selected, "customer": {"customerGroupId": group, "taxExempt": True}})
        check_error(answer, 400, "WRONG_PARAMETER")
        problem = {"MassUpdate.customer.customerGroupId": "is not the id of a customer group of this store"}
        assert answer.json["args"] == problem
    assert shop.changes() == changes
    assert shop.find(taxExempt="true") == []


@pytest.mark.parametrize(
    ("body", "query", "message"),
    [
        ({"customer": EXEMPT}, {}, "Field MassUpdate.mode is absent"),
        ({"mode": "SELECTED", "delete": True}, {}, "Field MassUpdate.ids is absent"),
        ({"mode": "SELECTED", "ids": ["1"], "delete": True}, {}, "Field MassUpdate.ids[0] must be an integer"),
        ({"mode": "ALL", "delete": "yes"}, {}, "Field MassUpdate.delete must be true or false"),
        (
            {"mode": "ALL", "customer": {"taxExempt": 1}},
            {},
            "Field MassUpdate.customer.taxExempt must be true or false",
        ),
        ([], {}, "Wrong JSON format: the body must be an object"),
        (
            {"mode": "ALL_FILTERED", "delete": True},
            {"city": "", "customerGroupID": "5", "limit": "5"},
            "Field MassUpdate.mode is 'ALL_FILTERED', but the query has no filter: 'ALL' takes every customer",
        ),
        (
            {"mode": "ALL", "delete": True},
            {"taxExempt": "maybe"},
            "Wrong parameter 'taxExempt' value: expected one of 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0'",
        ),
    ],
    ids=str,
)
def test_refused(shop: Shop, ids: list[int], body: Json, query: dict[str, str], message: str) -> None:
    changes = shop.changes()
    check_error(shop.call("POST", PATH, body, query), 400, "WRONG_PARAMETER", message)
    assert shop.changes() == changes
