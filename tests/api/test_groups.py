"""Customer groups: General is always there, the others come and go, and their members follow."""

import time

import pytest

from tests.api.scenarios import ABSENT, AN_ID, Json, Scenario
from tests.api.shop import Shop, check_error, check_scenario

GENERAL = {"id": 0, "name": "General"}
WHOLESALE = {"id": AN_ID, "name": "Wholesale"}
ONE = "/customer_groups/{group}"


@pytest.fixture
def names(shop: Shop) -> dict[str, int]:
    group, other = shop.add_group("Wholesale"), shop.add_group("Großhandel")
    return {"group": group, "other": other}


ROWS = [
    Scenario(title="read General", path="/customer_groups/0", answer=GENERAL),
    Scenario(title="read one", path=ONE, answer=WHOLESALE),
    Scenario(
        title="add one",
        method="POST",
        path="/customer_groups",
        body={"name": "Club", "externalReferenceId": "crm-7"},
        answer={"id": AN_ID},
        changes=("group created",),
    ),
    Scenario(
        title="rename one",
        method="PUT",
        path=ONE,
        body={"name": "Trade"},
        answer={"updateCount": 1},
        changes=("group updated",),
    ),
    Scenario(title="delete one", method="DELETE", path=ONE, answer={"deleteCount": 1}, changes=("group deleted",)),
    *(
        Scenario(title=f"{method} none", method=method, path="/customer_groups/99", body=body, status=404)
        for method, body in (("GET", ABSENT), ("PUT", {"name": "x"}), ("DELETE", ABSENT))
    ),
    *(
        Scenario(title=f"{method} General", method=method, path="/customer_groups/0", body=body, status=400)
        for method, body in (("PUT", {"name": "x"}), ("PUT", {}), ("DELETE", ABSENT))
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_scenario(shop: Shop, names: dict[str, int], row: Scenario) -> None:
    check_scenario(shop, row, names)


def test_messages(shop: Shop) -> None:
    check_error(shop.call("GET", "/customer_groups/5"), 404, "CUSTOMER_GROUP_NOT_FOUND", "Customer group #5 not found")
    check_error(shop.call("DELETE", "/customer_groups/0"), 400, "WRONG_PARAMETER")
    check_error(
        shop.call("POST", "/customer_groups", {}), 400, "WRONG_PARAMETER", "Field CustomerMembership.name is absent"
    )


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ({}, {"name": "Wholesale", "externalReferenceId": "crm"}),
        ({"name": "Trade"}, {"name": "Trade", "externalReferenceId": "crm"}),
        ({"externalReferenceId": "x"}, {"name": "Wholesale", "externalReferenceId": "x"}),
        ({"externalReferenceId": None}, {"name": "Wholesale"}),
        ({"externalReferenceId": ""}, {"name": "Wholesale"}),
        ({"id": 77, "members": 5}, {"name": "Wholesale", "externalReferenceId": "crm"}),
    ],
    ids=str,
)
def test_only_what_is_sent_changes(shop: Shop, body: Json, after: Json) -> None:
    group = shop.post("/customer_groups", {"name": "Wholesale", "externalReferenceId": "crm"})["id"]
    shop.put(f"/customer_groups/{group}", body)
    assert shop.get(f"/customer_groups/{group}") == {"id": group, **after}


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"name": None}, {"CustomerMembership.name": "must not be empty"}),
        ({"name": ""}, {"CustomerMembership.name": "must not be empty"}),
        ({"name": "x" * 256}, {"CustomerMembership.name": "must be at most 255 characters long"}),
        ({"name": "a\nb"}, {"CustomerMembership.name": "must not contain control characters"}),
        (
            {"name": 5, "externalReferenceId": []},
            {
                "CustomerMembership.name": "must be a string",
                "CustomerMembership.externalReferenceId": "must be a string",
            },
        ),
        (
            {"name": "x", "externalReferenceId": "x" * 256},
            {"CustomerMembership.externalReferenceId": "must be at most 255 characters long"},
        ),
    ],
    ids=str,
)
def test_refused(shop: Shop, names: dict[str, int], body: Json, problems: dict[str, str]) -> None:
    before, changes = shop.get("/customer_groups"), shop.changes()
    for method, path in (("POST", "/customer_groups"), ("PUT", ONE.format(**names))):
        answer = shop.call(method, path, body)
        check_error(answer, 400, "WRONG_PARAMETER")
        assert answer.json["args"] == problems
    assert shop.get("/customer_groups") == before
    assert shop.changes() == changes


def test_the_list_begins_with_general(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_group("Elsewhere")
    assert shop.get("/customer_groups") == {"total": 1, "count": 1, "offset": 0, "limit": 100, "items": [GENERAL]}
    ids = [shop.add_group(name) for name in ("Zebra", "Ant")]
    items = shop.get("/customer_groups")["items"]
    assert items == [GENERAL, {"id": ids[0], "name": "Zebra"}, {"id": ids[1], "name": "Ant"}]
    page = shop.get("/customer_groups", offset=1, limit=1)
    assert page == {"total": 3, "count": 1, "offset": 1, "limit": 1, "items": items[1:2]}
    assert shop.get("/customer_groups", offset=3, limit=300)["items"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"keyword": "GROSS"}, ["Großhandel"]),
        ({"keyword": "e"}, ["General", "Wholesale", "Großhandel"]),
        ({"keyword": "gen"}, ["General"]),
        ({"keyword": "%"}, []),
        ({"keyword": ""}, ["General", "Wholesale", "Großhandel"]),
        ({"customerGroupIds": "{other},0"}, ["General", "Großhandel"]),
        ({"customerGroupId": "{group}"}, ["Wholesale"]),
        ({"customerGroupId": "{other}, {group}"}, ["Wholesale", "Großhandel"]),
        ({"customerGroupIds": "999"}, []),
        ({"customerGroupIds": "{group},{other}", "keyword": "sale"}, ["Wholesale"]),
        ({"customerGroupIds": ""}, ["General", "Wholesale", "Großhandel"]),
    ],
    ids=str,
)
def test_filters(shop: Shop, names: dict[str, int], query: dict[str, str], expected: list[str]) -> None:
    page = shop.get("/customer_groups", **{name: value.format(**names) for name, value in query.items()})
    assert [group["name"] for group in page["items"]] == expected
    assert page["total"] == page["count"] == len(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "x"), ("offset", "-1"), ("customerGroupIds", "a"), ("customerGroupId", "1,-1")],
)
def test_refused_parameters(shop: Shop, name: str, value: str) -> None:
    message = f"Wrong numeric parameter '{name}' value: not a number or a number out of range"
    check_error(shop.call("GET", "/customer_groups", query={name: value}), 400, "WRONG_PARAMETER", message)


def test_a_limit_over_the_limit_is_a_hundred_on_every_list(shop: Shop) -> None:
    for path in ("/customers", "/customers/deleted", "/customer_groups"):
        assert shop.get(path, limit=2**31)["limit"] == 100


def test_members_of_a_deleted_group_move_to_general(shop: Shop, names: dict[str, int]) -> None:
    member = shop.add_customer("a@example.com", customerGroupId=names["group"])
    other = shop.add_customer("b@example.com", customerGroupId=names["other"])
    before = shop.customer(member)
    assert before["customerGroupName"] == "Wholesale"
    untouched = shop.customer(other)
    time.sleep(1.1)
    changes = shop.changes()
    shop.delete(ONE.format(**names))
    after = shop.customer(member)
    assert (after["customerGroupId"], after["customerGroupName"]) == (0, "General")
    assert after["updated"] > before["updated"]
    assert shop.customer(other) == untouched
    assert sorted(shop.changes()[len(changes) :]) == ["customer updated", "group deleted"]
    assert shop.find(customerGroup=0) == ["a@example.com"]
    check_error(shop.call("GET", ONE.format(**names)), 404, "CUSTOMER_GROUP_NOT_FOUND")


def test_a_group_that_is_renamed_is_renamed_for_its_members(shop: Shop, names: dict[str, int]) -> None:
    member = shop.add_customer(customerGroupId=names["group"])
    shop.put(ONE.format(**names), {"name": "Trade"})
    assert shop.customer(member)["customerGroupName"] == "Trade"
    assert shop.get("/customers")["items"][0]["customerGroupName"] == "Trade"


def test_ids_are_never_used_again(shop: Shop) -> None:
    first = shop.add_group()
    shop.delete(f"/customer_groups/{first}")
    assert shop.add_group() > first


def test_a_group_of_another_store_is_not_there(shop: Shop, other_shop: Shop) -> None:
    for _ in range(2):
        group = other_shop.add_group()
    for method, body in (("GET", ABSENT), ("PUT", {"name": "x"}), ("DELETE", ABSENT)):
        answer = shop.call(method, f"/customer_groups/{group}", body)
        check_error(answer, 404, "CUSTOMER_GROUP_NOT_FOUND", f"Customer group #{group} not found")
    assert other_shop.get(f"/customer_groups/{group}")["name"] == "Wholesale"
