"""What a change made of a customer, field by field."""

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from customary.model.change import Change
from customary.model.customer import Customer, ExtrafieldValue, Favorite
from customary.model.history import CustomerVersion
from customary.model.store import Token
from customary.rules.history import answer_version, compare_customers
from tests.rules.updating import BILLING, CREATED, FULL, HOME, MAIL, MOBILE, NOW, PHONE, PLAIN, WORK, Json, update

BORN = "2023-11-14 22:13:20 +0000"


def compare(before: Customer | None, after: Customer | None) -> dict[str, Json]:
    """Path → before and after, ``-`` where there is none."""
    changes = [to_builtins(change) for change in compare_customers(before, after)]
    assert all(change.keys() <= {"path", "before", "after"} for change in changes)
    found = {change["path"]: (change.get("before", "-"), change.get("after", "-")) for change in changes}
    assert len(found) == len(changes)
    return found


def test_nothing() -> None:
    for customer in (FULL, PLAIN):
        assert compare(customer, customer) == {}
        assert compare(customer, replace(customer, version=9, updated=NOW)) == {}
    assert compare(None, None) == {}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"email": "ann@example.org", "contacts": None}, {"email": ("jo@example.com", "ann@example.org")}),
        ({"billingPerson": {"phone": "1"}}, {"billingPerson.phone": ("+1 217 555 0100", "1")}),
        ({"billingPerson": {"city": None}}, {"billingPerson.city": ("Springfield", "-")}),
        ({"customerGroupId": 0}, {"customerGroupId": (5, 0)}),
        ({"taxId": None, "taxIdValid": None}, {"taxId": ("GB 123", ""), "taxIdValid": (False, True)}),
        ({"b2b_b2c": "b2c"}, {"b2b_b2c": ("b2b", "b2c")}),
        ({"acceptMarketing": False}, {"acceptMarketing": (True, False)}),
        ({"acceptMarketing": None, "lang": None}, {"acceptMarketing": (True, "-"), "lang": ("it", "-")}),
        ({"password": None}, {"password": ("-", "-")}),
        ({"password": "new"}, {"password": ("-", "-")}),
    ],
)
def test_fields(body: Json, expected: dict[str, Json]) -> None:
    before = replace(FULL, contacts=())
    assert compare(before, update(before, body)) == expected


def test_a_person_comes_and_goes_field_by_field() -> None:
    bare = replace(FULL, billing_person=None)
    come = compare(bare, FULL)
    assert come["billingPerson.street"] == ("-", BILLING.street)
    assert come.keys() == {
        f"billingPerson.{name}"
        for name in (
            "name", "companyName", "street", "city", "countryCode", "postalCode", "stateOrProvinceCode", "phone",
        )
    }  # fmt: skip
    assert compare(FULL, bare) == {path: (after, before) for path, (before, after) in come.items()}


def test_elements_are_told_apart_by_their_ids() -> None:
    after = replace(
        FULL,
        contacts=(PHONE, replace(MOBILE, contact="+1 999", note="new", timestamp=NOW)),
        shipping_addresses=(HOME, replace(WORK, city="Milan"), replace(WORK, id=13, created_date=CREATED)),
    )
    mail = {"id": 21, "contact": "jo@example.com", "type": "EMAIL", "default": True, "orderBy": 0, "timestamp": BORN}
    new = {"id": 13, "city": "Turin", "countryCode": "IT", "defaultAddress": False, "orderBy": 1, "createdDate": BORN}
    assert compare(FULL, after) == {
        "contacts[id=21]": (mail, "-"),
        "contacts[id=23].contact": ("+1 555", "+1 999"),
        "contacts[id=23].note": ("-", "new"),
        "shippingAddresses[id=12].city": ("Turin", "Milan"),
        "shippingAddresses[id=13]": ("-", new),
    }


def test_another_order_is_a_change() -> None:
    assert compare(FULL, replace(FULL, contacts=(MOBILE, MAIL, PHONE))) == {
        "contacts[].id": ([21, 22, 23], [23, 21, 22])
    }
    assert compare(FULL, replace(FULL, contacts=(MAIL, MOBILE))).keys() == {"contacts[id=22]"}


def test_extra_fields_have_the_order_of_the_store() -> None:
    """A merge puts those that it takes behind the others."""
    size, colour = ExtrafieldValue(key="size", value="42"), ExtrafieldValue(key="colour", value="red")
    merged = replace(PLAIN, extrafields=(size, colour))
    assert compare(merged, replace(merged, extrafields=(colour, size))) == {}


def test_values_of_extra_fields_and_favorites() -> None:
    before = replace(
        PLAIN,
        extrafields=(ExtrafieldValue(key="size", value="42"), ExtrafieldValue(key="gone", value="x")),
        favorites=(Favorite(product_id=9, added_timestamp=CREATED),),
    )
    after = replace(before, extrafields=(ExtrafieldValue(key="size", value="43"),), favorites=())
    assert compare(before, after) == {
        "extrafields[key=size].value": ("42", "43"),
        "extrafields[key=gone]": ({"key": "gone", "value": "x"}, "-"),
        "favorites[productId=9]": ({"productId": 9, "addedTimestamp": BORN}, "-"),
    }


def test_new_elements_of_a_dry_run_have_no_id() -> None:
    after = replace(PLAIN, contacts=(replace(MOBILE, id=-1), replace(MOBILE, id=-2)))
    shown = {"contact": "+1 555", "type": "PHONE", "default": False, "orderBy": 1, "timestamp": BORN}
    assert compare(PLAIN, after) == {"contacts[new=1]": ("-", shown), "contacts[new=2]": ("-", shown)}


def test_one_that_comes_or_goes_has_all_that_is_set() -> None:
    plain = replace(PLAIN, tax_exempt=True, password_hash="secret")
    assert compare(None, plain) == {
        "email": ("-", "jo@example.com"),
        "taxExempt": ("-", True),
        "password": ("-", "-"),
    }
    assert compare(plain, None) == {
        "email": ("jo@example.com", "-"),
        "taxExempt": (True, "-"),
        "password": ("-", "-"),
    }
    assert compare(None, FULL).keys() == compare(FULL, None).keys() >= {"contacts[id=21]", "billingPerson.name"}


def change(kind: str, previous: int = 0, token_id: int = 7) -> Change:
    return Change(
        seq=9,
        entity="customer",
        entity_id=1,
        kind=kind,
        at=CREATED,
        token_id=token_id,
        request_id="r-1",
        previous=previous,
        before=None,
    )


def test_an_item_of_the_history() -> None:
    token = Token(id=7, store_id=1, digest=b"", public=False, label="CRM", scopes=frozenset(), created=0)
    version = CustomerVersion(change=change("created"), before=None, after=PLAIN)
    item = {
        "seq": 9,
        "at": BORN,
        "kind": "created",
        "token": {"id": 7, "label": "CRM"},
        "requestId": "r-1",
        "changes": [{"path": "email", "after": "jo@example.com"}],
    }
    assert to_builtins(answer_version(version, {7: token})) == {**item, "changes": tuple(item["changes"])}
    assert answer_version(version, {}).token is None


@pytest.mark.parametrize(("kind", "told"), [("updated", 0), ("deleted", 0), ("restored", 1)])
def test_what_is_not_known_any_more_is_not_told(kind: str, told: int) -> None:
    version = CustomerVersion(change=change(kind, previous=3), before=None, after=PLAIN)
    assert len(answer_version(version, {}).changes) == told
