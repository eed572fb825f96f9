"""Update customer: shippingAddresses. The list is replaced as a whole, known ids stay, one is the default."""

import time

import pytest

from tests.api.people import FULL, HOME, PLAIN, WORK, home, work
from tests.api.scenarios import A_TEXT, ABSENT, AN_ID, Existing, Json, Update
from tests.api.shop import Shop, check_update

LIST = "shippingAddresses"
NAMES_OF_HOME = {f"{LIST}.0.firstName": ABSENT, f"{LIST}.0.lastName": ABSENT}


def row(title: str, addresses: Json, differs: Json, given: Json = FULL) -> Update:
    return Update(title=title, given=given, body={LIST: addresses}, differs=differs)


def changed(field: str, value: Json, **derived: Json) -> Update:
    """One key of the first address changes, and what is derived from it."""
    differs = {f"{LIST}.0.{name}": told for name, told in ({field: value} | derived).items()}
    return row(f"{field} is {value!r}", [home(**{field: value}), work()], differs)


def cleared(field: str, **derived: Json) -> list[Update]:
    differs = {f"{LIST}.0.{name}": told for name, told in ({field: ABSENT} | derived).items()}
    left_out = home()
    del left_out[field]
    return [
        row(f"{field}: null", [home(**{field: None}), work()], differs),
        row(f"{field}: an empty text", [home(**{field: ""}), work()], differs),
        row(f"{field} is left out", [left_out, work()], differs),
    ]


def new(**fields: Json) -> dict[str, Json]:
    """A new address as it is answered."""
    return {"id": AN_ID, "defaultAddress": True, "orderBy": 0, "createdDate": A_TEXT, **fields}


FORMATTED = "Home Office, 2 Oak Lane, 69001 Lyon Rhône, France"

FIELD_ROWS = [
    changed("name", "Ann Lee", firstName="Ann", lastName="Lee"),
    changed("name", "Cher", firstName=ABSENT, lastName=ABSENT),
    changed("companyName", "Acme", addressFormatted="Acme, 2 Oak Lane, 69001 Lyon Rhône, France"),
    changed("street", "3 Elm\nYard", addressFormatted="Home Office, 3 Elm, Yard, 69001 Lyon Rhône, France"),
    changed("city", "Nice", addressFormatted="Home Office, 2 Oak Lane, 69001 Nice Rhône, France"),
    changed("postalCode", "X1", addressFormatted="Home Office, 2 Oak Lane, X1 Lyon Rhône, France"),
    changed(
        "stateOrProvinceCode",
        "01",
        stateOrProvinceName="Ain",
        addressFormatted="Home Office, 2 Oak Lane, 69001 Lyon Ain, France",
    ),
    changed(
        "stateOrProvinceCode",
        "ZZZ",
        stateOrProvinceName=ABSENT,
        addressFormatted="Home Office, 2 Oak Lane, 69001 Lyon, France",
    ),
    changed(
        "countryCode",
        "DE",
        countryName="Germany",
        stateOrProvinceName=ABSENT,
        addressFormatted="Home Office, 2 Oak Lane, 69001 Lyon, Germany",
    ),
    changed("phone", "+33 1"),
    changed("note", "No bell,\n\tknock"),
    changed("orderBy", 7),
    *cleared("companyName", addressFormatted="2 Oak Lane, 69001 Lyon Rhône, France"),
    *cleared("street", addressFormatted="Home Office, 69001 Lyon Rhône, France"),
    *cleared("city", addressFormatted="Home Office, 2 Oak Lane, 69001 Rhône, France"),
    *cleared("postalCode", addressFormatted="Home Office, 2 Oak Lane, Lyon Rhône, France"),
    *cleared("phone"),
    *cleared("note"),
    *cleared("name", firstName=ABSENT, lastName=ABSENT),
    *cleared("stateOrProvinceCode", stateOrProvinceName=ABSENT, addressFormatted=FORMATTED.replace(" Rhône", "")),
    *cleared(
        "countryCode",
        countryName=ABSENT,
        stateOrProvinceName=ABSENT,
        addressFormatted="Home Office, 2 Oak Lane, 69001 Lyon",
    ),
]

LIST_ROWS = [
    row("the same list again", [home(), work()], {}),
    row("orderBy is left out: it counts from 0", [home(orderBy=None), work(orderBy=None)], {}),
    row("null removes all", None, {LIST: []}),
    row("an empty list removes all", [], {LIST: []}),
    row("null where there is none", None, {}, PLAIN),
    row(
        "one is left: it becomes the default",
        [work()],
        {
            LIST: [
                new(name="Cher", city="Turin", countryCode="IT", countryName="Italy", orderBy=1)
                | {"addressFormatted": "Turin, Italy", "id": Existing(f"{LIST}.1.id")}
            ]
        },
    ),
    row(
        "only the id is sent: all else is cleared, the order is the list's",
        [{"id": Existing(f"{LIST}.1.id")}],
        {LIST: [new(id=Existing(f"{LIST}.1.id"))]},
    ),
    row(
        "the other one becomes the default",
        [home(defaultAddress=False), work(defaultAddress=True)],
        {f"{LIST}.0.defaultAddress": False, f"{LIST}.1.defaultAddress": True},
    ),
    row("none is marked: the first is the default", [home(defaultAddress=None), work(defaultAddress=False)], {}),
    row("both are marked: the first is the default", [home(), work(defaultAddress=True)], {}),
    row(
        "a new one where there was none", [{"city": "Rome"}], {LIST: [new(city="Rome", addressFormatted="Rome")]}, PLAIN
    ),
    row("an empty new one", [{}], {LIST: [new()]}, PLAIN),
    row("id null is a new one", [{"id": None, "note": "n"}], {LIST: [new(note="n")]}, PLAIN),
    row(
        "the sentence of the contract",
        [{"companyName": "test", "street": "test", "postalCode": "test", "city": "Tbilisi", "countryCode": "GE"}],
        {
            LIST: [
                new(
                    companyName="test",
                    street="test",
                    postalCode="test",
                    city="Tbilisi",
                    countryCode="GE",
                    countryName="Georgia",
                    addressFormatted="test, test, test Tbilisi, Georgia",
                )
            ]
        },
        PLAIN,
    ),
]


@pytest.mark.parametrize("row", FIELD_ROWS + LIST_ROWS, ids=lambda row: row.title)
def test_update(shop: Shop, row: Update) -> None:
    check_update(shop, row)


def test_of_several_that_are_marked_the_first_marked_is_the_default(shop: Shop) -> None:
    customer_id = shop.add_customer()
    marks = (False, True, None, True)
    shop.put(f"/customers/{customer_id}", {LIST: [{"defaultAddress": mark} for mark in marks]})
    addresses = shop.customer(customer_id)[LIST]
    assert [address["defaultAddress"] for address in addresses] == [False, True, False, False]
    assert [address["orderBy"] for address in addresses] == [0, 1, 2, 3]


def test_what_is_not_in_the_list_goes_and_what_is_new_gets_an_id_of_its_own(shop: Shop) -> None:
    customer_id = shop.add_customer(shippingAddresses=[HOME, WORK])
    first, second = (address["id"] for address in shop.customer(customer_id)[LIST])
    shop.put(f"/customers/{customer_id}", {LIST: [{"city": "Rome"}, {"id": second, **WORK}]})
    third, kept = (address["id"] for address in shop.customer(customer_id)[LIST])
    assert kept == second
    assert third not in {first, second}
    shop.put(f"/customers/{customer_id}", {LIST: [{"city": "Oslo"}]})
    assert shop.customer(customer_id)[LIST][0]["id"] not in {first, second, third}


def test_the_order_of_the_list_is_kept(shop: Shop) -> None:
    customer_id = shop.add_customer(shippingAddresses=[HOME, WORK])
    before = shop.customer(customer_id)[LIST]
    shop.put(f"/customers/{customer_id}", {LIST: [before[1], before[0]]})
    assert shop.customer(customer_id)[LIST] == [before[1], before[0]]


def test_the_created_date_stays(shop: Shop) -> None:
    customer_id = shop.add_customer(shippingAddresses=[HOME])
    [before] = shop.customer(customer_id)[LIST]
    time.sleep(1.1)
    shop.put(f"/customers/{customer_id}", {LIST: [{"id": before["id"], "createdDate": "2001-01-01"}, {"city": "Rome"}]})
    kept, new = shop.customer(customer_id)[LIST]
    assert kept["createdDate"] == before["createdDate"] < new["createdDate"]


def test_a_hundred_addresses(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {LIST: [{"street": "x" * 1000, "note": "y" * 5000}] * 100})
    addresses = shop.customer(customer_id)[LIST]
    assert len({address["id"] for address in addresses}) == 100
    assert sum(address["defaultAddress"] for address in addresses) == 1
