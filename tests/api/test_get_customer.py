"""Get customer: derived fields, and ``responseFields`` on it and on every other read."""

import pytest

from tests.api.people import BILLING, FULL
from tests.api.scenarios import A_TEXT, AN_ID, Json
from tests.api.shop import Shop, check_error

PERSON = {
    **BILLING,
    "firstName": "Jo",
    "lastName": "Ann Doe",
    "countryName": "United States",
    "stateOrProvinceName": "Illinois",
}


@pytest.fixture
def customer_id(shop: Shop) -> int:
    return int(shop.post("/customers", FULL | {"customerGroupId": shop.add_group()})["id"])


def test_the_whole_customer(shop: Shop, customer_id: int) -> None:
    assert shop.customer(customer_id) == {
        **FULL,
        "id": customer_id,
        "name": "Jo Ann Doe",
        "registered": A_TEXT,
        "updated": A_TEXT,
        "customerGroupId": AN_ID,
        "customerGroupName": "Wholesale",
        "billingPerson": PERSON,
        "shippingAddresses": [
            FULL["shippingAddresses"][0]
            | {
                "id": AN_ID,
                "firstName": "Jo",
                "lastName": "Doe",
                "countryName": "France",
                "stateOrProvinceName": "Rhône",
                "createdDate": A_TEXT,
                "addressFormatted": "Home Office, 2 Oak Lane, 69001 Lyon Rhône, France",
            },
            FULL["shippingAddresses"][1]
            | {"id": AN_ID, "countryName": "Italy", "createdDate": A_TEXT, "addressFormatted": "Turin, Italy"},
        ],
        "contacts": [contact | {"id": AN_ID, "timestamp": A_TEXT} for contact in FULL["contacts"]],
        "stats": {"numberOfOrders": 0, "salesValue": 0, "averageOrderValue": 0},
        "favorites": [],
    }


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jo", None, None),
        ("Jo Doe", "Jo", "Doe"),
        ("Jo van der Berg", "Jo", "van der Berg"),
        (" Jo  Doe ", "Jo", "Doe"),
        ("Jo ", None, None),
        ("  ", None, None),
        ("李 小龍", "李", "小龍"),
    ],
)
def test_first_and_last_name(shop: Shop, name: str, first: str | None, last: str | None) -> None:
    customer = shop.customer(shop.add_customer(billingPerson={"name": name}))
    person = customer["billingPerson"]
    assert customer["name"] == person["name"] == name
    assert (person.get("firstName"), person.get("lastName")) == (first, last)


@pytest.mark.parametrize(
    ("country", "state", "names"),
    [
        ("US", "NY", ("United States", "New York")),
        ("us", "ny", ("United States", "New York")),
        ("CA", "QC", ("Canada", "Quebec")),
        ("IT", "RM", ("Italy", "Roma")),
        ("GB", "NIR", ("United Kingdom", "Northern Ireland")),
        ("XK", "", ("Kosovo", None)),
        ("", "NY", (None, None)),
        ("US", "??", ("United States", None)),
    ],
)
def test_names_of_places(shop: Shop, country: str, state: str, names: tuple[str | None, str | None]) -> None:
    person = {"phone": "1", "countryCode": country, "stateOrProvinceCode": state}
    told = shop.customer(shop.add_customer(billingPerson=person))["billingPerson"]
    assert (told.get("countryName"), told.get("stateOrProvinceName")) == names


@pytest.mark.parametrize("customer", ["123", "0", "2147483648", "999999999999999999"])
def test_a_customer_that_is_not_there(shop: Shop, customer: str) -> None:
    answer = shop.call("GET", f"/customers/{customer}")
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", f"Customer #{customer} not found")


def test_a_customer_of_another_store_is_not_there(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer()
    customer_id = other_shop.add_customer("ann@example.com")
    answer = shop.call("GET", f"/customers/{customer_id}")
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", f"Customer #{customer_id} not found")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("email", {"email": "jo@example.com"}),
        ("email,taxId", {"email": "jo@example.com", "taxId": "GB 123 4567 89"}),
        (" email , taxId ", {"email": "jo@example.com", "taxId": "GB 123 4567 89"}),
        ("email,email", {"email": "jo@example.com"}),
        ("billingPerson(name)", {"billingPerson": {"name": "Jo Ann Doe"}}),
        ("billingPerson", {"billingPerson": PERSON}),
        ("billingPerson()", {"billingPerson": PERSON}),
        ("shippingAddresses(city)", {"shippingAddresses": [{"city": "Lyon"}, {"city": "Turin"}]}),
        ("contacts(type),lang", {"contacts": [{"type": "EMAIL"}, {"type": "PHONE"}, {"type": "PHONE"}], "lang": "it"}),
        ("nothing", {}),
        ("nothing(of(that)),lang", {"lang": "it"}),
        ("email(of(that))", {"email": "jo@example.com"}),
        ("EMAIL", {}),
        ("b2b_b2c", {"b2b_b2c": "b2b"}),
        ("password,passwordHash,version", {}),
        ("taxExempt,stats(numberOfOrders)", {"taxExempt": True, "stats": {"numberOfOrders": 0}}),
    ],
)
def test_response_fields(shop: Shop, customer_id: int, fields: str, expected: Json) -> None:
    assert shop.get(f"/customers/{customer_id}", responseFields=fields) == expected


@pytest.mark.parametrize(
    "fields", ["email(", "email)", "a(b", "a(b))", "(a)", "a(b)c", "a((b))", "a(" * 100 + ")" * 100]
)
def test_brackets_that_do_not_match(shop: Shop, customer_id: int, fields: str) -> None:
    answer = shop.call("GET", f"/customers/{customer_id}", query={"responseFields": fields})
    check_error(answer, 400, "WRONG_PARAMETER")
    assert answer.json["errorMessage"].startswith("Wrong parameter 'responseFields' value: ")


@pytest.mark.parametrize("fields", ["email", "email("])
def test_response_fields_play_no_part_in_a_write(shop: Shop, customer_id: int, fields: str) -> None:
    query = {"responseFields": fields}
    path = f"/customers/{customer_id}"
    assert shop.call("PUT", path, {"taxId": "5"}, query).json == {"updateCount": 1}
    assert shop.call("POST", "/customers", {"email": "new@example.com"}, query).json.keys() == {"id"}
    assert shop.call("DELETE", path, query=query).json == {"deleteCount": 1}


def test_response_fields_of_every_other_read(shop: Shop, customer_id: int) -> None:
    contacts = f"/customers/{customer_id}/contacts"
    contact_id = shop.get(contacts, responseFields="items(id)")["items"][0]["id"]
    assert shop.get("/customers", responseFields="total,items(email)") == {
        "total": 1,
        "items": [{"email": "jo@example.com"}],
    }
    assert shop.get("/customers/deleted", responseFields="items") == {"items": []}
    assert shop.get(contacts, responseFields="items(type)")["items"][0] == {"type": "EMAIL"}
    assert shop.get(f"{contacts}/{contact_id}", responseFields="contact") == {"contact": "jo@example.com"}
    assert shop.get("/customer_groups", responseFields="items(name)")["items"][0] == {"name": "General"}
    assert shop.get("/customer_groups/0", responseFields="name") == {"name": "General"}
    assert shop.get("/profile", responseFields="languages(defaultLanguage)") == {"languages": {"defaultLanguage": "en"}}
