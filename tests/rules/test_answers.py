"""What a client reads: derived fields, what is always there and what is left out while it is empty."""

from decimal import Decimal

import pytest
from msgspec import json as wire
from msgspec.structs import replace

from customary.model.customer import (
    Contact,
    Customer,
    ExtrafieldValue,
    Favorite,
    Person,
    ShippingAddress,
    Stats,
)
from customary.model.store import GENERAL, Group, Store
from customary.rules.answers import (
    answer_contact,
    answer_customer,
    answer_extrafield,
    answer_group,
    answer_person,
    answer_profile,
)
from tests.rules.updating import CREATED, FIELDS, FULL, PLAIN, Json

CREATED_TEXT = "2023-11-14 22:13:20 +0000"


def told(answer: object) -> Json:
    """As it goes over the wire."""
    return wire.decode(wire.encode(answer))


def read(customer: Customer, in_search: bool = False) -> Json:
    return told(answer_customer(customer, {0: "General", 5: "Wholesale"}, FIELDS, in_search))


def test_a_customer_with_an_email_alone() -> None:
    assert read(PLAIN) == {
        "id": 2,
        "email": "jo@example.com",
        "registered": CREATED_TEXT,
        "updated": CREATED_TEXT,
        "customerGroupId": 0,
        "customerGroupName": "General",
        "shippingAddresses": [],
        "contacts": [],
        "taxId": "",
        "taxIdValid": True,
        "taxExempt": False,
        "b2b_b2c": "b2c",
        "fiscalCode": "",
        "electronicInvoicePecEmail": "",
        "electronicInvoiceSdiCode": "",
        "privateAdminNotes": "",
        "stats": {"numberOfOrders": 0, "salesValue": 0, "averageOrderValue": 0},
        "favorites": [],
    }


EVERYTHING = {
    "id": 1,
    "name": "Jo Ann Doe",
    "email": "jo@example.com",
    "registered": CREATED_TEXT,
    "updated": "2023-11-14 22:14:20 +0000",
    "customerGroupId": 5,
    "customerGroupName": "Wholesale",
    "billingPerson": {
        "name": "Jo Ann Doe",
        "firstName": "Jo",
        "lastName": "Ann Doe",
        "companyName": "Doe & Daughters",
        "street": "1 Main Street\nSecond floor",
        "city": "Springfield",
        "countryCode": "US",
        "countryName": "United States",
        "postalCode": "62701",
        "stateOrProvinceCode": "IL",
        "stateOrProvinceName": "Illinois",
        "phone": "+1 217 555 0100",
    },
    "shippingAddresses": [
        {
            "id": 11,
            "name": "Jo Doe",
            "firstName": "Jo",
            "lastName": "Doe",
            "companyName": "Home Office",
            "street": "2 Oak Lane\nBack door",
            "city": "Lyon",
            "countryCode": "FR",
            "countryName": "France",
            "postalCode": "69001",
            "stateOrProvinceCode": "69",
            "stateOrProvinceName": "Rhône",
            "phone": "+33 4 72",
            "note": "Ring\ttwice",
            "defaultAddress": True,
            "orderBy": 0,
            "createdDate": CREATED_TEXT,
            "addressFormatted": "Home Office, 2 Oak Lane, Back door, 69001 Lyon Rhône, France",
        },
        {
            "id": 12,
            "city": "Turin",
            "countryCode": "IT",
            "countryName": "Italy",
            "defaultAddress": False,
            "orderBy": 1,
            "createdDate": CREATED_TEXT,
            "addressFormatted": "Turin, Italy",
        },
    ],
    "contacts": [
        {
            "id": 21,
            "contact": "jo@example.com",
            "type": "EMAIL",
            "default": True,
            "orderBy": 0,
            "timestamp": CREATED_TEXT,
        },
        {
            "id": 22,
            "contact": "+1 217",
            "handle": "jo",
            "note": "after\nfive",
            "type": "PHONE",
            "default": True,
            "orderBy": 0,
            "timestamp": CREATED_TEXT,
        },
        {
            "id": 23,
            "contact": "+1 555",
            "type": "PHONE",
            "default": False,
            "orderBy": 1,
            "timestamp": CREATED_TEXT,
        },
    ],
    "taxId": "GB 123",
    "taxIdValid": False,
    "taxExempt": True,
    "b2b_b2c": "b2b",
    "fiscalCode": "RSSMRA80A01H501U",
    "electronicInvoicePecEmail": "jo@pec.example.com",
    "electronicInvoiceSdiCode": "ABC1234",
    "acceptMarketing": True,
    "lang": "it",
    "privateAdminNotes": "Pays late",
    "stats": {
        "numberOfOrders": 3,
        "salesValue": 20,
        "averageOrderValue": 6.67,
        "firstOrderDate": "1970-01-01 00:00:00 +0000",
        "lastOrderDate": CREATED_TEXT,
    },
    "favorites": [{"productId": 9, "addedTimestamp": CREATED_TEXT}],
    "extrafields": [
        {"key": "size", "title": "Size", "value": "XL", "type": "TEXT", "orderBy": 0, "entityTypes": ["CUSTOMERS"]},
        {
            "key": "born",
            "title": "Born",
            "value": "x",
            "type": "DATETIME",
            "orderBy": 1,
            "entityTypes": ["CUSTOMERS"],
        },
    ],
    "externalReferenceId": "x-1",
}


def test_a_customer_with_everything() -> None:
    customer = replace(
        FULL,
        updated=CREATED + 60,
        favorites=(Favorite(product_id=9, added_timestamp=CREATED),),
        extrafields=(ExtrafieldValue(key="born", value="x"), ExtrafieldValue(key="size", value="XL")),
        stats=Stats(number_of_orders=3, sales_value=Decimal("20.00"), first_order_date=0, last_order_date=CREATED),
    )
    assert read(customer) == EVERYTHING


def test_a_search_tells_the_count_of_orders_too() -> None:
    ordered = replace(
        PLAIN, stats=Stats(number_of_orders=2, sales_value=Decimal(1), first_order_date=0, last_order_date=0)
    )
    assert "totalOrderCount" not in read(PLAIN)
    assert read(PLAIN, in_search=True) == read(PLAIN) | {"totalOrderCount": 0}
    assert read(ordered, in_search=True)["totalOrderCount"] == 2


def test_what_no_one_may_read() -> None:
    text = wire.encode(answer_customer(FULL, {5: "x"}, FIELDS)).decode()
    assert "argon2id" not in text
    assert "version" not in text


@pytest.mark.parametrize(("asked", "answered"), [(None, "absent"), (True, True), (False, False)])
def test_marketing_has_three_states(asked: bool | None, answered: Json) -> None:
    assert read(replace(PLAIN, accept_marketing=asked)).get("acceptMarketing", "absent") == answered


def test_a_group_that_is_no_more_is_general() -> None:
    assert told(answer_customer(FULL, {}, FIELDS))["customerGroupName"] == "General"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("", None, None),
        ("Cher", None, None),
        (" Cher ", None, None),
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("  Ada   Lovelace  ", "Ada", "Lovelace"),
        ("Jo Ann van der Doe", "Jo", "Ann van der Doe"),
        ("Ada\u00a0Lovelace", "Ada", "Lovelace"),
        ("山田\u3000太郎", "山田", "太郎"),
        ("Jo  Ann  Doe", "Jo", "Ann  Doe"),
    ],
)
def test_first_and_last_name(name: str, first: str | None, last: str | None) -> None:
    person = told(answer_person(Person(name=name)))
    assert (person.get("firstName"), person.get("lastName")) == (first, last)
    assert person.get("name", "") == name


@pytest.mark.parametrize(
    ("country", "state", "country_name", "state_name"),
    [
        ("US", "NY", "United States", "New York"),
        ("US", "ny", "United States", "New York"),
        ("US", "XX", "United States", None),
        ("US", "", "United States", None),
        ("", "NY", None, None),
        ("XK", "", "Kosovo", None),
        ("GE", "TB", "Georgia", "Tbilisi"),
        ("ZZ", "NY", None, None),
    ],
)
def test_names_of_places(country: str, state: str, country_name: str | None, state_name: str | None) -> None:
    person = told(answer_person(Person(country_code=country, state_or_province_code=state)))
    assert (person.get("countryName"), person.get("stateOrProvinceName")) == (country_name, state_name)
    assert (person.get("countryCode", ""), person.get("stateOrProvinceCode", "")) == (country, state)


@pytest.mark.parametrize(
    ("address", "formatted"),
    [
        ({}, None),
        ({"name": "Jo", "phone": "1", "note": "n"}, None),
        (
            {"company_name": "test", "street": "test", "postal_code": "test", "city": "Tbilisi", "country_code": "GE"},
            "test, test, test Tbilisi, Georgia",
        ),
        ({"city": "Tbilisi", "country_code": "GE"}, "Tbilisi, Georgia"),
        ({"postal_code": "1"}, "1"),
        ({"state_or_province_code": "NY", "country_code": "US"}, "New York, United States"),
        ({"state_or_province_code": "XX", "country_code": "US"}, "United States"),
        ({"state_or_province_code": "NY"}, None),
        ({"street": "a\nb", "city": "c"}, "a, b, c"),
        ({"street": "a\n\nb\n"}, "a, b"),
        ({"street": "\n"}, None),
        ({"company_name": "A, B"}, "A, B"),
        ({"country_code": "ZZ"}, None),
    ],
)
def test_address_formatted(address: Json, formatted: str | None) -> None:
    customer = replace(PLAIN, shipping_addresses=(ShippingAddress(id=1, created_date=CREATED, **address),))
    assert read(customer)["shippingAddresses"][0].get("addressFormatted") == formatted


def test_what_an_empty_address_and_a_bare_contact_have() -> None:
    customer = replace(PLAIN, shipping_addresses=(ShippingAddress(id=1, created_date=CREATED),))
    [address] = read(customer)["shippingAddresses"]
    assert address == {"id": 1, "defaultAddress": False, "orderBy": 0, "createdDate": CREATED_TEXT}
    contact = told(answer_contact(Contact(id=1, contact="x", type="OTHER", timestamp=CREATED)))
    assert contact == {
        "id": 1,
        "contact": "x",
        "type": "OTHER",
        "default": False,
        "orderBy": 0,
        "timestamp": CREATED_TEXT,
    }


def test_extra_fields_are_those_with_a_value() -> None:
    customer = replace(
        PLAIN, extrafields=(ExtrafieldValue(key="born", value="x"), ExtrafieldValue(key="gone", value="y"))
    )
    assert [(each["key"], each["orderBy"]) for each in read(customer)["extrafields"]] == [("born", 1)]


def test_groups_and_extra_field_definitions() -> None:
    assert told(answer_group(GENERAL)) == {"id": 0, "name": "General"}
    group = Group(id=5, name="Wholesale", external_reference_id="w")
    assert told(answer_group(group)) == {"id": 5, "name": "Wholesale", "externalReferenceId": "w"}
    assert told(answer_extrafield(FIELDS[1])) == {
        "key": "born",
        "title": "Born",
        "entityTypes": ["CUSTOMERS"],
        "type": "DATETIME",
        "shownOnOrderDetails": False,
        "linkedWithCheckoutField": False,
        "createdDate": CREATED_TEXT,
        "lastModifiedDate": CREATED_TEXT,
    }


def test_profile() -> None:
    store = Store(
        id=1003, name="Shop", timezone="Europe/Rome", languages=("it", "en"), default_language="it", created=0
    )
    assert told(answer_profile(store)) == {
        "generalInfo": {"storeId": 1003, "storeUrl": ""},
        "settings": {"storeName": "Shop"},
        "languages": {"enabledLanguages": ["it", "en"], "defaultLanguage": "it"},
        "formatsAndUnits": {"timezone": "Europe/Rome"},
    }
