"""Update customer: contacts, the e-mail that a contact follows, and primaryPhone."""

import time

import pytest

from customary.model.customer import CONTACT_TYPES
from tests.api.people import FULL, MAIL, MOBILE, PHONE, PLAIN, mail, mobile, phone
from tests.api.scenarios import A_TEXT, ABSENT, AN_ID, Existing, Json, Update
from tests.api.shop import Shop, check_update

NO_CONTACTS = {**PLAIN, "contacts": []}
SECOND_MAIL = {"contact": "second@example.com", "type": "EMAIL"}


def row(title: str, contacts: Json, differs: Json, given: Json = FULL) -> Update:
    return Update(title=title, given=given, body={"contacts": contacts}, differs=differs)


def update(title: str, body: Json, differs: Json, given: Json = FULL) -> Update:
    return Update(title=title, given=given, body=body, differs=differs)


def new(**fields: Json) -> dict[str, Json]:
    """A contact as it is answered."""
    return {"id": AN_ID, "type": "PHONE", "default": False, "orderBy": 0, "timestamp": A_TEXT, **fields}


def changed(field: str, value: Json) -> Update:
    differs = {f"contacts.1.{field}": value}
    return row(f"{field} is {value!r}", [mail(), phone(**{field: value}), mobile()], differs)


def cleared(field: str) -> list[Update]:
    left_out = phone()
    del left_out[field]
    differs = {f"contacts.1.{field}": ABSENT}
    return [
        row(f"{field}: null", [mail(), phone(**{field: None}), mobile()], differs),
        row(f"{field}: an empty text", [mail(), phone(**{field: ""}), mobile()], differs),
        row(f"{field} is left out", [mail(), left_out, mobile()], differs),
    ]


FIELD_ROWS = [
    changed("contact", "+1 800 555 0000"),
    changed("handle", "joe"),
    changed("note", "never,\n\tplease"),
    changed("type", "WHATSAPP"),
    changed("default", False),
    changed("orderBy", 9),
    *cleared("handle"),
    *cleared("note"),
    row("default: null", [mail(), phone(default=None), mobile()], {"contacts.1.default": False}),
    row(
        "the other one becomes the default",
        [mail(), phone(default=False), mobile(default=True)],
        {"contacts.1.default": False, "contacts.2.default": True},
    ),
    *(
        row(
            f"a new one of type {kind}",
            [{"contact": "@jo", "type": kind, "default": True}],
            {"contacts": [new(contact="@jo", type=kind, default=True)]},
            NO_CONTACTS,
        )
        for kind in CONTACT_TYPES
    ),
]

LIST_ROWS = [
    row("the same list again", [mail(), phone(), mobile()], {}),
    row(
        "orderBy is left out: it counts from 0 in each type",
        [mail(orderBy=None), phone(orderBy=None), mobile(orderBy=None)],
        {},
    ),
    row("null removes all", None, {"contacts": []}),
    row("an empty list removes all", [], {"contacts": []}),
    row("null where there is none", None, {}, NO_CONTACTS),
    row(
        "one is left",
        [phone()],
        {
            "contacts": [
                new(
                    id=Existing("contacts.1.id"), contact=PHONE["contact"], handle="jo", note="after five", default=True
                )
            ]
        },
    ),
    row(
        "only the id is sent: contact and type stay, all else is cleared",
        [{"id": Existing("contacts.1.id")}],
        {"contacts": [new(id=Existing("contacts.1.id"), contact=PHONE["contact"])]},
    ),
    row(
        "id null is a new one",
        [{"id": None, "contact": "1", "type": "PHONE"}],
        {"contacts": [new(contact="1")]},
        NO_CONTACTS,
    ),
    row(
        "without a type", [{"contact": "a pigeon"}], {"contacts": [new(contact="a pigeon", type="OTHER")]}, NO_CONTACTS
    ),
    row(
        "orderBy counts in each type",
        [{"contact": "1", "type": "PHONE"}, {"contact": "a", "type": "URL"}, {"contact": "2", "type": "PHONE"}],
        {"contacts": [new(contact="1"), new(contact="a", type="URL"), new(contact="2", orderBy=1)]},
        NO_CONTACTS,
    ),
    row(
        "a default of each type",
        [{"contact": kind, "type": kind, "default": True} for kind in CONTACT_TYPES],
        {"contacts": [new(contact=kind, type=kind, default=True) for kind in CONTACT_TYPES]},
        NO_CONTACTS,
    ),
]

EMAIL_ROWS = [
    update(
        "email: its contact follows",
        {"email": "new@example.com"},
        {"email": "new@example.com", "contacts.0.contact": "new@example.com"},
    ),
    update(
        "email in other letters",
        {"email": "JO@Example.com"},
        {"email": "JO@Example.com", "contacts.0.contact": "JO@Example.com"},
    ),
    update(
        "email of a customer with nothing else",
        {"email": "new@example.com"},
        {"email": "new@example.com", "contacts.0.contact": "new@example.com"},
        PLAIN,
    ),
    update(
        "email: the contact held it in other letters",
        {"email": "new@example.com"},
        {"email": "new@example.com", "contacts.0.contact": "new@example.com"},
        {**PLAIN, "contacts": [{**MAIL, "contact": "Jo@EXAMPLE.com"}]},
    ),
    update(
        "email: another EMAIL contact stays",
        {"email": "new@example.com"},
        {"email": "new@example.com", "contacts.1.contact": "new@example.com"},
        {**PLAIN, "contacts": [SECOND_MAIL, MAIL]},
    ),
    update(
        "email: no contact holds it",
        {"email": "new@example.com"},
        {"email": "new@example.com"},
        {**PLAIN, "contacts": [SECOND_MAIL]},
    ),
    update(
        "email: a contact of another type stays",
        {"email": "new@example.com"},
        {"email": "new@example.com"},
        {**PLAIN, "contacts": [{"contact": "jo@example.com", "type": "OTHER"}]},
    ),
    update(
        "email and contacts: both as sent",
        {"email": "new@example.com", "contacts": [mail(), phone(), mobile()]},
        {"email": "new@example.com"},
    ),
    update(
        "email and contacts: null",
        {"email": "new@example.com", "contacts": None},
        {"email": "new@example.com", "contacts": []},
    ),
    update("the same email", {"email": "jo@example.com"}, {}),
    update(
        "email with a domain in another script",
        {"email": "jo@bücher.example"},
        {"email": "jo@bücher.example", "contacts.0.contact": "jo@bücher.example"},
    ),
]

PHONE_ROWS = [
    update(
        "primaryPhone: the default PHONE contact takes it",
        {"primaryPhone": "+49 30 1"},
        {"contacts.1.contact": "+49 30 1"},
    ),
    update(
        "primaryPhone: a new contact",
        {"primaryPhone": "+49 30 1"},
        {"contacts": [new(contact="+49 30 1", default=True)]},
        NO_CONTACTS,
    ),
    update(
        "primaryPhone beside a PHONE contact that is not the default",
        {"primaryPhone": "+49 30 1"},
        {"contacts": [new(contact=MOBILE["contact"], orderBy=1), new(contact="+49 30 1", default=True, orderBy=AN_ID)]},
        {**PLAIN, "contacts": [MOBILE]},
    ),
    update(
        "primaryPhone: null",
        {"primaryPhone": None},
        {"contacts": [new(contact="jo@example.com", type="EMAIL", default=True)]},
        {**PLAIN, "contacts": [MAIL, PHONE]},
    ),
    update("primaryPhone: null where there is none", {"primaryPhone": None}, {}, PLAIN),
]


@pytest.mark.parametrize("row", FIELD_ROWS + LIST_ROWS + EMAIL_ROWS + PHONE_ROWS, ids=lambda row: row.title)
def test_update(shop: Shop, row: Update) -> None:
    check_update(shop, row)


def test_what_is_not_in_the_list_goes_and_what_is_new_gets_an_id_of_its_own(shop: Shop) -> None:
    customer_id = shop.add_customer(contacts=[MAIL, PHONE])
    first, second = (contact["id"] for contact in shop.customer(customer_id)["contacts"])
    shop.put(f"/customers/{customer_id}", {"contacts": [MOBILE, {"id": second, **PHONE}]})
    third, kept = (contact["id"] for contact in shop.customer(customer_id)["contacts"])
    assert kept == second
    assert third not in {first, second}
    shop.put(f"/customers/{customer_id}", {"contacts": [MOBILE]})
    assert shop.customer(customer_id)["contacts"][0]["id"] not in {first, second, third}


def test_the_order_of_the_list_is_kept(shop: Shop) -> None:
    customer_id = shop.add_customer(contacts=[MAIL, PHONE, MOBILE])
    before = shop.customer(customer_id)["contacts"]
    shop.put(f"/customers/{customer_id}", {"contacts": before[::-1]})
    assert shop.customer(customer_id)["contacts"] == before[::-1]


def test_the_timestamp_stays_with_an_unchanged_contact(shop: Shop) -> None:
    customer_id = shop.add_customer(contacts=[MAIL, PHONE])
    before = shop.customer(customer_id)["contacts"]
    time.sleep(1.1)
    sent = [before[0] | {"timestamp": 5}, before[1] | {"note": "at noon"}, {"contact": "1", "type": "VIBER"}]
    shop.put(f"/customers/{customer_id}", {"contacts": sent})
    same, changed, new = shop.customer(customer_id)["contacts"]
    assert same == before[0]
    assert changed["timestamp"] == new["timestamp"] > before[1]["timestamp"]


def test_the_contact_that_follows_the_email_gets_a_timestamp(shop: Shop) -> None:
    customer_id = shop.add_customer()
    [before] = shop.customer(customer_id)["contacts"]
    time.sleep(1.1)
    shop.put(f"/customers/{customer_id}", {"email": "new@example.com"})
    [after] = shop.customer(customer_id)["contacts"]
    assert after["id"] == before["id"]
    assert after["timestamp"] > before["timestamp"]
