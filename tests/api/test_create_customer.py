"""Create customer: what a new one looks like, and what is refused."""

import re
import time

import pytest

from tests.api.people import BILLING, HOME, PHONE, UNTOUCHED, WORK
from tests.api.scenarios import A_TEXT, ABSENT, AN_ID, Json
from tests.api.shop import Shop, check_error

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000")
EMAIL = {"email": "jo@example.com"}
NO_ID = "is not an id of this customer"
NEW = {field: value for field, value in UNTOUCHED.items() if value is not ABSENT} | {
    "id": AN_ID,
    "email": "jo@example.com",
    "registered": A_TEXT,
    "updated": A_TEXT,
    "customerGroupName": "General",
    "contacts": [
        {"id": AN_ID, "contact": "jo@example.com", "type": "EMAIL", "default": True, "orderBy": 0, "timestamp": A_TEXT}
    ],
    "stats": {"numberOfOrders": 0, "salesValue": 0, "averageOrderValue": 0},
    "favorites": [],
}


def test_an_email_is_enough(shop: Shop) -> None:
    customer_id = shop.add_customer()
    customer = shop.customer(customer_id)
    assert customer == NEW
    assert DATE.fullmatch(customer["registered"])
    assert customer["registered"] == customer["updated"] == customer["contacts"][0]["timestamp"]
    assert shop.changes() == ["customer created"]


def test_numbers_without_a_fraction_have_no_decimal_point(shop: Shop) -> None:
    customer_id = shop.add_customer()
    path = f"/api/v3/{shop.store_id}/customers/{customer_id}"
    text = shop.client.get(path, headers={"authorization": f"Bearer {shop.token}"}).text
    assert '"salesValue":0,' in text


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        (
            {"name": "Jo Doe"},
            {"name": "Jo Doe", "billingPerson": {"name": "Jo Doe", "firstName": "Jo", "lastName": "Doe"}},
        ),
        ({"billingPerson": {}}, {}),
        ({"billingPerson": None, "shippingAddresses": None}, {}),
        ({"contacts": []}, {"contacts": []}),
        ({"contacts": [PHONE]}, {"contacts": [PHONE | {"id": AN_ID, "timestamp": A_TEXT}]}),
        ({"acceptMarketing": False}, {"acceptMarketing": False}),
        ({"acceptMarketing": None, "lang": None, "taxId": None, "b2b_b2c": None, "taxIdValid": None}, {}),
        ({"id": 7, "registered": "2001-01-01", "customerGroupName": "X", "unknown": [{}]}, {}),
    ],
    ids=str,
)
def test_fields(shop: Shop, body: dict[str, Json], differs: dict[str, Json]) -> None:
    assert shop.customer(shop.add_customer(**body)) == NEW | differs


def test_primary_phone(shop: Shop) -> None:
    customer = shop.customer(shop.add_customer(primaryPhone="+49 30 1"))
    assert [(contact["type"], contact["contact"], contact["default"]) for contact in customer["contacts"]] == [
        ("EMAIL", "jo@example.com", True),
        ("PHONE", "+49 30 1", True),
    ]


def test_ids_are_never_used_again(shop: Shop) -> None:
    first = shop.add_customer("a@example.com")
    second = shop.add_customer("b@example.com")
    shop.delete(f"/customers/{second}")
    third = shop.add_customer("b@example.com")
    assert len({first, second, third}) == 3
    assert third < 2**31


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"Customer.email": "is absent"}),
        ({"email": None}, {"Customer.email": "must not be null"}),
        ({"email": ""}, {"Customer.email": "must be an e-mail address"}),
        ({"b2b_b2c": "b"}, {"Customer.email": "is absent", "Customer.b2b_b2c": "must be one of 'b2b', 'b2c'"}),
        (
            {**EMAIL, "customerGroupId": 9},
            {"Customer.customerGroupId": "is not the id of a customer group of this store"},
        ),
        ({**EMAIL, "contacts": [{"id": 1, "contact": "x"}]}, {"Customer.contacts[0].id": NO_ID}),
        ({**EMAIL, "shippingAddresses": [{"id": 1}]}, {"Customer.shippingAddresses[0].id": NO_ID}),
    ],
    ids=str,
)
def test_refused(shop: Shop, body: Json, problems: dict[str, str]) -> None:
    answer = shop.call("POST", "/customers", body)
    check_error(answer, 400, "WRONG_PARAMETER")
    assert answer.json["args"] == problems
    assert shop.changes() == []
    assert shop.get("/customers")["allCustomerCount"] == 0


def test_an_email_that_is_taken(shop: Shop) -> None:
    shop.add_customer("jo@example.com")
    answer = shop.call("POST", "/customers", {"email": "Jo@Example.com"})
    check_error(answer, 409, "EMAIL_ALREADY_USED", "Customer with email Jo@Example.com already exists")
    assert shop.changes() == ["customer created"]


def test_a_language_that_the_store_does_not_have(shop: Shop) -> None:
    answer = shop.call("POST", "/customers", {"email": "jo@example.com", "lang": "fr"})
    check_error(answer, 400, "LANGUAGES_NOT_ALLOWED")
    assert shop.changes() == []


def test_the_first_marked_address_is_the_default(shop: Shop) -> None:
    addresses = [dict(HOME, defaultAddress=False), dict(WORK, defaultAddress=True), dict(HOME, defaultAddress=True)]
    customer = shop.customer(shop.add_customer(shippingAddresses=addresses))
    assert [address["defaultAddress"] for address in customer["shippingAddresses"]] == [False, True, False]


def test_times_are_now_and_in_utc(shop: Shop) -> None:
    before = time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(time.time()))  # on its own it may be late by 4 ms
    customer = shop.customer(shop.add_customer(billingPerson=BILLING))
    after = time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(time.time()))
    assert before <= customer["registered"] <= after
