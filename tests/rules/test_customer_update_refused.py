"""What update customer refuses: every limit, and all problems of a body at once, in the order of the fields."""

import pytest
from msgspec.structs import replace

from customary.errors import InvalidBody, LanguagesNotAllowed
from customary.model.customer import Person
from customary.rules.customer_update import StoreFacts, new_customer
from customary.rules.problems import Problems
from tests.rules.updating import (
    CONTROL,
    COUNTRY,
    EMAIL,
    FACTS,
    FULL,
    NO_ID,
    NOW,
    NUMBER,
    CountedIds,
    Json,
    create,
    customer_body,
    problems_of,
    too_long,
    update,
)

NOT_ENABLED = "is not a language that is enabled in the store"
NO_GROUP = StoreFacts(languages=("en",), group_exists=False)


def one(name: str, value: Json, problem: str) -> tuple[Json, Problems]:
    return {name: value}, {f"Customer.{name}": problem}


TEXT_LIMITS = {
    "name": 255,
    "password": 255,
    "taxId": 255,
    "fiscalCode": 255,
    "electronicInvoiceSdiCode": 255,
    "privateAdminNotes": 10_000,
    "primaryPhone": 255,
}
LONG_EMAIL = "x" * 64 + "@" + ".".join(["y" * 61] * 3) + ".com"
REFUSED: list[tuple[Json, Problems]] = [
    *(one(name, "x" * (limit + 1), too_long(limit)) for name, limit in TEXT_LIMITS.items()),
    *(one(name, f"a{bad}b", CONTROL) for name in TEXT_LIMITS for bad in "\x00\x08\x0b\x1f\x7f\x80\x85\x9f\r"),
    *(one(name, f"a{bad}b", CONTROL) for name in TEXT_LIMITS if name != "privateAdminNotes" for bad in "\n\t"),
    one("email", None, "must not be null"),
    *(one("email", value, EMAIL) for value in ("", "jo", "jo@", "@x.com", "jo@x", "a@b@c.com", "jo@x.com\n")),
    one("email", "yy" + LONG_EMAIL, too_long(254)),
    one("electronicInvoicePecEmail", "jo", EMAIL),
    one("electronicInvoicePecEmail", "yy" + LONG_EMAIL, too_long(254)),
    *(one("b2b_b2c", value, "must be one of 'b2b', 'b2c'") for value in ("", "B2B", "b2d")),
    *(one("customerGroupId", value, NUMBER) for value in (-1, 2**31, -(2**63), 2**63 - 1)),
]


@pytest.mark.parametrize(("body", "problems"), REFUSED, ids=lambda value: str(value)[:40])
def test_refused(body: Json, problems: Problems) -> None:
    assert problems_of(lambda: update(FULL, body)) == problems


@pytest.mark.parametrize("name", [*TEXT_LIMITS, "electronicInvoicePecEmail"])
def test_texts_at_their_limits(name: str) -> None:
    longest = LONG_EMAIL if name == "electronicInvoicePecEmail" else "x" * TEXT_LIMITS[name]
    assert problems_of(lambda: update(FULL, {name: longest})) == {}


def test_the_longest_email() -> None:
    assert len(LONG_EMAIL) == 254
    assert update(FULL, {"email": LONG_EMAIL}).email == LONG_EMAIL


def test_a_group_that_the_store_does_not_have() -> None:
    problem = "is not the id of a customer group of this store"
    assert problems_of(lambda: update(FULL, {"customerGroupId": 6}, facts=NO_GROUP)) == {
        "Customer.customerGroupId": problem
    }
    assert update(FULL, {"customerGroupId": 0}, facts=NO_GROUP).customer_group_id == 0


@pytest.mark.parametrize("lang", ["fr", "EN", "pt-BR", " en", "x" * 300])
def test_a_language_that_is_not_enabled_has_an_error_of_its_own(lang: str) -> None:
    with pytest.raises(LanguagesNotAllowed) as caught:
        update(FULL, {"lang": lang, "taxId": "x"})
    assert caught.value.message == f"Language '{lang[:32]}' is not enabled in the store"


def test_a_language_beside_other_problems_is_one_of_them() -> None:
    problems = problems_of(lambda: update(FULL, {"lang": "fr", "taxId": "\x01"}))
    assert problems == {"Customer.taxId": CONTROL, "Customer.lang": NOT_ENABLED}


def test_what_is_stored_is_not_judged_again() -> None:
    """It may be older than a rule."""
    old = replace(FULL, email="jo", tax_id="x" * 999, lang="xx", billing_person=Person(country_code="AN", city="\x01"))
    body = {"email": "jo", "billingPerson": {"phone": "1"}}
    person = Person(country_code="AN", city="\x01", phone="1")
    assert update(old, body) == replace(old, updated=NOW, billing_person=person)


EVERYTHING_WRONG: Json = {
    "primaryPhone": "\x01",
    "privateAdminNotes": "x" * 10_001,
    "lang": "fr",
    "electronicInvoiceSdiCode": "\x01",
    "electronicInvoicePecEmail": "jo",
    "fiscalCode": "\x01",
    "b2b_b2c": "x",
    "taxId": "\x01",
    "contacts": [
        {"id": 99, "note": "\x01"},
        {"orderBy": -1, "default": True, "type": "FAX", "note": "\x01", "handle": "\x01", "contact": ""},
        {"contact": "1", "type": "URL", "default": True},
        {"contact": "1", "type": "URL", "default": True},
    ],
    "shippingAddresses": [
        {},
        {"orderBy": -1, "note": "\x01", "id": 99, "phone": "\x01", "countryCode": "ZZ", "street": "\x01"},
        {"id": 11},
        {"id": 11},
    ],
    "billingPerson": {
        "phone": "\x01",
        "stateOrProvinceCode": "\x01",
        "postalCode": "\x01",
        "countryCode": "??",
        "city": "\x01",
        "street": "x" * 1001,
        "companyName": "\x01",
        "name": "\x01",
    },
    "customerGroupId": 99,
    "password": "\x01",
    "email": "jo",
}
ALL_PROBLEMS: Problems = {
    "Customer.email": EMAIL,
    "Customer.password": CONTROL,
    "Customer.customerGroupId": "is not the id of a customer group of this store",
    "Customer.billingPerson.name": CONTROL,
    "Customer.billingPerson.companyName": CONTROL,
    "Customer.billingPerson.street": too_long(1000),
    "Customer.billingPerson.city": CONTROL,
    "Customer.billingPerson.countryCode": COUNTRY,
    "Customer.billingPerson.postalCode": CONTROL,
    "Customer.billingPerson.stateOrProvinceCode": CONTROL,
    "Customer.billingPerson.phone": CONTROL,
    "Customer.shippingAddresses[1].street": CONTROL,
    "Customer.shippingAddresses[1].countryCode": COUNTRY,
    "Customer.shippingAddresses[1].phone": CONTROL,
    "Customer.shippingAddresses[1].id": NO_ID,
    "Customer.shippingAddresses[1].note": CONTROL,
    "Customer.shippingAddresses[1].orderBy": NUMBER,
    "Customer.shippingAddresses[3].id": "is there twice",
    "Customer.contacts": "must have at most one default contact of type URL",
    "Customer.contacts[0].id": NO_ID,
    "Customer.contacts[0].note": CONTROL,
    "Customer.contacts[1].contact": "must not be empty",
    "Customer.contacts[1].handle": CONTROL,
    "Customer.contacts[1].note": CONTROL,
    "Customer.contacts[1].type": "must be one of 'EMAIL', 'PHONE', 'WHATSAPP', 'TELEGRAM', 'VIBER', 'FACEBOOK', "
    "'INSTAGRAM', 'TWITTER', 'TIKTOK', 'URL', 'OTHER', 'YOUTUBE', 'PINTEREST', 'VK', 'FB_MESSENGER'",
    "Customer.contacts[1].orderBy": NUMBER,
    "Customer.taxId": CONTROL,
    "Customer.b2b_b2c": "must be one of 'b2b', 'b2c'",
    "Customer.fiscalCode": CONTROL,
    "Customer.electronicInvoicePecEmail": EMAIL,
    "Customer.electronicInvoiceSdiCode": CONTROL,
    "Customer.lang": NOT_ENABLED,
    "Customer.privateAdminNotes": too_long(10_000),
    "Customer.primaryPhone": CONTROL,
}


def test_all_problems_come_at_once_in_the_order_of_the_fields() -> None:
    problems = problems_of(lambda: update(FULL, EVERYTHING_WRONG, facts=NO_GROUP))
    assert list(problems.items()) == list(ALL_PROBLEMS.items())


def test_problems_that_were_found_before_come_too() -> None:
    found = {"Customer.taxExempt": "must be true or false", "Customer.email": "must be a string"}
    body = customer_body({"taxId": "\x01", "lang": "fr"})
    with pytest.raises(InvalidBody) as caught:
        new_customer(3, body, FACTS, CountedIds(), NOW, problems=found)
    assert list(caught.value.problems) == ["Customer.email", "Customer.taxId", "Customer.taxExempt", "Customer.lang"]
    assert caught.value.problems["Customer.email"] == "must be a string"
    assert found == {"Customer.taxExempt": "must be true or false", "Customer.email": "must be a string"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [({}, "is absent"), ({"email": None}, "must not be null"), ({"email": ""}, EMAIL), ({"email": "jo"}, EMAIL)],
)
def test_a_new_customer_must_have_an_email(body: Json, problem: str) -> None:
    assert problems_of(lambda: create(body)) == {"Customer.email": problem}
