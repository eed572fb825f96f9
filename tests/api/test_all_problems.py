"""One answer tells of everything that is wrong with a body: types and values, in the order of the fields."""

import json
from collections.abc import Mapping

import pytest

from customary.model.customer import CONTACT_TYPES
from tests.api.people import FULL
from tests.api.scenarios import Json
from tests.api.shop import Answer, Shop, check_error

TEXT = "must be a string"
FLAG = "must be true or false"
INTEGER = "must be an integer"
OBJECT = "must be an object"
LIST = "must be a list"
ABSENT = "is absent"
EMAIL = "must be an e-mail address"
CONTROL = "must not contain control characters"
COUNTRY = "must be a country code of ISO 3166-1, such as 'US'"
NO_ID = "is not an id of this customer"
NUMBER = "must be from 0 to 2147483647"
NO_GROUP = "is not the id of a customer group of this store"
NOT_ENABLED = "is not a language that is enabled in the store"
TYPES = "must be one of " + ", ".join(f"'{kind}'" for kind in CONTACT_TYPES)


@pytest.fixture
def customer_id(shop: Shop) -> int:
    return shop.add_customer(**{key: value for key, value in FULL.items() if key not in ("email", "customerGroupId")})


def check_problems(answer: Answer, problems: Mapping[str, str]) -> None:
    """All of them, in this order; the first is the message."""
    path, problem = next(iter(problems.items()))
    check_error(answer, 400, "WRONG_PARAMETER", f"Field {path} {problem}")
    assert list(answer.json["args"].items()) == list(problems.items())


CUSTOMER_BODY = {
    "primaryPhone": 5,
    "extrafields": [{"key": 5, "value": "x"}, "x", {"key": "unknown", "value": []}],
    "privateAdminNotes": "x" * 10_001,
    "lang": "fr",
    "taxExempt": "yes",
    "b2b_b2c": "both",
    "taxId": 5,
    "contacts": [
        {"contact": 5, "type": "FAX"},
        5,
        {"id": "5", "note": "a\rb"},
        {"contact": "x", "type": 5, "default": True},
        {"contact": "x", "default": True},
        {"id": 999_999, "default": "yes"},
    ],
    "shippingAddresses": [{"countryCode": "ZZ", "note": []}, [], {"id": 999_999, "orderBy": -1}],
    "billingPerson": {"countryCode": "??", "city": 5, "name": "x" * 256},
    "customerGroupId": 99,
    "password": [],
    "email": "jo",
}
CUSTOMER_PROBLEMS = {
    "Customer.email": EMAIL,
    "Customer.password": TEXT,
    "Customer.customerGroupId": NO_GROUP,
    "Customer.billingPerson.name": "must be at most 255 characters long",
    "Customer.billingPerson.city": TEXT,
    "Customer.billingPerson.countryCode": COUNTRY,
    "Customer.shippingAddresses[0].countryCode": COUNTRY,
    "Customer.shippingAddresses[0].note": TEXT,
    "Customer.shippingAddresses[1]": OBJECT,
    "Customer.shippingAddresses[2].id": NO_ID,
    "Customer.shippingAddresses[2].orderBy": NUMBER,
    "Customer.contacts[0].contact": TEXT,
    "Customer.contacts[0].type": TYPES,
    "Customer.contacts[1]": OBJECT,
    "Customer.contacts[2].id": INTEGER,
    "Customer.contacts[2].note": CONTROL,
    "Customer.contacts[3].type": TEXT,
    "Customer.contacts[5].id": NO_ID,
    "Customer.contacts[5].default": FLAG,
    "Customer.taxId": TEXT,
    "Customer.taxExempt": FLAG,
    "Customer.b2b_b2c": "must be one of 'b2b', 'b2c'",
    "Customer.lang": NOT_ENABLED,
    "Customer.privateAdminNotes": "must be at most 10000 characters long",
    "Customer.extrafields[0].key": TEXT,
    "Customer.extrafields[1]": OBJECT,
    "Customer.extrafields[2].key": "is not the key of an extra field of this store",
    "Customer.extrafields[2].value": "must be a string or an integer",
    "Customer.primaryPhone": TEXT,
}


def test_update_customer(shop: Shop, customer_id: int) -> None:
    before, changes = shop.customer(customer_id), shop.changes()
    check_problems(shop.call("PUT", f"/customers/{customer_id}", CUSTOMER_BODY), CUSTOMER_PROBLEMS)
    assert shop.customer(customer_id) == before
    assert shop.changes() == changes


def test_create_customer(shop: Shop) -> None:
    check_problems(shop.call("POST", "/customers", CUSTOMER_BODY), CUSTOMER_PROBLEMS)
    without_email = {"taxId": 5, "lang": "fr"}
    problems = {"Customer.email": ABSENT, "Customer.taxId": TEXT, "Customer.lang": NOT_ENABLED}
    check_problems(shop.call("POST", "/customers", without_email), problems)
    assert shop.changes() == []


CASES: list[tuple[Json, dict[str, str]]] = [
    ({"email": 5}, {"Customer.email": TEXT}),
    ({"lang": 5}, {"Customer.lang": TEXT}),
    ({"lang": "fr", "taxId": 5}, {"Customer.taxId": TEXT, "Customer.lang": NOT_ENABLED}),
    ({"customerGroupId": "x", "email": ""}, {"Customer.email": EMAIL, "Customer.customerGroupId": INTEGER}),
    (
        {"customerGroupId": 2**63, "email": ""},
        {"Customer.email": EMAIL, "Customer.customerGroupId": f"must be from {-(2**63)} to {2**63 - 1}"},
    ),
    ({"billingPerson": 5, "name": "a\nb"}, {"Customer.name": CONTROL, "Customer.billingPerson": OBJECT}),
    (
        {"shippingAddresses": {}, "contacts": [{}]},
        {"Customer.shippingAddresses": LIST, "Customer.contacts[0].contact": ABSENT},
    ),
    (
        {"contacts": [{"type": 5, "default": True, "contact": "x"}] * 2},
        {"Customer.contacts[0].type": TEXT, "Customer.contacts[1].type": TEXT},
    ),
    (
        {"contacts": [{"type": "URL", "default": True, "contact": "x"}] * 2 + [5]},
        {"Customer.contacts": "must have at most one default contact of type URL", "Customer.contacts[2]": OBJECT},
    ),
    (
        {"contacts": [{"contact": "x"}] * 101 + [5], "shippingAddresses": [{"note": "a\rb"}] * 101},
        {
            "Customer.shippingAddresses": "must have at most 100 elements",
            **{f"Customer.shippingAddresses[{index}].note": CONTROL for index in range(100)},
            "Customer.contacts": "must have at most 100 elements",
            "Customer.contacts[101]": OBJECT,
        },
    ),
]


@pytest.mark.parametrize(("body", "problems"), CASES, ids=lambda value: str(value)[:60])
def test_cases(shop: Shop, customer_id: int, body: Json, problems: dict[str, str]) -> None:
    check_problems(shop.call("PUT", f"/customers/{customer_id}", body), problems)


def test_a_problem_of_a_type_hides_no_answer_of_another_kind(shop: Shop, customer_id: int) -> None:
    """What isn't there is told first, whatever was sent."""
    for path, code in (
        ("/customers/999999", "CUSTOMER_NOT_FOUND"),
        (f"/customers/{customer_id}/contacts/999999", "CONTACT_NOT_FOUND"),
        ("/customers/999999/contacts/1", "CUSTOMER_NOT_FOUND"),
        ("/customer_groups/999999", "CUSTOMER_GROUP_NOT_FOUND"),
    ):
        body = {"taxId": 5, "contact": 5, "name": 5}
        check_error(shop.call("PUT", path, body), 404, code)


def test_of_a_key_that_is_there_twice_the_last_counts(shop: Shop, customer_id: int) -> None:
    path = f"/customers/{customer_id}"
    check_problems(
        shop.send(path, b'{"taxId": 5, "email": "jo", "taxId": "x", "lang": 1}'),
        {"Customer.email": EMAIL, "Customer.lang": TEXT},
    )
    check_error(shop.send(path, b'{"lang": 5, "lang": "fr"}'), 400, "LANGUAGES_NOT_ALLOWED")
    assert shop.send(path, b'{"lang": 5, "lang": "it"}').status == 200


def test_many_elements_are_told_of_up_to_a_limit(shop: Shop, customer_id: int) -> None:
    answer = shop.call("PUT", f"/customers/{customer_id}", {"contacts": [{"contact": "", "type": 5}] * 30_000})
    check_error(answer, 400, "WRONG_PARAMETER", "Field Customer.contacts must have at most 100 elements")
    assert len(answer.json["args"]) == 1000
    assert answer.json["args"]["Customer.contacts[99].contact"] == "must not be empty"
    assert len(json.dumps(answer.json)) < 100_000


CONTACT_BODY = {"orderBy": -1, "default": "yes", "type": "FAX", "note": 5, "handle": "a\nb", "contact": ""}
CONTACT_PROBLEMS = {
    "Contact.contact": "must not be empty",
    "Contact.handle": CONTROL,
    "Contact.note": TEXT,
    "Contact.type": TYPES,
    "Contact.default": FLAG,
    "Contact.orderBy": NUMBER,
}


def test_contacts(shop: Shop, customer_id: int) -> None:
    contacts = f"/customers/{customer_id}/contacts"
    before = shop.get(contacts)
    contact = f"{contacts}/{before['items'][0]['id']}"
    for method, path in (("POST", contacts), ("PUT", contact)):
        check_problems(shop.call(method, path, CONTACT_BODY), CONTACT_PROBLEMS)
    check_problems(shop.call("POST", contacts, {"type": 5}), {"Contact.contact": ABSENT, "Contact.type": TEXT})
    check_problems(shop.call("PUT", contact, {"type": 5}), {"Contact.type": TEXT})
    assert shop.get(contacts) == before


def test_groups(shop: Shop) -> None:
    group = f"/customer_groups/{shop.add_group()}"
    root = "CustomerMembership"
    for method, path in (("POST", "/customer_groups"), ("PUT", group)):
        answer = shop.call(method, path, {"externalReferenceId": 5, "name": ""})
        check_problems(answer, {f"{root}.name": "must not be empty", f"{root}.externalReferenceId": TEXT})
        answer = shop.call(method, path, {"externalReferenceId": "x" * 256, "name": 5})
        long = "must be at most 255 characters long"
        check_problems(answer, {f"{root}.name": TEXT, f"{root}.externalReferenceId": long})
    answer = shop.call("POST", "/customer_groups", {"externalReferenceId": 5})
    check_problems(answer, {f"{root}.name": ABSENT, f"{root}.externalReferenceId": TEXT})
    assert shop.get("/customer_groups")["total"] == 2


def test_extra_fields(shop: Shop) -> None:
    key = shop.add_extrafield()
    body = {"title": "", "type": "NUMBER", "shownOnOrderDetails": "yes"}
    problems = {
        "ExtraField.title": "must not be empty",
        "ExtraField.type": "must be one of 'TEXT', 'DATETIME'",
        "ExtraField.shownOnOrderDetails": FLAG,
    }
    fields = "/store_extrafields/customers"
    for method, path in (("POST", fields), ("PUT", f"{fields}/{key}")):
        check_problems(shop.call(method, path, body), problems)
    answer = shop.call("POST", fields, {"key": "a/b", "type": 5})
    told = {"ExtraField.key": "must not contain a slash, nor be '.' or '..'", "ExtraField.title": ABSENT}
    check_problems(answer, told | {"ExtraField.type": TEXT})


def test_orders(shop: Shop) -> None:
    items = [{"price": -1, "quantity": "x"}]
    body = {"items": items, "createDate": "soon", "paymentStatus": 5, "total": -1, "email": 5}
    amount = "must be from 0 to 99999999999.9999"
    problems = {
        "Order.email": TEXT,
        "Order.total": amount,
        "Order.paymentStatus": TEXT,
        "Order.createDate": "must be UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'",
        "Order.items[0].price": amount,
        "Order.items[0].quantity": "must be an integer",
    }
    check_problems(shop.call("POST", "/orders", body), problems)
    assert shop.get("/orders")["total"] == 0


def test_profile(shop: Shop) -> None:
    before = shop.get("/profile")
    body = {
        "formatsAndUnits": {"timezone": "Rome"},
        "languages": {"enabledLanguages": ["en", 5, "English"], "defaultLanguage": "fr"},
        "settings": {"storeName": ""},
        "generalInfo": {"storeUrl": 5},
    }
    problems = {
        "Profile.generalInfo.storeUrl": TEXT,
        "Profile.settings.storeName": "must not be empty",
        "Profile.languages.enabledLanguages[1]": TEXT,
        "Profile.languages.enabledLanguages[2]": "must be a language code such as 'en'",
        "Profile.formatsAndUnits.timezone": "must be a time zone such as 'Europe/Rome'",
    }
    check_problems(shop.call("PUT", "/profile", body), problems)
    assert shop.get("/profile") == before
