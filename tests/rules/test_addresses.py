"""Shipping addresses: the list is replaced as a whole, known ids stay, exactly one is the default."""

import pytest
from msgspec import convert
from msgspec.structs import replace

from customary.model.body import ShippingAddressBody
from customary.model.customer import ShippingAddress
from customary.rules.addresses import replace_addresses
from customary.rules.problems import Problems
from tests.rules.updating import (
    CONTROL,
    COUNTRY,
    CREATED,
    HOME,
    NO_ID,
    NOW,
    NUMBER,
    WORK,
    CountedIds,
    Json,
    too_long,
)

PATH = "Customer.shippingAddresses"
NEW = ShippingAddress(id=1001, created_date=NOW)
FIRST = replace(NEW, default_address=True)
AS_HOME = {
    "id": 11,
    "name": "Jo Doe",
    "companyName": "Home Office",
    "street": "2 Oak Lane\nBack door",
    "city": "Lyon",
    "countryCode": "FR",
    "postalCode": "69001",
    "stateOrProvinceCode": "69",
    "phone": "+33 4 72",
    "note": "Ring\ttwice",
    "defaultAddress": True,
    "orderBy": 0,
}


def take(stored: tuple[ShippingAddress, ...], bodies: Json) -> tuple[tuple[ShippingAddress, ...], Problems]:
    problems: Problems = {}
    elements = convert(bodies, tuple[ShippingAddressBody, ...])
    return replace_addresses(stored, elements, CountedIds(), NOW, problems), problems


def replaced(stored: tuple[ShippingAddress, ...], bodies: Json) -> tuple[ShippingAddress, ...]:
    addresses, problems = take(stored, bodies)
    assert problems == {}
    return addresses


ROWS: list[tuple[tuple[ShippingAddress, ...], Json, tuple[ShippingAddress, ...]]] = [
    ((), [], ()),
    ((HOME, WORK), [], ()),
    ((), [{}], (FIRST,)),
    ((), [{"id": None}], (FIRST,)),
    ((), [{"city": "Rome", "countryCode": "it"}], (replace(FIRST, city="Rome", country_code="IT"),)),
    ((HOME, WORK), [AS_HOME], (HOME,)),
    ((HOME, WORK), [{"id": 11}], (ShippingAddress(id=11, default_address=True, created_date=CREATED),)),
    (
        (HOME, WORK),
        [{"id": 12, "city": "Turin", "countryCode": "IT", "createdDate": 5}, AS_HOME],
        (replace(WORK, order_by=0), HOME),
    ),
    (
        (HOME, WORK),
        [{"id": 12}, {"note": "new"}],
        (
            ShippingAddress(id=12, default_address=True, created_date=CREATED),
            replace(NEW, note="new", order_by=1),
        ),
    ),
    ((HOME,), [{**AS_HOME, "defaultAddress": False}], (HOME,)),
    ((HOME,), [{**AS_HOME, "defaultAddress": None}], (HOME,)),
    ((HOME,), [{**AS_HOME, "orderBy": None}], (HOME,)),
    ((HOME,), [{**AS_HOME, "orderBy": 2**31 - 1}], (replace(HOME, order_by=2**31 - 1),)),
    (
        (HOME,),
        [dict.fromkeys(AS_HOME) | {"id": 11}],
        (ShippingAddress(id=11, default_address=True, created_date=CREATED),),
    ),
]


@pytest.mark.parametrize(("stored", "bodies", "expected"), ROWS)
def test_the_list_is_replaced(
    stored: tuple[ShippingAddress, ...], bodies: Json, expected: tuple[ShippingAddress, ...]
) -> None:
    assert replaced(stored, bodies) == expected


@pytest.mark.parametrize(
    ("marks", "default"),
    [
        ([None], 0),
        ([False, False], 0),
        ([True, False], 0),
        ([False, True], 1),
        ([False, True, False, True], 1),
        ([True, True], 0),
        ([None, None, True], 2),
    ],
)
def test_exactly_one_is_the_default(marks: list[bool | None], default: int) -> None:
    addresses = replaced((HOME,), [{"defaultAddress": mark} for mark in marks])
    assert [address.default_address for address in addresses] == [index == default for index in range(len(marks))]


@pytest.mark.parametrize(
    ("sent", "kept"), [([None, None, None], [0, 1, 2]), ([5, None, 0], [5, 1, 0]), ([0, 0, 0], [0, 0, 0])]
)
def test_order_by_counts_in_list_order_unless_given(sent: list[int | None], kept: list[int]) -> None:
    assert [address.order_by for address in replaced((), [{"orderBy": number} for number in sent])] == kept


def test_new_ids_are_all_different() -> None:
    assert [address.id for address in replaced((HOME,), [{}, {"id": 11}, {}])] == [1001, 11, 1002]


def test_a_hundred_are_taken_and_no_more() -> None:
    assert len(replaced((), [{}] * 100)) == 100
    _, problems = take((), [{"note": "\x01"}] * 101)
    told = {f"{PATH}[{index}].note": CONTROL for index in range(100)}
    assert problems == told | {PATH: "must have at most 100 elements"}


@pytest.mark.parametrize(
    ("bodies", "problems"),
    [
        ([{"id": 13}], {"[0].id": NO_ID}),
        ([{"id": 0}], {"[0].id": NO_ID}),
        ([{"id": -11}], {"[0].id": NO_ID}),
        ([{}, {"id": 2**63 - 1, "note": "x" * 10_001}], {"[1].id": NO_ID, "[1].note": too_long(10_000)}),
        ([{"id": 11}, {"id": 12}, {"id": 11}], {"[2].id": "is there twice"}),
        ([{"id": 99}, {"id": 99}], {"[0].id": NO_ID, "[1].id": NO_ID}),
        ([{"orderBy": -1}], {"[0].orderBy": NUMBER}),
        ([{"orderBy": 2**31}], {"[0].orderBy": NUMBER}),
        ([{"note": "a\rb"}], {"[0].note": CONTROL}),
        ([{"countryCode": "ZZ"}, {"name": "x" * 256}], {"[0].countryCode": COUNTRY, "[1].name": too_long(255)}),
    ],
)
def test_refused(bodies: Json, problems: Problems) -> None:
    assert take((HOME, WORK), bodies)[1] == {PATH + path: problem for path, problem in problems.items()}


def test_the_longest_note() -> None:
    [address] = replaced((), [{"note": "\n\t" * 5000}])
    assert address.note == "\n\t" * 5000
