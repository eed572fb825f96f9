"""Update customer as a rule: every field on its own and all that must stay. Lists and people have their own files."""

import pytest
from msgspec.structs import replace

from customary.model.customer import Contact, Customer, ExtrafieldValue, Person
from tests.rules.updating import (
    BILLING,
    CREATED,
    FULL,
    HOME,
    MAIL,
    MOBILE,
    NOW,
    PHONE,
    PLAIN,
    WORK,
    Json,
    create,
    problems_of,
    update,
)

# key on the wire, values to set, attribute, untouched state
SCALARS: list[tuple[str, list[Json], str, Json]] = [
    ("taxId", ["IT 1", "x" * 255, "é" * 255, "\u00a0", "\U0001f600" * 255], "tax_id", ""),
    ("taxIdValid", [True, False], "tax_id_valid", True),
    ("taxExempt", [True, False], "tax_exempt", False),
    ("b2b_b2c", ["b2b", "b2c"], "b2b_b2c", "b2c"),
    ("fiscalCode", ["VRDLGI80A01H501U", "x" * 255], "fiscal_code", ""),
    ("electronicInvoicePecEmail", ["a@pec.example.it", "A.b+c@Pec.Example.IT"], "electronic_invoice_pec_email", ""),
    ("electronicInvoiceSdiCode", ["XYZ9876", "x" * 255], "electronic_invoice_sdi_code", ""),
    ("acceptMarketing", [True, False], "accept_marketing", None),
    ("lang", ["en", "it", "pt_BR"], "lang", ""),
    ("privateAdminNotes", ["One\n\tTwo", "x" * 10_000, "\n" * 10_000], "private_admin_notes", ""),
    ("customerGroupId", [0, 1, 2**31 - 1], "customer_group_id", 0),
]
TEXTS = (
    "taxId",
    "fiscalCode",
    "electronicInvoicePecEmail",
    "electronicInvoiceSdiCode",
    "lang",
    "privateAdminNotes",
)
ATTRIBUTES = {name: (attribute, untouched) for name, _, attribute, untouched in SCALARS}


@pytest.mark.parametrize("customer", [FULL, PLAIN], ids=["full", "plain"])
@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [(name, value, attribute) for name, values, attribute, _ in SCALARS for value in values],
    ids=lambda value: str(value)[:20],
)
def test_a_scalar_is_set_and_nothing_else(customer: Customer, name: str, value: Json, attribute: str) -> None:
    after = update(customer, {name: value})
    assert after == replace(customer, updated=NOW, **{attribute: value})


@pytest.mark.parametrize("customer", [FULL, PLAIN], ids=["full", "plain"])
@pytest.mark.parametrize(("name", "empty"), [*((name, None) for name in ATTRIBUTES), *((name, "") for name in TEXTS)])
def test_null_and_the_empty_text_clear(customer: Customer, name: str, empty: str | None) -> None:
    attribute, untouched = ATTRIBUTES[name]
    assert update(customer, {name: empty}) == replace(customer, updated=NOW, **{attribute: untouched})


def test_an_empty_body_moves_updated_alone() -> None:
    assert update(FULL, {}) == replace(FULL, updated=NOW)
    assert update(PLAIN, {"unknown": 1, "id": 9, "registered": 5}) == replace(PLAIN, updated=NOW)


@pytest.mark.parametrize(("now", "updated"), [(CREATED - 1, CREATED), (CREATED, CREATED), (CREATED + 1, CREATED + 1)])
def test_updated_never_goes_back(now: int, updated: int) -> None:
    assert update(FULL, {"taxId": "x"}, now=now).updated == updated


@pytest.mark.parametrize(
    ("password", "given", "kept"),
    [("secret", "$argon2id$new", "$argon2id$new"), ("x" * 255, "$h", "$h"), (None, "", ""), ("", "", "")],
)
def test_password(password: str | None, given: str, kept: str) -> None:
    after = update(FULL, {"password": password}, password_hash=given)
    assert after == replace(FULL, updated=NOW, password_hash=kept)


def test_a_body_without_a_password_keeps_the_hash() -> None:
    assert update(FULL, {"taxId": "x"}, password_hash="").password_hash == FULL.password_hash


# body, billing person afterwards
NAME_ROWS: list[tuple[Customer, Json, Person | None]] = [
    (FULL, {"name": "Al"}, replace(BILLING, name="Al")),
    (FULL, {"name": None}, replace(BILLING, name="")),
    (FULL, {"name": ""}, replace(BILLING, name="")),
    (FULL, {"name": "Al", "billingPerson": {"name": "Bo"}}, replace(BILLING, name="Bo")),
    (FULL, {"name": "Al", "billingPerson": {"name": None}}, replace(BILLING, name="")),
    (FULL, {"name": "x" * 256, "billingPerson": {"name": "Bo"}}, replace(BILLING, name="Bo")),
    (FULL, {"name": "Al", "billingPerson": {"phone": "1"}}, replace(BILLING, name="Al", phone="1")),
    (FULL, {"name": "Al", "billingPerson": {}}, replace(BILLING, name="Al")),
    (FULL, {"name": "Al", "billingPerson": None}, Person(name="Al")),
    (FULL, {"name": None, "billingPerson": None}, None),
    (PLAIN, {"name": "Al"}, Person(name="Al")),
    (PLAIN, {"name": None}, None),
    (PLAIN, {"name": ""}, None),
    (replace(PLAIN, billing_person=Person(name="Al")), {"name": None}, None),
    (replace(PLAIN, billing_person=Person(name="Al")), {"billingPerson": {"name": ""}}, None),
]


@pytest.mark.parametrize(("customer", "body", "person"), NAME_ROWS)
def test_name_is_the_billing_persons(customer: Customer, body: Json, person: Person | None) -> None:
    assert update(customer, body) == replace(customer, updated=NOW, billing_person=person)


# contacts before, body, e-mail afterwards, contacts afterwards
NEW_MAIL = replace(MAIL, contact="new@example.com", timestamp=NOW)
EMAIL_ROWS: list[tuple[tuple[Contact, ...], Json, str, tuple[Contact, ...]]] = [
    ((MAIL, PHONE), {"email": "new@example.com"}, "new@example.com", (NEW_MAIL, PHONE)),
    (
        (MAIL,),
        {"email": "JO@example.com"},
        "JO@example.com",
        (replace(MAIL, contact="JO@example.com", timestamp=NOW),),
    ),
    ((MAIL,), {"email": "jo@example.com"}, "jo@example.com", (MAIL,)),
    ((replace(MAIL, contact="Jo@Example.com"),), {"email": "new@example.com"}, "new@example.com", (NEW_MAIL,)),
    (
        (replace(MAIL, contact="jo@example.com", type="OTHER"),),
        {"email": "new@example.com"},
        "new@example.com",
        (replace(MAIL, contact="jo@example.com", type="OTHER"),),
    ),
    (
        (replace(MAIL, contact="other@example.com"), replace(MAIL, id=9, default=False)),
        {"email": "new@example.com"},
        "new@example.com",
        (
            replace(MAIL, contact="other@example.com"),
            replace(MAIL, id=9, default=False, contact="new@example.com", timestamp=NOW),
        ),
    ),
    ((), {"email": "new@example.com"}, "new@example.com", ()),
    ((MAIL,), {"email": "new@example.com", "contacts": []}, "new@example.com", ()),
    ((MAIL,), {"email": "new@example.com", "contacts": None}, "new@example.com", ()),
    (
        (MAIL, PHONE),
        {"email": "new@example.com", "contacts": [{"id": 21, "contact": "jo@example.com", "default": True}]},
        "new@example.com",
        (MAIL,),
    ),
    (
        (replace(MAIL, contact="new@example.com"),),
        {"email": "new@example.com"},
        "new@example.com",
        (replace(MAIL, contact="new@example.com"),),
    ),
]


@pytest.mark.parametrize(("contacts", "body", "email", "expected"), EMAIL_ROWS)
def test_the_contact_follows_the_email(
    contacts: tuple[Contact, ...], body: Json, email: str, expected: tuple[Contact, ...]
) -> None:
    customer = replace(PLAIN, contacts=contacts)
    assert update(customer, body) == replace(customer, updated=NOW, email=email, contacts=expected)


NEW_PHONE = Contact(id=2001, contact="+49 30", type="PHONE", default=True, order_by=0, timestamp=NOW)
PHONE_ROWS: list[tuple[tuple[Contact, ...], Json, tuple[Contact, ...]]] = [
    ((), {"primaryPhone": "+49 30"}, (NEW_PHONE,)),
    ((MAIL,), {"primaryPhone": "+49 30"}, (MAIL, NEW_PHONE)),
    ((MOBILE,), {"primaryPhone": "+49 30"}, (MOBILE, replace(NEW_PHONE, order_by=1))),
    ((PHONE, MOBILE), {"primaryPhone": "+49 30"}, (replace(PHONE, contact="+49 30", timestamp=NOW), MOBILE)),
    ((PHONE, MOBILE), {"primaryPhone": "+1 217"}, (PHONE, MOBILE)),
    ((MAIL, PHONE, MOBILE), {"primaryPhone": None}, (MAIL, MOBILE)),
    ((MAIL, PHONE, MOBILE), {"primaryPhone": ""}, (MAIL, MOBILE)),
    ((MOBILE,), {"primaryPhone": None}, (MOBILE,)),
    ((MAIL, PHONE), {"primaryPhone": "+49 30", "contacts": []}, (NEW_PHONE,)),
    (
        (PHONE,),
        {"primaryPhone": "+49 30", "contacts": [{"contact": "1", "type": "PHONE", "default": True}]},
        (replace(NEW_PHONE, id=2001),),
    ),
    (
        (MAIL, PHONE),
        {"primaryPhone": "+49 30", "email": "new@example.com"},
        (NEW_MAIL, replace(PHONE, contact="+49 30", timestamp=NOW)),
    ),
]


@pytest.mark.parametrize(("contacts", "body", "expected"), PHONE_ROWS)
def test_primary_phone(contacts: tuple[Contact, ...], body: Json, expected: tuple[Contact, ...]) -> None:
    assert update(replace(PLAIN, contacts=contacts), body).contacts == expected


def test_primary_phone_makes_no_contact_beyond_the_hundredth() -> None:
    many = tuple(replace(MOBILE, id=number, type="OTHER") for number in range(1, 101))
    assert problems_of(lambda: update(replace(PLAIN, contacts=many), {"primaryPhone": "1"})) == {
        "Customer.contacts": "must have at most 100 elements"
    }
    assert len(update(replace(PLAIN, contacts=many[1:]), {"primaryPhone": "1"}).contacts) == 100


OLD = ExtrafieldValue(key="size", value="XL")


@pytest.mark.parametrize("empty", [None, []])
def test_lists_are_cleared(empty: Json) -> None:
    after = update(FULL, {"shippingAddresses": empty, "contacts": empty})
    assert after == replace(FULL, updated=NOW, shipping_addresses=(), contacts=())


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ({}, (OLD,)),
        ({"extrafields": None}, ()),
        ({"extrafields": []}, ()),
        (
            {"extrafields": [{"key": "born", "value": 0}]},
            (ExtrafieldValue(key="born", value="1970-01-01 00:00:00 +0000"),),
        ),
        ({"extrafields": [{"key": "size", "value": "XL"}]}, (OLD,)),
    ],
)
def test_extra_fields_are_replaced_when_they_are_sent(body: Json, values: tuple[ExtrafieldValue, ...]) -> None:
    customer = replace(PLAIN, extrafields=(OLD,))
    assert update(customer, body) == replace(customer, updated=NOW, extrafields=values)


# a new customer


def test_a_new_customer_with_an_email_alone() -> None:
    mail = Contact(id=2001, contact="Jo@example.com", type="EMAIL", default=True, timestamp=NOW)
    expected = Customer(id=3, email="Jo@example.com", registered=NOW, updated=NOW, contacts=(mail,))
    assert create({"email": "Jo@example.com"}) == expected


def test_a_new_customer_with_contacts_has_those() -> None:
    assert create({"email": "jo@example.com", "contacts": []}).contacts == ()
    assert create({"email": "jo@example.com", "contacts": None}).contacts == ()
    [contact] = create({"email": "jo@example.com", "contacts": [{"contact": "x"}]}).contacts
    assert contact == Contact(id=2001, contact="x", type="OTHER", timestamp=NOW)


def test_a_new_customer_with_a_primary_phone_has_both_contacts() -> None:
    mail, phone = create({"email": "jo@example.com", "primaryPhone": "+49 30"}).contacts
    assert (mail.type, mail.default) == ("EMAIL", True)
    assert phone == replace(NEW_PHONE, id=2002)


def test_everything_at_once() -> None:
    body = {
        "email": "ann@example.com",
        "password": "secret",
        "customerGroupId": 6,
        "billingPerson": {"name": "Ann", "countryCode": "it"},
        "shippingAddresses": [{"id": 12}],
        "contacts": [{"id": 23}],
        "taxId": "T",
        "taxIdValid": True,
        "taxExempt": False,
        "b2b_b2c": "b2c",
        "fiscalCode": "F",
        "electronicInvoicePecEmail": "",
        "electronicInvoiceSdiCode": "S",
        "acceptMarketing": False,
        "lang": "en",
        "privateAdminNotes": "N",
        "primaryPhone": "1",
    }
    phone = Contact(id=2001, contact="1", type="PHONE", default=True, order_by=1, timestamp=NOW)
    assert update(FULL, body, password_hash="$h") == Customer(
        id=1,
        version=7,
        email="ann@example.com",
        password_hash="$h",
        registered=CREATED,
        updated=NOW,
        customer_group_id=6,
        billing_person=replace(BILLING, name="Ann", country_code="IT"),
        shipping_addresses=(replace(WORK, city="", country_code="", default_address=True, order_by=0),),
        contacts=(replace(MOBILE, order_by=0, timestamp=NOW), phone),
        tax_id="T",
        fiscal_code="F",
        electronic_invoice_sdi_code="S",
        accept_marketing=False,
        lang="en",
        private_admin_notes="N",
        external_reference_id="x-1",
    )
    assert HOME not in update(FULL, body).shipping_addresses
    assert PHONE not in update(FULL, body).contacts
