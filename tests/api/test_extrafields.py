"""Extra fields: their definitions, and the values that customers have of them."""

import re
import time

import pytest

from tests.api.scenarios import A_TEXT, ABSENT, Json, Scenario
from tests.api.shop import Shop, check_error, check_scenario

LIST = "/store_extrafields/customers"
ONE = LIST + "/{size}"
DATE = "2024-06-04 21:15:10 +0000"
SIZE = {
    "key": A_TEXT,
    "title": "Shoe size",
    "entityTypes": ["CUSTOMERS"],
    "type": "TEXT",
    "shownOnOrderDetails": False,
    "linkedWithCheckoutField": False,
    "createdDate": A_TEXT,
    "lastModifiedDate": A_TEXT,
}


@pytest.fixture
def names(shop: Shop) -> dict[str, str]:
    return {"size": shop.add_extrafield("Shoe size"), "born": shop.add_extrafield("Born", type="DATETIME", key="born")}


def one(shop: Shop, key: str) -> Json:
    return shop.get(f"{LIST}/{key}")


def values(shop: Shop, customer_id: int) -> dict[str, str]:
    return {each["key"]: each["value"] for each in shop.customer(customer_id).get("extrafields", ())}


ROWS = [
    Scenario(title="read one", path=ONE, answer=SIZE),
    Scenario(title="part of one", path=ONE, query={"responseFields": "title"}, answer={"title": "Shoe size"}),
    Scenario(
        title="add one",
        method="POST",
        path=LIST,
        body={"title": "Hat size", "type": "text", "shownOnOrderDetails": True},
        answer={"createCount": 1, "key": A_TEXT},
        changes=("extrafield created",),
    ),
    Scenario(
        title="add one with a key",
        method="POST",
        path=LIST,
        body={"title": "Hat size", "key": "Hütchen 5%"},
        answer={"createCount": 1, "key": "Hütchen 5%"},
        changes=("extrafield created",),
    ),
    Scenario(
        title="change one",
        method="PUT",
        path=ONE,
        body={"title": "Size"},
        answer={"updateCount": 1},
        changes=("extrafield updated",),
    ),
    Scenario(title="delete one", method="DELETE", path=ONE, answer={"deleteCount": 1}, changes=("extrafield deleted",)),
    Scenario(title="without a title", method="POST", path=LIST, body={"type": "TEXT"}, status=400),
    Scenario(title="a key that is taken", method="POST", path=LIST, body={"title": "x", "key": "born"}, status=400),
    Scenario(title="another type", method="PUT", path=ONE, body={"type": "NUMBER"}, status=400),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_scenario(shop: Shop, names: dict[str, str], row: Scenario) -> None:
    check_scenario(shop, row, names)


def test_messages(shop: Shop) -> None:
    for method, body in (("GET", ABSENT), ("PUT", {}), ("DELETE", ABSENT)):
        answer = shop.call(method, f"{LIST}/abc1234", body)
        check_error(answer, 404, "EXTRA_FIELD_NOT_FOUND", "Extra field abc1234 not found")
    check_error(shop.call("POST", LIST, {}), 400, "WRONG_PARAMETER", "Field ExtraField.title is absent")
    shop.add_extrafield(key="size")
    answer = shop.call("POST", LIST, {"title": "x", "key": "size"})
    check_error(answer, 400, "WRONG_PARAMETER", "Field ExtraField.key is the key of another extra field")


def test_the_list(shop: Shop, other_shop: Shop, names: dict[str, str]) -> None:
    assert other_shop.get(LIST) == {"items": []}
    assert re.fullmatch("[A-Za-z0-9]{7}", names["size"])
    assert [each["key"] for each in shop.get(LIST)["items"]] == [names["size"], "born"]
    assert shop.get(LIST)["items"][1] == {**SIZE, "key": "born", "title": "Born", "type": "DATETIME"}
    assert shop.get(LIST, responseFields="items(key)") == {"items": [{"key": names["size"]}, {"key": "born"}]}


def test_a_field_of_another_store_is_not_there(shop: Shop, other_shop: Shop, names: dict[str, str]) -> None:
    assert other_shop.call("GET", f"{LIST}/born").status == 404
    other_shop.add_extrafield("Theirs", key="born")
    assert one(shop, "born")["title"] == "Born"
    customer = other_shop.add_customer(extrafields=[{"key": "born", "value": "x"}])
    shop.delete(f"{LIST}/born")
    assert values(other_shop, customer) == {"born": "x"}


def test_only_what_is_sent_changes(shop: Shop, names: dict[str, str]) -> None:
    before = one(shop, "born")
    time.sleep(1.1)
    shop.put(f"{LIST}/born", {"key": "other", "createdDate": "x", "shownOnOrderDetails": True})
    after = one(shop, "born")
    assert after["lastModifiedDate"] > before["lastModifiedDate"]
    assert after == {**before, "shownOnOrderDetails": True, "lastModifiedDate": after["lastModifiedDate"]}


def test_a_key_with_signs_can_be_reached(shop: Shop) -> None:
    for key in ("Hütchen 5%", "a?b#c", "ключ", "%2F"):
        shop.add_extrafield(key=key)
        quoted = "".join(f"%{byte:02X}" for byte in key.encode())
        assert one(shop, quoted)["key"] == key
        shop.delete(f"{LIST}/{quoted}")
    assert shop.get(LIST)["items"] == []


def test_values_read_back_with_what_they_mean(shop: Shop, names: dict[str, str]) -> None:
    sent = [{"key": "born", "value": 1717535710}, {"key": names["size"], "value": "43"}]
    customer = shop.add_customer(extrafields=sent)
    told = [
        {
            "key": names["size"],
            "title": "Shoe size",
            "value": "43",
            "type": "TEXT",
            "orderBy": 0,
            "entityTypes": ["CUSTOMERS"],
        },
        {
            "key": "born",
            "title": "Born",
            "value": DATE,
            "type": "DATETIME",
            "orderBy": 1,
            "entityTypes": ["CUSTOMERS"],
        },
    ]
    shop.add_customer("b@example.com")
    assert shop.customer(customer)["extrafields"] == told
    listed = shop.get("/customers", sortBy="EMAIL_ASC")["items"]
    assert "extrafields" not in listed[0]
    assert listed[1]["extrafields"] == told
    shop.put(f"/customers/{customer}", {"extrafields": told})
    assert shop.customer(customer)["extrafields"] == told


def test_a_list_that_is_sent_replaces_all_values(shop: Shop, names: dict[str, str]) -> None:
    customer = shop.add_customer(extrafields=[{"key": "born", "value": DATE}])
    for sent, expected in (
        ({"taxId": "1"}, {"born": DATE}),
        ({"extrafields": [{"key": names["size"], "value": "43"}]}, {names["size"]: "43"}),
        ({"extrafields": []}, {}),
        ({"extrafields": [{"key": "born", "value": "2024-01-01"}]}, {"born": "2024-01-01 00:00:00 +0000"}),
        ({"extrafields": None}, {}),
    ):
        shop.put(f"/customers/{customer}", sent)
        assert values(shop, customer) == expected
    assert "extrafields" not in shop.customer(customer)


@pytest.mark.parametrize(
    ("sent", "problems"),
    [
        ([{"key": "none", "value": "x"}], {"[0].key": "is not the key of an extra field of this store"}),
        ([{"key": "born"}, {"key": "born"}], {"[1].key": "is there twice"}),
        ([{"value": "x"}], {"[0].key": "is absent"}),
        ([{"key": "born", "value": True}], {"[0].value": "must be a string or an integer"}),
        ([{"key": 5}], {"[0].key": "must be a string"}),
        ("born", {"": "must be a list"}),
        (["born"], {"[0]": "must be an object"}),
        ([{"key": "born", "value": DATE}] * 101, {"": "must have at most 100 elements"}),
    ],
    ids=lambda each: str(each)[:50],
)
def test_values_are_refused(shop: Shop, names: dict[str, str], sent: Json, problems: dict[str, str]) -> None:
    customer = shop.add_customer(extrafields=[{"key": "born", "value": DATE}])
    changes = shop.changes()
    new = {"email": "new@example.com", "extrafields": sent}
    for answer in (
        shop.call("PUT", f"/customers/{customer}", {"extrafields": sent}),
        shop.call("POST", "/customers", new),
    ):
        check_error(answer, 400, "WRONG_PARAMETER")
        assert {f"Customer.extrafields{path}": told for path, told in problems.items()}.items() <= answer.json[
            "args"
        ].items()
    assert values(shop, customer) == {"born": DATE}
    assert shop.changes() == changes


def test_a_new_type_leaves_values_as_they_are(shop: Shop, names: dict[str, str]) -> None:
    customer = shop.add_customer(extrafields=[{"key": names["size"], "value": "43"}])
    shop.put(f"{LIST}/{names['size']}", {"type": "DATETIME"})
    told = shop.customer(customer)["extrafields"]
    assert (told[0]["value"], told[0]["type"]) == ("43", "DATETIME")
    shop.put(f"/customers/{customer}", {"extrafields": told})
    assert values(shop, customer) == {names["size"]: "43"}


def test_a_deleted_field_takes_its_values_along(shop: Shop, names: dict[str, str]) -> None:
    both = [{"key": names["size"], "value": "43"}, {"key": "born", "value": DATE}]
    holders = [shop.add_customer(f"{number}@example.com", extrafields=both) for number in range(3)]
    without = shop.add_customer(extrafields=both[1:])
    untouched, before = shop.customer(without), [shop.customer(customer) for customer in holders]
    changes = shop.changes()
    time.sleep(1.1)
    shop.delete(f"{LIST}/{names['size']}")
    for customer, was in zip(holders, before, strict=True):
        after = shop.customer(customer)
        assert after["updated"] > was["updated"]
        assert values(shop, customer) == {"born": DATE}
        assert after["extrafields"][0]["orderBy"] == 0
    assert {**shop.customer(without), "extrafields": untouched["extrafields"]} == untouched
    assert shop.changes() == [*changes, *["customer updated"] * 3, "extrafield deleted"]
    sent = {"extrafields": both}
    assert shop.call("PUT", f"/customers/{without}", sent).status == 400
