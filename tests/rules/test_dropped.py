"""Which elements of its lists an update takes from a customer, and how it is told."""

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace

from customary.errors import ElementsDropped
from customary.model.customer import Customer, ExtrafieldValue
from customary.model.update import NOTHING, Dropped
from customary.rules.dropped import check_kept, count_dropped, dropped_header, find_dropped
from tests.rules.updating import FULL, HOME, MAIL, MOBILE, NOW, PHONE, PLAIN, WORK, Json, update

FILLED = replace(FULL, extrafields=(ExtrafieldValue(key="size", value="42"), ExtrafieldValue(key="born", value="x")))


def dropped(body: Json, customer: Customer = FILLED) -> Dropped:
    return find_dropped(customer, update(customer, body))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"taxId": "1", "email": "ann@example.org", "primaryPhone": "+1"},
        {"contacts": [{"id": 23}, {"id": 22}, {"id": 21}, {"contact": "new"}]},
        {"shippingAddresses": [{"id": 12}, {"id": 11}, {}]},
        {"extrafields": [{"key": "size", "value": "43"}, {"key": "born", "value": 0}]},
    ],
)
def test_nothing(body: Json) -> None:
    assert dropped(body) is NOTHING
    assert dropped(body | {"privateAdminNotes": "x"}) is NOTHING


def test_each_list() -> None:
    assert dropped({"contacts": [{"id": 22}, {"contact": "new"}]}) == Dropped(contacts=(21, 23))
    assert dropped({"contacts": None, "shippingAddresses": []}) == Dropped(
        contacts=(21, 22, 23), shipping_addresses=(11, 12)
    )
    assert dropped({"extrafields": [{"key": "size", "value": ""}]}) == Dropped(extrafields=("size", "born"))
    assert dropped({"primaryPhone": None}) == Dropped(contacts=(22,))
    assert dropped({"contacts": []}, PLAIN) is NOTHING


@pytest.mark.parametrize(
    ("gone", "header"),
    [
        (Dropped(contacts=(1, 2, 3, 4)), "contacts=4"),
        (Dropped(shipping_addresses=(5,), extrafields=("a", "b")), "shipping-addresses=1, extrafields=2"),
        (Dropped(contacts=(1,), shipping_addresses=(5, 6)), "contacts=1, shipping-addresses=2"),
    ],
)
def test_header(gone: Dropped, header: str) -> None:
    assert dropped_header(gone) == (("customary-dropped", header),)


def test_no_header_without_anything() -> None:
    assert dropped_header(NOTHING) == ()
    assert dropped_header(json.decode(json.encode(NOTHING), type=Dropped)) == ()


def test_counts() -> None:
    assert to_builtins(count_dropped(Dropped(contacts=(1, 2), extrafields=("a",)))) == {"contacts": 2, "extrafields": 1}
    assert to_builtins(count_dropped(NOTHING)) == {}


def test_who_wants_to_keep_them_is_told_which() -> None:
    after = replace(FILLED, contacts=(PHONE, MOBILE), shipping_addresses=(HOME,), extrafields=(), updated=NOW)
    assert check_kept(FILLED, after, keep_lists=False).contacts == (MAIL.id,)
    assert check_kept(FILLED, replace(FILLED, tax_id="1"), keep_lists=True) is NOTHING
    with pytest.raises(ElementsDropped, match=r"drop 4 elements, .* keep: Customer.shippingAddresses") as refused:
        check_kept(FILLED, after, keep_lists=True)
    assert refused.value.details == {
        f"Customer.shippingAddresses[id={WORK.id}]": "would be dropped",
        f"Customer.contacts[id={MAIL.id}]": "would be dropped",
        "Customer.extrafields[key=size]": "would be dropped",
        "Customer.extrafields[key=born]": "would be dropped",
    }
