"""A store's customers as a whole: what there is to filter by, all ids, and when something changed last."""

import time
from typing import Any

import httpx
import pytest

from customary.testing import ServerInThread
from tests.api.shop import Shop, check_error

EMPTY = {
    "total": 0,
    "repeatedCustomersCount": 0,
    "oneTimeCustomersCount": 0,
    "storeGroups": [{"id": 0, "name": "General"}],
    "shippingAddresses": [],
    "languages": [],
}


def test_filters_of_an_empty_store(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_group()
    other_shop.add_customer(lang="it", shippingAddresses=[{"city": "Rome"}])
    assert shop.get("/customers/filters") == EMPTY
    assert shop.get("/customers/locations") == {"items": []}


def test_filters_are_what_customers_have(shop: Shop) -> None:
    group = shop.add_group("Wholesale")
    rome, lyon = {"street": "Via Appia", "city": "Rome", "countryCode": "IT"}, {"city": "Lyon", "countryCode": "FR"}
    shop.add_customer("a@example.com", lang="it", shippingAddresses=[{**rome, "name": "A", "note": "x"}, lyon])
    shop.add_customer("b@example.com", lang="en", shippingAddresses=[{**rome, "name": "B"}, {"name": "nowhere"}])
    shop.add_customer("c@example.com", lang="it", billingPerson={"city": "Berlin", "countryCode": "DE"})
    shop.add_customer("d@example.com")
    assert shop.get("/customers/filters") == {
        **EMPTY,
        "total": 4,
        "storeGroups": [{"id": 0, "name": "General"}, {"id": group, "name": "Wholesale"}],
        "shippingAddresses": [{**lyon, "countryName": "France"}, {**rome, "countryName": "Italy"}],
        "languages": ["en", "it"],
    }


@pytest.mark.parametrize(
    ("name", "countries"),
    [
        (None, ["Côte d'Ivoire", "Germany", "Italy"]),
        ("", ["Côte d'Ivoire", "Germany", "Italy"]),
        ("IT", ["Italy"]),
        ("MAN", ["Germany"]),
        ("CÔTE", ["Côte d'Ivoire"]),
        ("x", []),
    ],
)
def test_locations(shop: Shop, name: str | None, countries: list[str]) -> None:
    shop.add_customer("a@example.com", shippingAddresses=[{"countryCode": "IT"}, {"countryCode": "CI"}])
    shop.add_customer("b@example.com", billingPerson={"countryCode": "DE"}, shippingAddresses=[{"countryCode": "IT"}])
    items = shop.get("/customers/locations", **({} if name is None else {"name": name}))["items"]
    assert [item["country"] for item in items] == countries
    assert all(item.keys() == {"country", "countryCode"} for item in items)


def test_ids_of_all_that_match_in_order(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer("a@example.com")
    ids = [
        shop.add_customer(f"{number:03}@example.com", name=f"N{-number % 7}", taxExempt=number % 2 == 0)
        for number in range(120)
    ]
    for query in ({}, {"sortBy": "EMAIL_DESC"}, {"sortBy": "UPDATED_DATE_ASC"}, {"taxExempt": "true"}, {"name": "n3"}):
        pages: list[Any] = [shop.get("/customers", **query, offset=offset)["items"] for offset in (0, 100)]
        expected = [customer["id"] for page in pages for customer in page]
        assert shop.get("/customers_ids", **query) == {"ids": expected}
    assert shop.get("/customers_ids", sortBy="EMAIL_ASC", offset=7, limit=3) == {"ids": ids}
    assert shop.get("/customers_ids", keyword="nobody") == {"ids": []}
    assert shop.get("/customers_ids", email="005@example.com", useExactEmailMatch="true") == {"ids": [ids[5]]}


def test_a_wrong_filter_is_told(shop: Shop) -> None:
    check_error(shop.call("GET", "/customers_ids", query={"taxExempt": "maybe"}), 400, "WRONG_PARAMETER")


def test_latest_stats(server: ServerInThread, client: httpx.Client) -> None:
    server.add_store(900, created=1_717_535_710)
    headers = {"authorization": f"Bearer {server.add_token(900, public=True)}"}

    def ask() -> Any:
        return client.get("/api/v3/900/latest-stats", headers=headers).json()

    made = "2024-06-04 21:15:10 +0000"
    assert ask() == {"customersUpdated": made, "ordersUpdated": made}
    secret = {"authorization": f"Bearer {server.add_token(900)}"}
    client.post("/api/v3/900/customer_groups", json={"name": "x"}, headers=secret).raise_for_status()
    assert ask() == {"customersUpdated": made, "ordersUpdated": made}
    created = client.post("/api/v3/900/customers", json={"email": "a@example.com"}, headers=secret).json()["id"]
    customer = client.get(f"/api/v3/900/customers/{created}", headers=secret).json()
    assert ask() == {"customersUpdated": customer["updated"], "ordersUpdated": made}
    refused = client.post("/api/v3/900/customers", json={"email": "a@example.com"}, headers=secret)
    assert (refused.status_code, ask()["customersUpdated"]) == (409, customer["updated"])
    time.sleep(1.1)
    client.delete(f"/api/v3/900/customers/{created}", headers=secret).raise_for_status()
    assert ask()["customersUpdated"] > customer["updated"]
