"""Search customers: each filter on its own and together, and what is refused. Orders and pages have their own file."""

import httpx
import pytest

from customary.model.search import SORT_ORDERS
from customary.testing import ServerInThread
from tests.api.scenarios import Json
from tests.api.shop import Shop, check_error

ANN: Json = {
    "email": "Ann.Müller@example.com",
    "billingPerson": {
        "name": "Ann Müller",
        "companyName": "Müller AG",
        "city": "Zürich",
        "postalCode": "8001",
        "countryCode": "CH",
        "stateOrProvinceCode": "ZH",
        "phone": "+41 44 555 01 00",
    },
    "acceptMarketing": True,
    "lang": "en",
    "b2b_b2c": "b2b",
    "taxExempt": True,
    "fiscalCode": "FIS-ANN",
}
BEA: Json = {
    "email": "bea@shop.example",
    "billingPerson": {"name": "Bea Rossi"},
    "shippingAddresses": [
        {
            "name": "Not Bea",
            "companyName": "Rossi & Figli",
            "city": "Roma",
            "postalCode": "00184",
            "countryCode": "IT",
            "stateOrProvinceCode": "RM",
            "phone": "+39 06 555",
        },
        {"city": "Lyon", "postalCode": "69001", "countryCode": "FR"},
    ],
    "acceptMarketing": False,
    "lang": "it",
    "electronicInvoicePecEmail": "bea@pec.example",
    "electronicInvoiceSdiCode": "SDI0001",
}
CAT: Json = {
    "email": "100%_cat@example.org",
    "contacts": [{"contact": "+1 217 555 0199", "type": "PHONE"}, {"contact": "cat-handle", "type": "TELEGRAM"}],
}
ALL = ["cat", "ann", "bea"]  # by name: the customer without one comes first

FILTERS = [
    ({}, ALL),
    ({"keyword": "ann"}, ["ann"]),
    ({"keyword": "MÜLLER"}, ["ann"]),
    ({"keyword": "mu\u0308ller"}, ["ann"]),
    ({"keyword": "example.org"}, ["cat"]),
    ({"keyword": "example"}, ALL),
    ({"keyword": "zürich"}, []),
    ({"keyword": "%"}, ["cat"]),
    ({"keyword": "_"}, ["cat"]),
    ({"keyword": "*"}, []),
    ({"keyword": "'"}, []),
    ({"keyword": ""}, ALL),
    ({"name": "ross"}, ["bea"]),
    ({"name": "n"}, ["ann"]),
    ({"name": "example"}, []),
    ({"name": "Not Bea"}, []),
    ({"email": "EXAMPLE.COM"}, ["ann"]),
    ({"email": "müller"}, ["ann"]),
    ({"email": "bea@shop.example", "useExactEmailMatch": "true"}, ["bea"]),
    ({"email": "BEA@shop.example", "useExactEmailMatch": "1"}, ["bea"]),
    ({"email": "bea@shop", "useExactEmailMatch": "true"}, []),
    ({"email": "bea@shop", "useExactEmailMatch": "no"}, ["bea"]),
    ({"useExactEmailMatch": "true"}, ALL),
    ({"phone": "555 01"}, ["cat", "ann"]),
    ({"phone": "+39 06"}, ["bea"]),
    ({"phone": "cat-handle"}, []),
    ({"city": "zÜrich"}, ["ann"]),
    ({"city": "lyo"}, ["bea"]),
    ({"postalCode": "001"}, ["ann", "bea"]),
    ({"postalCode": "00184"}, ["bea"]),
    ({"stateOrProvinceCode": "zh"}, ["ann"]),
    ({"stateOrProvinceCode": "RM"}, ["bea"]),
    ({"countryCodes": "CH"}, ["ann"]),
    ({"countryCodes": "ch,FR"}, ["ann", "bea"]),
    ({"countryCodes": "US"}, []),
    ({"countryCodes": "US, IT ,"}, ["bea"]),
    ({"countryCodes": "C"}, []),
    ({"companyName": "müller"}, ["ann"]),
    ({"companyName": "& figli"}, ["bea"]),
    ({"acceptMarketing": "true"}, ["ann"]),
    ({"acceptMarketing": "off"}, ["bea"]),
    ({"lang": "it"}, ["bea"]),
    ({"lang": "pt_BR"}, []),
    ({"customerGroup": "{group}"}, ["ann"]),
    ({"customerGroup": "0"}, ["cat", "bea"]),
    ({"customerGroup": "999"}, []),
    ({"customerGroupIds": "{group}"}, ["ann"]),
    ({"customerGroupIds": "{group},0"}, ALL),
    ({"customerGroupIds": "0, 999"}, ["cat", "bea"]),
    ({"customerGroup": "0", "customerGroupIds": "{group},0"}, ["cat", "bea"]),
    ({"customerGroup": "0", "customerGroupIds": "{group}"}, []),
    ({"minOrderCount": "0"}, ALL),
    ({"minOrderCount": "1"}, []),
    ({"maxOrderCount": "0"}, ALL),
    ({"minSalesValue": "0"}, ALL),
    ({"minSalesValue": "0.01"}, []),
    ({"maxSalesValue": "0.00"}, ALL),
    ({"maxSalesValue": "-1"}, []),
    ({"purchasedProductIds": "1,2"}, []),
    ({"b2b_b2c": "b2b"}, ["ann"]),
    ({"b2b_b2c": "b2c"}, ["cat", "bea"]),
    ({"taxExempt": "yes"}, ["ann"]),
    ({"taxExempt": "0"}, ["cat", "bea"]),
    ({"fiscalCode": "fis"}, ["ann"]),
    ({"electronicInvoicePecEmail": "PEC"}, ["bea"]),
    ({"electronicInvoiceSdiCode": "0001"}, ["bea"]),
    ({"createdFrom": "2001-01-01"}, ALL),
    ({"createdTo": "2001-01-01"}, []),
    ({"createdFrom": "2001-01-01", "createdTo": "4102444800"}, ALL),
    ({"updatedFrom": "4102444800"}, []),
    ({"updatedTo": "2100-01-01 00:00:00 +0400"}, ALL),
    ({"usePrecalculatedOrderCount": "true", "checkOnlyCustomerId": "true"}, ALL),
    ({"unknownParameter": "x"}, ALL),
    ({"countryCodes": "IT", "lang": "it", "name": "bea", "taxExempt": "false", "city": "roma"}, ["bea"]),
    ({"countryCodes": "IT", "lang": "en"}, []),
    ({"city": "Roma", "postalCode": "69001"}, ["bea"]),
]


@pytest.fixture(scope="module")
def people(server: ServerInThread, client: httpx.Client) -> tuple[Shop, int]:
    """A shop with the three, and the id of the group that Ann is in."""
    shop = Shop(server, client, 500)
    group = shop.add_group()
    shop.post("/customers", ANN | {"customerGroupId": group})
    shop.post("/customers", BEA)
    shop.post("/customers", CAT)
    Shop(server, client, 501).add_customer("elsewhere@example.com")
    return shop, group


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=str)
def test_filter(people: tuple[Shop, int], query: dict[str, str], expected: list[str]) -> None:
    shop, group = people
    emails = {"ann": ANN["email"], "bea": BEA["email"], "cat": CAT["email"]}
    query = {name: value.format(group=group) for name, value in query.items()}
    page = shop.get("/customers", **query)
    assert [customer["email"] for customer in page["items"]] == [emails[name] for name in expected]
    assert page["total"] == page["count"] == len(expected)
    assert page["allCustomerCount"] == 3
    assert (page["offset"], page["limit"]) == (0, 100)


def test_bounds_of_times_are_inclusive(people: tuple[Shop, int]) -> None:
    shop, _ = people
    bea = shop.get("/customers", name="bea")["items"][0]
    for field, bound in (("registered", "created"), ("updated", "updated")):
        at = bea[field]
        assert BEA["email"] in shop.find(**{f"{bound}From": at, f"{bound}To": at})


def test_an_item_is_the_customer_and_its_order_count(people: tuple[Shop, int]) -> None:
    shop, _ = people
    for item in shop.get("/customers")["items"]:
        assert item == shop.customer(item["id"]) | {"totalOrderCount": 0}


def test_the_last_of_two_values_counts(people: tuple[Shop, int]) -> None:
    shop, _ = people
    path = f"/api/v3/{shop.store_id}/customers?name=ann&name=bea&token={shop.token}"
    assert [item["email"] for item in shop.client.get(path).json()["items"]] == [BEA["email"]]


@pytest.mark.parametrize("text", ["%FF%FE", "a%ZZ", "%", "%C3%28", "%ED%A0%80", "%F0%9F%98%80"])
def test_odd_percent_encodings_find_nobody(people: tuple[Shop, int], text: str) -> None:
    shop, _ = people
    answer = shop.client.get(f"/api/v3/{shop.store_id}/customers?name={text}&token={shop.token}")
    assert answer.status_code in {200, 400}
    assert answer.status_code == 400 or answer.json()["items"] == []


NUMBER = "Wrong numeric parameter '{}' value: not a number or a number out of range"
FLAG = "Wrong parameter '{}' value: expected one of 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0'"
DATE = "Wrong parameter '{}' value: expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"
SORT = "Wrong parameter '{}' value: expected one of " + ", ".join(f"'{name}'" for name in SORT_ORDERS)
REFUSED = [
    *((name, value, NUMBER) for name in ("limit", "offset", "customerGroup", "customerGroupIds", "minOrderCount",
                                         "maxOrderCount", "minSalesValue", "maxSalesValue", "purchasedProductIds")
      for value in ("x", "1e3", "0x10", "1 2", "1_000", "NaN", "9" * 40, "\u0661")),
    *((name, "-1", NUMBER) for name in ("limit", "offset", "customerGroup", "minOrderCount", "maxOrderCount")),
    ("limit", "0", NUMBER),
    *((name, value, FLAG) for name in ("taxExempt", "acceptMarketing", "useExactEmailMatch", "checkOnlyCustomerId",
                                       "usePrecalculatedOrderCount") for value in ("maybe", "2", "null")),
    *((name, value, DATE) for name in ("createdFrom", "createdTo", "updatedFrom", "updatedTo")
      for value in ("yesterday", "2024-02-30", "2024-13-01", "2024-01-01 25:00:00", "2024-01-01T00:00:00Z", "9" * 19)),
    ("sortBy", "NAME", SORT),
    ("sortBy", "NAME_ASC,EMAIL_ASC", SORT),
    ("b2b_b2c", "both", "Wrong parameter '{}' value: expected one of 'b2b', 'b2c'"),
    *((name, "a\x00b", "Wrong parameter '{}' value: must not contain control characters")
      for name in ("keyword", "name", "email", "phone", "city", "postalCode", "stateOrProvinceCode", "companyName",
                   "countryCodes", "lang", "fiscalCode")),
    ("keyword", "x" * 1001, "Wrong parameter '{}' value: must be at most 1000 characters long"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_refused(people: tuple[Shop, int], name: str, value: str, message: str) -> None:
    shop, _ = people
    answer = shop.call("GET", "/customers", query={name: value})
    check_error(answer, 400, "WRONG_PARAMETER", message.format(name))


def test_more_countries_than_there_are(people: tuple[Shop, int]) -> None:
    """Each is a condition, and SQLite takes a thousand."""
    shop, _ = people
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pairs = ",".join(a + b for a in letters for b in letters)
    assert shop.find(countryCodes=pairs) == [ANN["email"], BEA["email"]]
    others = ",".join(a + b + c for a in letters for b in letters for c in "123")
    assert shop.find(countryCodes=others) == []
    for query in ({"countryCodes": pairs, "city": "nowhere"}, {"countryCodes": others}):
        body = {"mode": "ALL_FILTERED", "customer": {"taxExempt": True}}
        assert shop.call("POST", "/customers_update", body, query).json == {"updateCount": 0}


def test_too_many_parameters(people: tuple[Shop, int]) -> None:
    shop, _ = people
    answer = shop.call("GET", "/customers", query={f"p{number}": "x" for number in range(300)})
    check_error(answer, 400, "WRONG_PARAMETER")
