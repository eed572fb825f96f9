"""Contacts: replacing the list, adding one, changing one; at most one of each type is the default."""

import pytest
from msgspec import convert
from msgspec.structs import replace

from customary.model.body import ContactBody
from customary.model.customer import CONTACT_TYPES, Contact
from customary.rules.contacts import add_contact, change_contact, follow_email, replace_contacts
from customary.rules.problems import Problems
from tests.rules.updating import (
    CONTROL,
    MAIL,
    MOBILE,
    NO_ID,
    NOW,
    NUMBER,
    PHONE,
    CountedIds,
    Json,
    contact_body,
    too_long,
)

PATH = "Customer.contacts"
STORED = (MAIL, PHONE, MOBILE)
NEW = Contact(id=2001, contact="x", type="OTHER", timestamp=NOW)
TYPES = "must be one of " + ", ".join(f"'{kind}'" for kind in CONTACT_TYPES)
AS_PHONE = {
    "id": 22,
    "contact": "+1 217",
    "handle": "jo",
    "note": "after\nfive",
    "type": "PHONE",
    "default": True,
    "orderBy": 0,
}


def take(bodies: Json, stored: tuple[Contact, ...] = STORED) -> tuple[tuple[Contact, ...], Problems]:
    problems: Problems = {}
    elements = convert(bodies, tuple[ContactBody, ...])
    return replace_contacts(stored, elements, CountedIds(), NOW, problems), problems


# what is sent, what is stored afterwards
ROWS: list[tuple[Json, tuple[Contact, ...]]] = [
    ([], ()),
    ([AS_PHONE], (PHONE,)),
    ([{**AS_PHONE, "orderBy": None}], (PHONE,)),
    ([{**AS_PHONE, "timestamp": 5}], (PHONE,)),
    ([{**AS_PHONE, "orderBy": 7}], (replace(PHONE, order_by=7, timestamp=NOW),)),
    ([{**AS_PHONE, "note": None}], (replace(PHONE, note="", timestamp=NOW),)),
    ([{**AS_PHONE, "handle": ""}], (replace(PHONE, handle="", timestamp=NOW),)),
    ([{**AS_PHONE, "default": False}], (replace(PHONE, default=False, timestamp=NOW),)),
    ([{**AS_PHONE, "type": "VIBER"}], (replace(PHONE, type="VIBER", timestamp=NOW),)),
    ([{**AS_PHONE, "type": None}], (replace(PHONE, type="OTHER", timestamp=NOW),)),
    ([{**AS_PHONE, "contact": "1"}], (replace(PHONE, contact="1", timestamp=NOW),)),
    ([{"id": 22}], (replace(PHONE, handle="", note="", default=False, timestamp=NOW),)),
    (
        [{"id": 23}, {"id": 22}],
        (
            replace(MOBILE, order_by=0, timestamp=NOW),
            replace(PHONE, handle="", note="", default=False, order_by=1, timestamp=NOW),
        ),
    ),
    ([{"contact": "x"}], (NEW,)),
    (
        [{"contact": "x", "id": None, "type": None, "default": None, "orderBy": None, "handle": None, "note": None}],
        (NEW,),
    ),
    ([{"contact": "x", "type": "URL", "default": True}], (replace(NEW, type="URL", default=True),)),
    (
        [{"contact": "x" * 255, "handle": "y" * 255, "note": "\n" * 10_000, "orderBy": 2**31 - 1}],
        (replace(NEW, contact="x" * 255, handle="y" * 255, note="\n" * 10_000, order_by=2**31 - 1),),
    ),
]


@pytest.mark.parametrize(("bodies", "expected"), ROWS)
def test_the_list_is_replaced(bodies: Json, expected: tuple[Contact, ...]) -> None:
    assert take(bodies) == (expected, {})


def test_every_type_counts_for_itself() -> None:
    kinds = ["PHONE", "EMAIL", "PHONE", "OTHER", "EMAIL", "PHONE"]
    contacts, problems = take([{"contact": "x", "type": kind} for kind in kinds])
    assert problems == {}
    assert [contact.order_by for contact in contacts] == [0, 0, 1, 0, 1, 2]
    assert [contact.id for contact in contacts] == [2001, 2002, 2003, 2004, 2005, 2006]


def test_one_default_of_every_type() -> None:
    bodies = [{"contact": "x", "type": kind, "default": True} for kind in CONTACT_TYPES]
    contacts, problems = take(bodies)
    assert problems == {}
    assert all(contact.default for contact in contacts)
    _, problems = take([*bodies, bodies[3], bodies[5]])
    assert problems == {PATH: f"must have at most one default contact of type {CONTACT_TYPES[3]}"}


@pytest.mark.parametrize("wrong", ["", "x"])
def test_a_wrong_type_between_two_defaults_hides_nothing(wrong: str) -> None:
    _, problems = take([{"contact": "x", "type": kind, "default": True} for kind in ("OTHER", wrong, "OTHER")])
    assert problems == {f"{PATH}[1].type": TYPES, PATH: "must have at most one default contact of type OTHER"}


def test_contacts_of_an_unknown_type_may_be_of_two_types() -> None:
    _, problems = take([{"contact": "x", "type": kind, "default": True} for kind in ("FAX", "FAX", "URL")])
    assert problems == {f"{PATH}[0].type": TYPES, f"{PATH}[1].type": TYPES}


@pytest.mark.parametrize("wrong", [0, 1])
def test_a_contact_whose_type_was_wrong_may_be_of_any_type(wrong: int) -> None:
    found = {f"{PATH}[{wrong}].type": "must be a string"}
    problems = dict(found)
    bodies = convert([{"contact": "x", "default": True}] * 2, tuple[ContactBody, ...])
    replace_contacts((), bodies, CountedIds(), NOW, problems)
    assert problems == found


@pytest.mark.parametrize(("path", "told"), [("", False), (".id", False), (".type", True)])
def test_whether_the_address_of_a_wrong_element_is_missing_is_not_known(path: str, told: bool) -> None:
    problems = {f"{PATH}[0]{path}": "is wrong"}
    replace_contacts((), (ContactBody(),), CountedIds(), NOW, problems)
    assert (f"{PATH}[0].contact" in problems) == told


def test_a_hundred_are_taken_and_no_more() -> None:
    contacts, problems = take([{"contact": "x"}] * 100)
    assert (len(contacts), problems) == (100, {})
    _, problems = take([{"contact": "x"}] * 101 + [{}])
    assert problems == {PATH: "must have at most 100 elements"}


@pytest.mark.parametrize(
    ("bodies", "problems"),
    [
        ([{}], {"[0].contact": "is absent"}),
        ([{"contact": None}], {"[0].contact": "must not be empty"}),
        ([{"contact": ""}], {"[0].contact": "must not be empty"}),
        ([{"id": 22, "contact": None}], {"[0].contact": "must not be empty"}),
        ([{"contact": "x" * 256}], {"[0].contact": too_long(255)}),
        ([{"contact": "a\nb"}], {"[0].contact": CONTROL}),
        ([{"contact": "x", "handle": "y" * 256}], {"[0].handle": too_long(255)}),
        ([{"contact": "x", "note": "y" * 10_001}], {"[0].note": too_long(10_000)}),
        ([{"contact": "x", "note": "a\rb"}], {"[0].note": CONTROL}),
        ([{"contact": "x", "type": "phone"}], {"[0].type": TYPES}),
        ([{"contact": "x", "type": ""}], {"[0].type": TYPES}),
        ([{"contact": "x", "orderBy": -1}], {"[0].orderBy": NUMBER}),
        ([{"contact": "x", "orderBy": 2**31}], {"[0].orderBy": NUMBER}),
        ([{"id": 24, "contact": "x"}], {"[0].id": NO_ID}),
        ([{"id": 0, "note": "x"}], {"[0].id": NO_ID}),
        ([{"id": 22}, {"id": 22}], {"[1].id": "is there twice"}),
        (
            [{"id": 99}, {"id": 99, "contact": ""}],
            {"[0].id": NO_ID, "[1].id": NO_ID, "[1].contact": "must not be empty"},
        ),
    ],
)
def test_refused(bodies: Json, problems: Problems) -> None:
    assert take(bodies)[1] == {PATH + path: problem for path, problem in problems.items()}


def add(body: Json, stored: tuple[Contact, ...] = STORED) -> tuple[tuple[Contact, ...], Problems]:
    problems: Problems = {}
    contacts, contact = add_contact(stored, contact_body(body), CountedIds(), NOW, problems)
    if not problems:
        assert contacts[-1] is contact
    return contacts, problems


ADDED: list[tuple[Json, tuple[Contact, ...]]] = [
    ({"contact": "x"}, (*STORED, NEW)),
    ({"contact": "x", "id": 5}, (*STORED, NEW)),
    ({"contact": "x", "type": "PHONE"}, (*STORED, replace(NEW, type="PHONE", order_by=2))),
    ({"contact": "x", "type": "PHONE", "orderBy": 0}, (*STORED, replace(NEW, type="PHONE"))),
    ({"contact": "x", "type": "URL", "default": True}, (*STORED, replace(NEW, type="URL", default=True))),
    (
        {"contact": "x", "type": "PHONE", "default": True},
        (MAIL, replace(PHONE, default=False), MOBILE, replace(NEW, type="PHONE", default=True, order_by=2)),
    ),
]


@pytest.mark.parametrize(("body", "expected"), ADDED)
def test_add_one(body: Json, expected: tuple[Contact, ...]) -> None:
    assert add(body) == (expected, {})


def test_the_hundred_and_first_is_refused() -> None:
    many = tuple(replace(MOBILE, id=number) for number in range(1, 101))
    assert add({"contact": "x"}, many)[1] == {PATH: "must have at most 100 elements"}
    assert add({"contact": "x"}, many[1:])[1] == {}


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"Contact.contact": "is absent"}),
        (
            {"contact": "", "handle": "\x01", "note": "\x01", "type": "", "orderBy": -1},
            {
                "Contact.contact": "must not be empty",
                "Contact.handle": CONTROL,
                "Contact.note": CONTROL,
                "Contact.type": TYPES,
                "Contact.orderBy": NUMBER,
            },
        ),
    ],
)
def test_add_refuses(body: Json, problems: Problems) -> None:
    assert add(body)[1] == problems


def change(body: Json) -> tuple[tuple[Contact, ...], Problems]:
    problems: Problems = {}
    return change_contact(STORED, PHONE, contact_body(body), NOW, problems), problems


CHANGED: list[tuple[Json, Json]] = [
    ({"contact": "1"}, {"contact": "1"}),
    ({"handle": None}, {"handle": ""}),
    ({"note": "a\tb"}, {"note": "a\tb"}),
    ({"note": "x" * 10_000}, {"note": "x" * 10_000}),
    ({"type": "VIBER"}, {"type": "VIBER"}),
    ({"type": None}, {"type": "OTHER"}),
    ({"default": False}, {"default": False}),
    ({"default": None}, {"default": False}),
    ({"orderBy": 3}, {"order_by": 3}),
    ({"contact": "1", "handle": "2", "note": "3"}, {"contact": "1", "handle": "2", "note": "3"}),
]


@pytest.mark.parametrize(("body", "changes"), CHANGED)
def test_change_one(body: Json, changes: Json) -> None:
    assert change(body) == ((MAIL, replace(PHONE, timestamp=NOW, **changes), MOBILE), {})


@pytest.mark.parametrize("body", [{}, {"note": "after\nfive"}, {"default": True}, {"type": "PHONE", "orderBy": 0}])
def test_an_unchanged_one_keeps_its_timestamp(body: Json) -> None:
    assert change(body) == (STORED, {})


def test_change_refuses() -> None:
    _, problems = change({"contact": None, "handle": "x" * 256, "note": "x" * 10_001, "type": "x", "orderBy": 2**31})
    assert problems == {
        "Contact.contact": "must not be empty",
        "Contact.handle": too_long(255),
        "Contact.note": too_long(10_000),
        "Contact.type": TYPES,
        "Contact.orderBy": NUMBER,
    }


def test_a_changed_default_takes_the_place_of_the_other() -> None:
    problems: Problems = {}
    contacts = change_contact(STORED, MOBILE, contact_body({"default": True}), NOW, problems)
    assert contacts == (MAIL, replace(PHONE, default=False), replace(MOBILE, default=True, timestamp=NOW))
    contacts = change_contact(STORED, MAIL, contact_body({"type": "PHONE"}), NOW, problems)
    assert contacts == (replace(MAIL, type="PHONE", timestamp=NOW), replace(PHONE, default=False), MOBILE)
    assert problems == {}


@pytest.mark.parametrize(
    ("held", "old", "follows"),
    [
        ("jo@example.com", "jo@example.com", True),
        ("JO@EXAMPLE.COM", "jo@example.com", True),
        ("jo@bücher.example", "jo@xn--bcher-kva.example", True),
        ("jo@example.org", "jo@example.com", False),
        ("", "jo@example.com", False),
    ],
)
def test_who_follows_the_email(held: str, old: str, follows: bool) -> None:
    mail, other = replace(MAIL, contact=held), replace(PHONE, contact=held)
    after = replace(mail, contact="new@example.com", timestamp=NOW) if follows else mail
    assert follow_email((mail, other), old, "new@example.com", NOW) == (after, other)
