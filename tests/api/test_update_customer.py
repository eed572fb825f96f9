"""Update customer: every field on its own, set and cleared, and nothing else changed. Lists have their own files."""

import time

import pytest

from tests.api.people import BILLING, FULL, PLAIN, UNTOUCHED
from tests.api.scenarios import ABSENT, Json, Named, Update
from tests.api.shop import Shop, check_error, check_update

SCALARS = {
    "taxId": "IT 000",
    "taxIdValid": True,
    "taxExempt": False,
    "b2b_b2c": "b2c",
    "fiscalCode": "VRDLGI80A01H501U",
    "electronicInvoicePecEmail": "other@pec.example.com",
    "electronicInvoiceSdiCode": "XYZ9876",
    "acceptMarketing": False,
    "lang": "pt_BR",
    "privateAdminNotes": "One\nTwo\tThree",
}
TEXTS = ("taxId", "fiscalCode", "electronicInvoicePecEmail", "electronicInvoiceSdiCode", "lang", "privateAdminNotes")
BILLING_VALUES = {
    "companyName": "Ozean GmbH & Co. KG",
    "street": "Am Deich 3",
    "city": "Łódź",
    "postalCode": "SW1A 1AA",
    "phone": "+44 20 7946 0000",
}
NO_NAMES = {"billingPerson.firstName": ABSENT, "billingPerson.lastName": ABSENT}


def row(title: str, body: Json, differs: Json, given: Json = FULL) -> Update:
    return Update(title=title, given=given, body=body, differs=differs)


SCALAR_ROWS = [
    *(row(f"{field} is set", {field: value}, {field: value}) for field, value in SCALARS.items()),
    *(row(f"{field} is set where it was not", {field: FULL[field]}, {field: FULL[field]}, PLAIN) for field in SCALARS),
    *(row(f"{field}: null clears it", {field: None}, {field: UNTOUCHED[field]}) for field in SCALARS),
    *(row(f"{field}: an empty text clears it", {field: ""}, {field: UNTOUCHED[field]}) for field in TEXTS),
    *(row(f"{field}: null where nothing is set", {field: None}, {}, PLAIN) for field in SCALARS),
    *(row(f"{field}: the same again", {field: FULL[field]}, {}) for field in SCALARS),
    row("all of them at once", SCALARS, SCALARS),
    row("nothing", {}, {}),
    row(
        "another group",
        {"customerGroupId": Named("other_group")},
        {"customerGroupId": Named("other_group"), "customerGroupName": "Retail"},
    ),
    row("the group is 0", {"customerGroupId": 0}, {"customerGroupId": 0, "customerGroupName": "General"}),
    row("the group is null", {"customerGroupId": None}, {"customerGroupId": 0, "customerGroupName": "General"}),
    row("a password", {"password": "another"}, {}),
    row("no password", {"password": None}, {}),
    row("unknown keys", {"favouriteColour": "blue", "billingPerson": {"shoeSize": 43}}, {}),
    row(
        "read-only keys",
        {
            "id": 5,
            "registered": "2001-01-01 00:00:00 +0000",
            "updated": 7,
            "customerGroupName": "Nobody",
            "totalOrderCount": 99,
            "stats": {"numberOfOrders": 9},
            "favorites": [{"productId": 1}],
            "externalReferenceId": "x",
        },
        {},
    ),
    row(
        "derived keys of the billing person",
        {"billingPerson": {"firstName": "X", "lastName": "Y", "countryName": "Z", "stateOrProvinceName": "W"}},
        {},
    ),
]

BILLING_ROWS = [
    *(
        row(f"billingPerson.{field}", {"billingPerson": {field: value}}, {f"billingPerson.{field}": value})
        for field, value in BILLING_VALUES.items()
    ),
    *(
        row(
            f"billingPerson.{field}: {empty!r} clears it",
            {"billingPerson": {field: empty}},
            {f"billingPerson.{field}": ABSENT},
        )
        for field in BILLING_VALUES
        for empty in (None, "")
    ),
    *(
        row(
            f"billingPerson.name: {empty!r} clears it",
            {"billingPerson": {"name": empty}},
            {"name": ABSENT, "billingPerson.name": ABSENT, **NO_NAMES},
        )
        for empty in (None, "")
    ),
    row(
        "billingPerson.name of three words",
        {"billingPerson": {"name": "Ana María Sanz"}},
        {
            "name": "Ana María Sanz",
            "billingPerson.name": "Ana María Sanz",
            "billingPerson.firstName": "Ana",
            "billingPerson.lastName": "María Sanz",
        },
    ),
    row(
        "billingPerson.name of one word",
        {"billingPerson": {"name": "Cher"}},
        {"name": "Cher", "billingPerson.name": "Cher", **NO_NAMES},
    ),
    row(
        "billingPerson.countryCode with the state of another country",
        {"billingPerson": {"countryCode": "it"}},
        {
            "billingPerson.countryCode": "IT",
            "billingPerson.countryName": "Italy",
            "billingPerson.stateOrProvinceName": ABSENT,
        },
    ),
    row(
        "billingPerson.countryCode of Kosovo",
        {"billingPerson": {"countryCode": "XK", "stateOrProvinceCode": ""}},
        {
            "billingPerson.countryCode": "XK",
            "billingPerson.countryName": "Kosovo",
            "billingPerson.stateOrProvinceCode": ABSENT,
            "billingPerson.stateOrProvinceName": ABSENT,
        },
    ),
    row(
        "billingPerson.countryCode: null",
        {"billingPerson": {"countryCode": None}},
        {
            "billingPerson.countryCode": ABSENT,
            "billingPerson.countryName": ABSENT,
            "billingPerson.stateOrProvinceName": ABSENT,
        },
    ),
    row(
        "billingPerson.stateOrProvinceCode",
        {"billingPerson": {"stateOrProvinceCode": "CA"}},
        {"billingPerson.stateOrProvinceCode": "CA", "billingPerson.stateOrProvinceName": "California"},
    ),
    row(
        "billingPerson.stateOrProvinceCode that nobody knows",
        {"billingPerson": {"stateOrProvinceCode": "Elsewhere"}},
        {"billingPerson.stateOrProvinceCode": "Elsewhere", "billingPerson.stateOrProvinceName": ABSENT},
    ),
    row("an empty billingPerson", {"billingPerson": {}}, {}),
    row("an empty billingPerson where there is none", {"billingPerson": {}}, {}, PLAIN),
    row("billingPerson: null", {"billingPerson": None}, {"name": ABSENT, "billingPerson": ABSENT}),
    row(
        "billingPerson with every key cleared",
        {"billingPerson": dict.fromkeys(BILLING)},
        {"name": ABSENT, "billingPerson": ABSENT},
    ),
    row(
        "billingPerson where there is none",
        {"billingPerson": {"name": "Jo Doe", "countryCode": "de"}},
        {
            "name": "Jo Doe",
            "billingPerson": {
                "name": "Jo Doe",
                "firstName": "Jo",
                "lastName": "Doe",
                "countryCode": "DE",
                "countryName": "Germany",
            },
        },
        PLAIN,
    ),
    row(
        "the name at the top level",
        {"name": "Ann Lee"},
        {
            "name": "Ann Lee",
            "billingPerson.name": "Ann Lee",
            "billingPerson.firstName": "Ann",
            "billingPerson.lastName": "Lee",
        },
    ),
    row(
        "the name at the top level where there is none",
        {"name": "Al"},
        {"name": "Al", "billingPerson": {"name": "Al"}},
        PLAIN,
    ),
    row("the name at the top level: null", {"name": None}, {"name": ABSENT, "billingPerson.name": ABSENT, **NO_NAMES}),
    row(
        "both names: the billing person's counts",
        {"name": "Ann Lee", "billingPerson": {"name": "Bo"}},
        {"name": "Bo", "billingPerson.name": "Bo", **NO_NAMES},
    ),
    row(
        "the name at the top level beside another key of the billing person",
        {"name": "Bo", "billingPerson": {"city": "Rome"}},
        {"name": "Bo", "billingPerson.name": "Bo", "billingPerson.city": "Rome", **NO_NAMES},
    ),
    row(
        "the name beside billingPerson: null",
        {"name": "Bo", "billingPerson": None},
        {"name": "Bo", "billingPerson.name": "Bo", "billingPerson.city": ABSENT},
        {**PLAIN, "billingPerson": {"city": "Rome"}},
    ),
]


@pytest.mark.parametrize("row", SCALAR_ROWS + BILLING_ROWS, ids=lambda row: row.title)
def test_update(shop: Shop, row: Update) -> None:
    check_update(shop, row)


def test_what_is_sent_back_whole_changes_nothing(shop: Shop) -> None:
    """The habit of many clients: read, change one key, write all of it."""
    customer_id = int(shop.post("/customers", FULL | {"customerGroupId": shop.add_group()})["id"])
    before = shop.customer(customer_id)
    shop.put(f"/customers/{customer_id}", before)
    assert shop.customer(customer_id) | {"updated": 0} == before | {"updated": 0}


def test_every_accepted_update_moves_updated_and_never_registered(shop: Shop) -> None:
    customer_id = shop.add_customer()
    before = shop.customer(customer_id)
    time.sleep(1.1)
    shop.put(f"/customers/{customer_id}", {})
    after = shop.customer(customer_id)
    assert after["updated"] > before["updated"] == before["registered"] == after["registered"]


def test_a_refused_update_moves_nothing(shop: Shop) -> None:
    customer_id = shop.add_customer()
    before = shop.customer(customer_id)
    time.sleep(1.1)
    answer = shop.call("PUT", f"/customers/{customer_id}", {"taxId": "X", "lang": 5})
    check_error(answer, 400, "WRONG_PARAMETER")
    assert shop.customer(customer_id) == before
    assert shop.changes() == ["customer created"]


def test_a_customer_that_is_not_there(shop: Shop) -> None:
    answer = shop.call("PUT", "/customers/123", {"taxId": "X"})
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", "Customer #123 not found")


def test_a_customer_of_another_store_is_not_there(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer("a@example.com")
    customer_id = other_shop.add_customer("b@example.com", taxId="secret")
    answer = shop.call("PUT", f"/customers/{customer_id}", {"taxId": "X"})
    check_error(answer, 404, "CUSTOMER_NOT_FOUND", f"Customer #{customer_id} not found")
    assert other_shop.customer(customer_id)["taxId"] == "secret"


def test_a_password_is_nowhere_to_be_read(shop: Shop) -> None:
    customer_id = shop.add_customer(password="open sesame 4711")
    shop.put(f"/customers/{customer_id}", {"password": "swordfish 0815"})
    shop.put(f"/customers/{customer_id}", {"taxId": "X"})
    told = str(shop.customer(customer_id)) + str(shop.get("/customers")) + str(shop.server.changes(shop.store_id))
    assert "sesame" not in told
    assert "swordfish" not in told
    assert "argon2" not in str(shop.customer(customer_id)) + str(shop.get("/customers"))
