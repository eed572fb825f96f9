"""The contacts of one customer, one at a time: each call touches its own contact, and the others only as defaults."""

import time

import pytest

from customary.model.customer import CONTACT_TYPES
from tests.api.people import MAIL, MOBILE, PHONE
from tests.api.scenarios import A_TEXT, ABSENT, AN_ID, Json, Scenario, differences
from tests.api.shop import Shop, check_error, check_scenario

CONTACTS = "/customers/{customer}/contacts"
PHONE_PATH = CONTACTS + "/{phone}"
PHONE_ANSWER = PHONE | {"id": AN_ID, "timestamp": A_TEXT}


@pytest.fixture
def names(shop: Shop) -> dict[str, int]:
    customer = shop.add_customer(contacts=[MAIL, PHONE, MOBILE])
    mail, phone, mobile = (contact["id"] for contact in shop.customer(customer)["contacts"])
    return {"customer": customer, "mail": mail, "phone": phone, "mobile": mobile}


ROWS = [
    Scenario(title="read one", path=PHONE_PATH, answer=PHONE_ANSWER),
    Scenario(
        title="list them",
        path=CONTACTS,
        answer={"items": [contact | {"id": AN_ID, "timestamp": A_TEXT} for contact in (MAIL, PHONE, MOBILE)]},
    ),
    Scenario(
        title="add one",
        method="POST",
        path=CONTACTS,
        body={"contact": "@jo", "type": "TELEGRAM"},
        answer={"createCount": 1, "id": AN_ID},
        changes=("customer updated",),
    ),
    Scenario(
        title="change one",
        method="PUT",
        path=PHONE_PATH,
        body={"note": "never"},
        answer={"updateCount": 1},
        changes=("customer updated",),
    ),
    Scenario(
        title="delete one", method="DELETE", path=PHONE_PATH, answer={"deleteCount": 1}, changes=("customer updated",)
    ),
    *(
        Scenario(title=f"{method} one that is not there", method=method, path=CONTACTS + "/999", body=body, status=404)
        for method, body in (("GET", ABSENT), ("PUT", {"note": "x"}), ("DELETE", ABSENT))
    ),
    *(
        Scenario(title=f"{method} of a customer that is not there", method=method, path=path, body=body, status=404)
        for method, path, body in (
            ("GET", "/customers/999/contacts", ABSENT),
            ("POST", "/customers/999/contacts", {"contact": "x"}),
            ("GET", "/customers/999/contacts/{phone}", ABSENT),
            ("PUT", "/customers/999/contacts/{phone}", {"note": "x"}),
            ("DELETE", "/customers/999/contacts/{phone}", ABSENT),
        )
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_scenario(shop: Shop, names: dict[str, int], row: Scenario) -> None:
    check_scenario(shop, row, names)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"contact": "@jo", "type": "TELEGRAM"}, {"type": "TELEGRAM", "default": False, "orderBy": 0}),
        ({"contact": "1", "type": "PHONE"}, {"type": "PHONE", "default": False, "orderBy": 2}),
        ({"contact": "1"}, {"type": "OTHER", "default": False, "orderBy": 0}),
        ({"contact": "1", "type": "VK", "default": True}, {"type": "VK", "default": True, "orderBy": 0}),
        ({"contact": "1", "type": "URL", "orderBy": 9}, {"type": "URL", "default": False, "orderBy": 9}),
        (
            {"contact": "1", "type": "URL", "handle": "h", "note": "a\nb", "default": None},
            {"type": "URL", "handle": "h", "note": "a\nb", "default": False, "orderBy": 0},
        ),
        ({"contact": "1", "id": 5, "timestamp": 7, "other": 1}, {"type": "OTHER", "default": False, "orderBy": 0}),
    ],
)
def test_a_new_contact(shop: Shop, names: dict[str, int], body: Json, told: Json) -> None:
    path = CONTACTS.format(**names)
    before = shop.get(path)["items"]
    contact_id = shop.post(path, body)["id"]
    expected = {"id": contact_id, "contact": body["contact"], "timestamp": A_TEXT, **told}
    assert shop.get(f"{path}/{contact_id}") == expected
    assert shop.get(path)["items"] == [*before, expected]


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        ({}, {}),
        ({"contact": "+1"}, {"contact": "+1"}),
        ({"handle": "h"}, {"handle": "h"}),
        ({"handle": None}, {"handle": ABSENT}),
        ({"handle": ""}, {"handle": ABSENT}),
        ({"note": "n"}, {"note": "n"}),
        ({"note": None}, {"note": ABSENT}),
        ({"type": "VIBER"}, {"type": "VIBER"}),
        ({"type": None}, {"type": "OTHER"}),
        ({"default": False}, {"default": False}),
        ({"default": None}, {"default": False}),
        ({"orderBy": 5}, {"orderBy": 5}),
        ({"id": 99, "timestamp": 1, "unknown": []}, {}),
    ],
    ids=str,
)
def test_only_what_is_sent_changes(shop: Shop, names: dict[str, int], body: Json, differs: Json) -> None:
    before = shop.customer(names["customer"])
    shop.put(PHONE_PATH.format(**names), body)
    after = shop.customer(names["customer"])
    assert differences(before, after) == {f"contacts.1.{field}": value for field, value in differs.items()}


def test_the_timestamp_tells_of_a_change_only(shop: Shop, names: dict[str, int]) -> None:
    path = PHONE_PATH.format(**names)
    before = shop.customer(names["customer"])
    time.sleep(1.1)
    shop.put(path, {"note": PHONE["note"]})
    same = shop.customer(names["customer"])
    assert same["contacts"] == before["contacts"]
    assert same["updated"] > before["updated"]
    shop.put(path, {"note": "other"})
    assert shop.get(path)["timestamp"] > before["contacts"][1]["timestamp"]


def defaults(shop: Shop, names: dict[str, int]) -> list[tuple[str, bool]]:
    items = shop.get(CONTACTS.format(**names))["items"]
    return [(contact["type"], contact["default"]) for contact in items]


def test_a_new_default_takes_the_place_of_the_other(shop: Shop, names: dict[str, int]) -> None:
    shop.post(CONTACTS.format(**names), {"contact": "1", "type": "PHONE", "default": True})
    assert defaults(shop, names) == [("EMAIL", True), ("PHONE", False), ("PHONE", False), ("PHONE", True)]


def test_a_changed_default_takes_the_place_of_the_other(shop: Shop, names: dict[str, int]) -> None:
    shop.put((CONTACTS + "/{mobile}").format(**names), {"default": True})
    assert defaults(shop, names) == [("EMAIL", True), ("PHONE", False), ("PHONE", True)]


def test_a_default_that_changes_its_type(shop: Shop, names: dict[str, int]) -> None:
    shop.put((CONTACTS + "/{mail}").format(**names), {"type": "PHONE"})
    assert defaults(shop, names) == [("PHONE", True), ("PHONE", False), ("PHONE", False)]


def test_the_email_stays_when_its_contact_goes(shop: Shop, names: dict[str, int]) -> None:
    shop.delete((CONTACTS + "/{mail}").format(**names))
    customer = shop.customer(names["customer"])
    assert customer["email"] == "jo@example.com"
    assert [contact["id"] for contact in customer["contacts"]] == [names["phone"], names["mobile"]]


def test_a_contact_is_its_customers_alone(shop: Shop, names: dict[str, int]) -> None:
    other = shop.add_customer("ann@example.com")
    path = f"/customers/{other}/contacts/{names['phone']}"
    for method, body in (("GET", ABSENT), ("PUT", {"note": "x"}), ("DELETE", ABSENT)):
        answer = shop.call(method, path, body)
        check_error(answer, 404, "CONTACT_NOT_FOUND", f"Contact #{names['phone']} not found")


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"Contact.contact": "is absent"}),
        ({"contact": ""}, {"Contact.contact": "must not be empty"}),
        ({"contact": None, "type": "PHONE"}, {"Contact.contact": "must not be empty"}),
        ({"contact": "x" * 256}, {"Contact.contact": "must be at most 255 characters long"}),
        ({"contact": "a\nb"}, {"Contact.contact": "must not contain control characters"}),
        (
            {"contact": "x", "type": "FAX"},
            {"Contact.type": "must be one of " + ", ".join(f"'{kind}'" for kind in CONTACT_TYPES)},
        ),
        ({"contact": "x", "note": "x" * 10_001}, {"Contact.note": "must be at most 10000 characters long"}),
        ({"contact": "x", "orderBy": -1}, {"Contact.orderBy": "must be from 0 to 2147483647"}),
        ({"contact": "x", "default": "yes"}, {"Contact.default": "must be true or false"}),
    ],
    ids=str,
)  # fmt: skip
def test_refused(shop: Shop, names: dict[str, int], body: Json, problems: dict[str, str]) -> None:
    before, changes = shop.customer(names["customer"]), shop.changes()
    calls = (
        [("POST", CONTACTS)]
        if problems == {"Contact.contact": "is absent"}
        else [("POST", CONTACTS), ("PUT", PHONE_PATH)]
    )
    for method, path in calls:
        answer = shop.call(method, path.format(**names), body)
        check_error(answer, 400, "WRONG_PARAMETER")
        assert answer.json["args"] == problems
    assert shop.customer(names["customer"]) == before
    assert shop.changes() == changes


def test_a_hundred_contacts_at_most(shop: Shop) -> None:
    customer = shop.add_customer(contacts=[{"contact": str(number)} for number in range(100)])
    answer = shop.call("POST", f"/customers/{customer}/contacts", {"contact": "x"})
    check_error(answer, 400, "WRONG_PARAMETER", "Field Customer.contacts must have at most 100 elements")
    answer = shop.call("PUT", f"/customers/{customer}", {"primaryPhone": "+1"})
    check_error(answer, 400, "WRONG_PARAMETER", "Field Customer.contacts must have at most 100 elements")
    assert len(shop.customer(customer)["contacts"]) == 100
