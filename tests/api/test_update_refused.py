"""Updates that are refused: by which rule, with which words, all problems at once, and with nothing stored."""

from collections.abc import Mapping

import pytest

from customary.model.customer import CONTACT_TYPES
from tests.api.people import FULL, home, mail, mobile, phone, work
from tests.api.scenarios import Existing, Json, Named, Refusal, resolve
from tests.api.shop import Shop, check_error

COUNTRY = "must be a country code of ISO 3166-1, such as 'US'"
CONTROL = "must not contain control characters"
EMAIL = "must be an e-mail address"
NO_ID = "is not an id of this customer"
TYPES = "must be one of " + ", ".join(f"'{kind}'" for kind in CONTACT_TYPES)
NUMBER = "must be from 0 to 2147483647"


def too_long(limit: int) -> str:
    return f"must be at most {limit} characters long"


def row(body: Json, **problems: str) -> Refusal:
    """Paths are written with ``__`` for what a keyword can't have, below ``Customer``."""
    return refusal(body, {path.replace("__", "."): problem for path, problem in problems.items()})


def refusal(body: Json, problems: Mapping[str, str]) -> Refusal:
    told = {f"Customer.{path}": problem for path, problem in problems.items()}
    return Refusal(
        title=", ".join(f"{path} {problem[:40]}" for path, problem in problems.items()), body=body, problems=told
    )


PERSON_LIMITS = {
    "name": 255,
    "companyName": 255,
    "street": 1000,
    "city": 255,
    "postalCode": 255,
    "stateOrProvinceCode": 255,
    "phone": 255,
}
SCALAR_LIMITS = {
    "taxId": 255,
    "fiscalCode": 255,
    "electronicInvoiceSdiCode": 255,
    "privateAdminNotes": 10_000,
    "password": 255,
    "primaryPhone": 255,
    "name": 255,
}
CONTACT_LIMITS = {"contact": 255, "handle": 255, "note": 10_000}
LONG_EMAIL = "x" * 64 + "@" + ".".join(["y" * 62] * 3) + ".com"

VALUE_ROWS = [
    *(row({field: "x" * (limit + 1)}, **{field: too_long(limit)}) for field, limit in SCALAR_LIMITS.items()),
    *(row({field: "a\x01b"}, **{field: CONTROL}) for field in SCALAR_LIMITS),
    *(row({field: "a\x85b"}, **{field: CONTROL}) for field in SCALAR_LIMITS),
    *(row({field: "a\nb"}, **{field: CONTROL}) for field in SCALAR_LIMITS if field != "privateAdminNotes"),
    *(
        refusal({"billingPerson": {field: "x" * (limit + 1)}}, {f"billingPerson.{field}": too_long(limit)})
        for field, limit in PERSON_LIMITS.items()
    ),
    *(refusal({"billingPerson": {field: "a\x7fb"}}, {f"billingPerson.{field}": CONTROL}) for field in PERSON_LIMITS),
    *(
        refusal(
            {"shippingAddresses": [home(**{field: "é" * (limit + 1)})]},
            {f"shippingAddresses[0].{field}": too_long(limit)},
        )
        for field, limit in {**PERSON_LIMITS, "note": 10_000}.items()
    ),
    *(
        refusal({"contacts": [mail(), phone(**{field: "x" * (limit + 1)})]}, {f"contacts[1].{field}": too_long(limit)})
        for field, limit in CONTACT_LIMITS.items()
    ),
    *(
        row({"email": value}, email=EMAIL)
        for value in (
            "",
            "jo",
            "jo@",
            "@example.com",
            "jo@example",
            "jo@@example.com",
            "a b@example.com",
            "jo@.com",
            "jo@exam ple.com",
            "jo@example.com ",
            " jo@example.com",
            "jo@example..com",
            "jo.@example.com",
        )
    ),
    row({"email": None}, email="must not be null"),
    row({"email": "a" + LONG_EMAIL}, email=too_long(254)),
    row({"electronicInvoicePecEmail": "jo"}, electronicInvoicePecEmail=EMAIL),
    row({"b2b_b2c": "B2B"}, b2b_b2c="must be one of 'b2b', 'b2c'"),
    row({"b2b_b2c": ""}, b2b_b2c="must be one of 'b2b', 'b2c'"),
    *(
        refusal({"billingPerson": {"countryCode": code}}, {"billingPerson.countryCode": COUNTRY})
        for code in ("ZZ", "USA", "U", "ß", "us ")
    ),
]

ID_ROWS = [
    row({"customerGroupId": 99}, customerGroupId="is not the id of a customer group of this store"),
    row({"customerGroupId": Named("foreign_group")}, customerGroupId="is not the id of a customer group of this store"),
    row({"customerGroupId": -1}, customerGroupId=NUMBER),
    row({"customerGroupId": 2**31}, customerGroupId=NUMBER),
    *(
        refusal({"shippingAddresses": [home(), {"id": value}]}, {"shippingAddresses[1].id": NO_ID})
        for value in (0, -1, 999_999, 2**31, 2**63 - 1, Named("other_address"))
    ),
    *(
        refusal({"contacts": [mail(), {"id": value, "contact": "x"}]}, {"contacts[1].id": NO_ID})
        for value in (0, -1, 999_999, 2**31, 2**63 - 1, Named("other_contact"))
    ),
    refusal(
        {"shippingAddresses": [home(), work(id=Existing("shippingAddresses.0.id"))]},
        {"shippingAddresses[1].id": "is there twice"},
    ),
    refusal(
        {"contacts": [mail(), phone(), mobile(id=Existing("contacts.1.id"))]}, {"contacts[2].id": "is there twice"}
    ),
]

LIST_ROWS = [
    refusal({"shippingAddresses": [{}] * 101}, {"shippingAddresses": "must have at most 100 elements"}),
    refusal({"contacts": [{"contact": "x"}] * 101}, {"contacts": "must have at most 100 elements"}),
    refusal({"shippingAddresses": [home(orderBy=-1)]}, {"shippingAddresses[0].orderBy": NUMBER}),
    refusal({"contacts": [mail(orderBy=2**31)]}, {"contacts[0].orderBy": NUMBER}),
    refusal({"contacts": [{"type": "PHONE"}]}, {"contacts[0].contact": "is absent"}),
    refusal({"contacts": [{"contact": None}]}, {"contacts[0].contact": "must not be empty"}),
    refusal({"contacts": [mail(contact="")]}, {"contacts[0].contact": "must not be empty"}),
    refusal({"contacts": [mail(type="FAX")]}, {"contacts[0].type": TYPES}),
    refusal({"contacts": [mail(type="email")]}, {"contacts[0].type": TYPES}),
    refusal(
        {"contacts": [mail(), phone(), mobile(default=True)]},
        {"contacts": "must have at most one default contact of type PHONE"},
    ),
]

MANY_ROWS = [
    refusal(
        {
            "email": "jo",
            "taxId": "x" * 256,
            "customerGroupId": 99,
            "billingPerson": {"countryCode": "ZZ", "city": "x" * 256},
            "shippingAddresses": [home(countryCode="??"), {"id": 5}],
            "contacts": [mail(), {"type": "FAX"}],
            "lang": "xx",
        },
        {
            "email": EMAIL,
            "taxId": too_long(255),
            "customerGroupId": "is not the id of a customer group of this store",
            "billingPerson.countryCode": COUNTRY,
            "billingPerson.city": too_long(255),
            "shippingAddresses[0].countryCode": COUNTRY,
            "shippingAddresses[1].id": NO_ID,
            "contacts[1].contact": "is absent",
            "contacts[1].type": TYPES,
            "lang": "is not a language that is enabled in the store",
        },
    ),
    refusal(
        {
            "taxId": 5,
            "taxExempt": "yes",
            "billingPerson": {"name": []},
            "contacts": {},
            "shippingAddresses": [5, {"id": "5"}],
        },
        {
            "taxId": "must be a string",
            "taxExempt": "must be true or false",
            "billingPerson.name": "must be a string",
            "contacts": "must be a list",
            "shippingAddresses[0]": "must be an object",
            "shippingAddresses[1].id": "must be an integer",
        },
    ),
]


@pytest.mark.parametrize("row", VALUE_ROWS + ID_ROWS + LIST_ROWS + MANY_ROWS, ids=lambda row: row.title)
def test_refused(shop: Shop, other_shop: Shop, row: Refusal) -> None:
    names = names_for(shop, other_shop)
    customer_id = int(shop.post("/customers", resolve(dict(FULL), {}, names))["id"])
    before, changes = shop.customer(customer_id), shop.changes()

    answer = shop.call("PUT", f"/customers/{customer_id}", resolve(row.body, before, names))

    check_error(answer, row.status, row.code)
    assert answer.json["args"] == row.problems
    path, problem = next(iter(answer.json["args"].items()))
    assert answer.json["errorMessage"] == f"Field {path} {problem}"
    assert shop.customer(customer_id) == before
    assert shop.changes() == changes


def names_for(shop: Shop, other_shop: Shop) -> dict[str, int]:
    """Ids that exist, but are not this customer's."""
    shop.add_customer("other@example.com", shippingAddresses=[{}], contacts=[{"contact": "x"}])
    other = shop.get("/customers", email="other@example.com")["items"][0]
    for _ in range(3):
        foreign_group = other_shop.add_group()
    return {
        "group": shop.add_group(),
        "foreign_group": foreign_group,
        "other_address": other["shippingAddresses"][0]["id"],
        "other_contact": other["contacts"][0]["id"],
    }


@pytest.mark.parametrize("lang", ["fr", "EN", "pt-BR", "pt_br", "x" * 300, " en"])
def test_a_language_that_the_store_does_not_have(shop: Shop, lang: str) -> None:
    customer_id = shop.add_customer()
    answer = shop.call("PUT", f"/customers/{customer_id}", {"lang": lang, "taxId": "X"})
    check_error(answer, 400, "LANGUAGES_NOT_ALLOWED")
    assert lang[:32] in answer.json["errorMessage"]
    assert shop.customer(customer_id)["taxId"] == ""
    assert shop.changes() == ["customer created"]


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@EXAMPLE.COM", "Ann@example.com"])
def test_an_email_of_another_customer(shop: Shop, email: str) -> None:
    shop.add_customer("ann@example.com")
    customer_id = shop.add_customer()
    before = shop.customer(customer_id)
    answer = shop.call("PUT", f"/customers/{customer_id}", {"email": email, "taxId": "X"})
    check_error(answer, 409, "EMAIL_ALREADY_USED", f"Customer with email {email} already exists")
    assert shop.customer(customer_id) == before
    assert shop.changes() == ["customer created"] * 2


@pytest.mark.parametrize(
    ("taken", "email"),
    [("éva@example.com", "E\u0301VA@example.com"), ("jo@bücher.example", "jo@xn--bcher-kva.example")],
)
def test_an_email_of_another_customer_in_other_letters(shop: Shop, taken: str, email: str) -> None:
    shop.add_customer(taken)
    answer = shop.call("POST", "/customers", {"email": email})
    check_error(answer, 409, "EMAIL_ALREADY_USED", f"Customer with email {email} already exists")


def test_the_email_of_a_deleted_customer_is_free_again(shop: Shop) -> None:
    shop.delete(f"/customers/{shop.add_customer('ann@example.com')}")
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {"email": "ann@example.com"})
    assert shop.customer(customer_id)["email"] == "ann@example.com"


def test_the_email_of_a_customer_of_another_store_is_free(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer("ann@example.com")
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {"email": "ann@example.com"})
    assert shop.customer(customer_id)["email"] == "ann@example.com"


def test_an_email_that_was_let_go_is_free_again(shop: Shop) -> None:
    first, second = shop.add_customer("a@example.com"), shop.add_customer("b@example.com")
    shop.put(f"/customers/{first}", {"email": "c@example.com"})
    shop.put(f"/customers/{second}", {"email": "a@example.com"})
    assert shop.find(sortBy="EMAIL_ASC") == ["a@example.com", "c@example.com"]
