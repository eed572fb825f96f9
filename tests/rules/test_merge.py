"""Two customers become one: what the one that stays takes over, and what it keeps."""

from typing import Any

import pytest
from msgspec import convert
from msgspec.structs import replace

from customary.errors import InvalidBody
from customary.model.customer import Contact, Customer, ExtrafieldValue, Favorite, Person, ShippingAddress
from customary.model.merge import MergeBody
from customary.rules.merge import merge_customers, read_merge
from tests.rules.updating import CREATED, HOME, MAIL, MOBILE, NOW, PHONE, CountedIds, too_long

STAYS = Customer(id=1, version=7, email="jo@example.com", registered=CREATED, updated=CREATED)
GOES = Customer(id=2, version=9, email="j.doe@example.com", registered=CREATED - 5, updated=CREATED)
LAST = Contact(id=2001, contact="j.doe@example.com", type="EMAIL", timestamp=NOW)
"""The e-mail of the one that goes."""


def merged(stays: dict[str, Any], goes: dict[str, Any]) -> Customer:
    return merge_customers(replace(STAYS, **stays), replace(GOES, **goes), CountedIds(), NOW)


def contact(number: int, text: str, kind: str = "PHONE", **fields: Any) -> Contact:
    return Contact(**{"id": number, "contact": text, "type": kind, "timestamp": CREATED, **fields})


def address(number: int, city: str, **fields: Any) -> ShippingAddress:
    return ShippingAddress(**{"id": number, "city": city, "created_date": CREATED, **fields})


def test_two_who_have_nothing() -> None:
    assert merged({}, {}) == replace(STAYS, contacts=(LAST,), updated=NOW)


# attribute, what stays has, what goes has, what it comes to
FILLED: list[tuple[str, Any, Any, Any]] = [
    ("fiscal_code", "", "b", "b"),
    ("fiscal_code", "a", "b", "a"),
    ("fiscal_code", "a", "", "a"),
    ("electronic_invoice_pec_email", "", "b@example.com", "b@example.com"),
    ("electronic_invoice_sdi_code", "", "b", "b"),
    ("lang", "", "it", "it"),
    ("lang", "en", "it", "en"),
    ("external_reference_id", "", "crm-2", "crm-2"),
    ("external_reference_id", "crm-1", "crm-2", "crm-1"),
    ("accept_marketing", None, False, False),
    ("accept_marketing", False, True, False),
    ("accept_marketing", True, False, True),
    ("private_admin_notes", "", "b", "b"),
    ("private_admin_notes", "a", "", "a"),
    ("private_admin_notes", "a", "b", "a\nb"),
    ("private_admin_notes", "a\nb", "b", "a\nb"),
    # what says something also when it was never touched
    ("customer_group_id", 0, 2, 0),
    ("tax_exempt", False, True, False),
    ("b2b_b2c", "b2c", "b2b", "b2c"),
    ("password_hash", "", "secret", ""),
    ("email", "jo@example.com", "j@example.com", "jo@example.com"),
    ("registered", CREATED, 5, CREATED),
]


@pytest.mark.parametrize(("name", "stays", "goes", "expected"), FILLED, ids=str)
def test_what_is_empty_is_filled(name: str, stays: Any, goes: Any, expected: Any) -> None:
    assert getattr(merged({name: stays}, {name: goes}), name) == expected


def test_a_tax_id_goes_with_its_validity() -> None:
    taken = merged({"tax_id_valid": False}, {"tax_id": "2", "tax_id_valid": True})
    assert (taken.tax_id, taken.tax_id_valid) == ("2", True)
    kept = merged({"tax_id": "1", "tax_id_valid": False}, {"tax_id": "2", "tax_id_valid": True})
    assert (kept.tax_id, kept.tax_id_valid) == ("1", False)
    neither = merged({"tax_id_valid": False}, {"tax_id_valid": True})
    assert (neither.tax_id, neither.tax_id_valid) == ("", False)


HERE = Person(name="Jo", city="Lyon", country_code="FR")
THERE = Person(name="J. Doe", company_name="Doe", street="1 Main", city="Rome", postal_code="00100", phone="5")


@pytest.mark.parametrize(
    ("stays", "goes", "expected"),
    [
        (None, None, None),
        (HERE, None, HERE),
        (None, THERE, THERE),
        (HERE, THERE, replace(HERE, company_name="Doe", phone="5")),
        (Person(name="Jo", phone="1"), THERE, replace(THERE, name="Jo", phone="1")),
    ],
)
def test_a_billing_person_is_filled_key_by_key_but_its_place_as_a_whole(
    stays: Person | None, goes: Person | None, expected: Person | None
) -> None:
    assert merged({"billing_person": stays}, {"billing_person": goes}).billing_person == expected


def test_contacts_are_united() -> None:
    viber = contact(31, "jo", "VIBER", default=True)
    same = (
        replace(MAIL, id=30, contact="JO@EXAMPLE.COM", note="work", timestamp=5),
        replace(PHONE, id=32, contact=" (1) 217"),
    )
    after = merged(
        {"contacts": (MAIL, PHONE, MOBILE)},
        {"contacts": (viber, *same, contact(33, "+9", default=True, order_by=8), contact(34, "x", "OTHER"))},
    )
    assert after.contacts == (
        replace(MAIL, note="work", timestamp=NOW),
        PHONE,
        MOBILE,
        replace(viber, id=2001),
        contact(2002, "+9", order_by=2),
        contact(2003, "x", "OTHER"),
        replace(LAST, id=2004, order_by=1),
    )


def test_a_default_contact_is_taken_where_there_is_none_of_its_type() -> None:
    after = merged({"contacts": (replace(PHONE, default=False),)}, {"contacts": (contact(33, "+9", default=True),)})
    assert [each.default for each in after.contacts if each.type == "PHONE"] == [False, True]


def test_the_mail_of_the_one_that_goes_may_be_there() -> None:
    own = contact(5, "J.Doe@Example.com", "EMAIL", default=True, handle="h")
    assert merged({}, {"contacts": (own,)}).contacts == (replace(own, id=2001),)
    assert merged({"contacts": (own,)}, {}).contacts == (own,)


def test_addresses_are_united() -> None:
    rome = address(21, "Rome", default_address=True, order_by=3)
    after = merged(
        {"shipping_addresses": (replace(HOME, note="", order_by=4),)},
        {"shipping_addresses": (rome, replace(HOME, id=22, city="LYON"), address(23, "rome"))},
    )
    assert after.shipping_addresses == (
        replace(HOME, order_by=4),
        replace(rome, id=1001, default_address=False, order_by=5),
    )


def test_the_default_address_of_the_one_that_goes_is_it_where_there_is_none() -> None:
    rome, lyon = address(21, "Rome"), address(22, "Lyon", default_address=True, order_by=1)
    assert merged({}, {"shipping_addresses": (rome, lyon)}).shipping_addresses == (
        replace(rome, id=1001),
        replace(lyon, id=1002),
    )


def test_values_of_extra_fields_and_favorites_are_united() -> None:
    size, other, born = (ExtrafieldValue(key=key, value=value) for key, value in (("a", "1"), ("a", "2"), ("b", "3")))
    assert merged({"extrafields": (size,)}, {"extrafields": (other, born)}).extrafields == (size, born)
    tea, again, milk = (Favorite(product_id=number, added_timestamp=at) for number, at in ((1, 5), (1, 6), (2, 7)))
    assert merged({"favorites": (tea,)}, {"favorites": (again, milk)}).favorites == (tea, milk)


def test_more_than_a_customer_can_have_is_refused() -> None:
    def much(start: int) -> dict[str, Any]:
        numbers = range(start, start + 60)
        return {
            "contacts": tuple(contact(number, str(number)) for number in numbers),
            "shipping_addresses": tuple(address(number, str(number)) for number in numbers),
            "extrafields": tuple(ExtrafieldValue(key=str(number), value="x") for number in numbers),
            "private_admin_notes": chr(60 + start) * 6000,
        }

    with pytest.raises(InvalidBody) as caught:
        merged(much(1), much(61))
    elements = "must have at most 100 elements"
    assert caught.value.problems == {
        "Customer.shippingAddresses": elements,
        "Customer.contacts": elements,
        "Customer.privateAdminNotes": too_long(10_000),
        "Customer.extrafields": elements,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "is absent"),
        ({"from": None}, "is absent"),
        ({"from": -1}, "must be from 0 to 2147483647"),
        ({"from": 1}, "must be another customer than the one that stays"),
    ],
)
def test_a_body_names_another_customer(body: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        read_merge(convert(body, MergeBody), 1, {})
    assert caught.value.problems == {"Merge.from": expected}


def test_bodies() -> None:
    assert read_merge(convert({"from": 2}, MergeBody), 1, {}) == (2, False)
    assert read_merge(convert({"from": 2, "preview": True}, MergeBody), 1, {}) == (2, True)
    assert read_merge(convert({"from": 2, "preview": None}, MergeBody), 1, {}) == (2, False)
