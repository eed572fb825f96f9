"""Recorded orders over HTTP: what comes back, whose they are, and what they do to customers and searches."""

import time
from typing import Any

import pytest

from customary.model.order import PAYMENT_STATUSES
from tests.api.scenarios import A_TEXT, ABSENT, AN_ID, ANYTHING, Json, Scenario
from tests.api.shop import Shop, check_error, check_scenario

DATE = "2024-06-04 21:15:10 +0000"
TEA = {"productId": 692730761, "name": "Tea", "price": 12.45, "quantity": 2, "sku": "T-1"}
NO_ORDERS = {"numberOfOrders": 0, "salesValue": 0, "averageOrderValue": 0}
FULL: dict[str, Json] = {
    "email": "Jo@Example.com",
    "total": 24.9,
    "paymentStatus": "PAID",
    "fulfillmentStatus": "SHIPPED",
    "createDate": DATE,
    "billingPerson": {"name": "Jo Doe", "countryCode": "us"},
    "items": [TEA, {"name": "Gift wrap"}],
}


@pytest.fixture
def names(shop: Shop) -> dict[str, Any]:
    customer = shop.add_customer("jo@example.com")
    order = shop.post("/orders", FULL)
    return {"customer": customer, "number": order["id"], "id": order["orderId"], "small": order["orderId"].lower()}


def stats(shop: Shop, customer_id: int) -> Json:
    return shop.customer(customer_id)["stats"]


ROWS = [
    Scenario(
        title="record one of a customer",
        method="POST",
        path="/orders",
        body={"email": "JO@example.com"},
        answer={"id": AN_ID, "orderId": A_TEXT},
    ),
    Scenario(
        title="record one of a customer who is not there",
        method="POST",
        path="/orders",
        body={"email": "new@example.com", "unknown": 1, "orderNumber": 77},
        answer={"id": AN_ID, "orderId": A_TEXT},
        changes=("customer created",),
    ),
    Scenario(title="delete by number", method="DELETE", path="/orders/{number}", answer={"deleteCount": 1}),
    Scenario(title="delete by id", method="DELETE", path="/orders/{id}", answer={"deleteCount": 1}),
    Scenario(title="delete by id in small letters", method="DELETE", path="/orders/{small}", answer={"deleteCount": 1}),
    *(
        Scenario(title=f"delete {name}", method="DELETE", path=f"/orders/{name}", status=404)
        for name in ("999", "QQQQQ", "0", "-1", "1" * 30, "{id}x", "%C3%9F")
    ),
    Scenario(title="no e-mail", method="POST", path="/orders", body={"total": 5}, status=400),
    Scenario(title="no body", method="POST", path="/orders", status=400),
    Scenario(
        title="all problems at once",
        method="POST",
        path="/orders",
        body={"email": "new@example.com", "total": -1, "paymentStatus": "LATE", "items": [{"quantity": "2"}]},
        status=400,
        answer={
            "errorMessage": "Field Order.total must be from 0 to 99999999999.9999",
            "errorCode": "WRONG_PARAMETER",
            "args": {
                "Order.total": "must be from 0 to 99999999999.9999",
                "Order.paymentStatus": "must be one of " + ", ".join(f"'{status}'" for status in PAYMENT_STATUSES),
                "Order.items[0].quantity": "must be an integer",
            },
        },
    ),
    Scenario(
        title="an empty page",
        path="/orders",
        query={"offset": "1", "limit": "5"},
        answer={"total": 1, "count": 0, "offset": 1, "limit": 5, "items": []},
    ),
    Scenario(
        title="part of it",
        path="/orders",
        query={"responseFields": "items(total)"},
        answer={"items": [{"total": 24.9}]},
    ),
    Scenario(title="a wrong customer", path="/orders", query={"customerId": "x"}, status=400),
    Scenario(title="a wrong limit", path="/orders", query={"limit": "0"}, status=400),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_scenario(shop: Shop, names: dict[str, Any], row: Scenario) -> None:
    check_scenario(shop, row, names)


def test_messages(shop: Shop) -> None:
    check_error(shop.call("DELETE", "/orders/7"), 404, "ORDER_NOT_FOUND", "Order #7 not found")
    check_error(shop.call("DELETE", "/orders/XJ12H"), 404, "ORDER_NOT_FOUND", "Order #XJ12H not found")
    check_error(shop.call("POST", "/orders", {}), 400, "WRONG_PARAMETER", "Field Order.email is absent")


def test_an_order_as_it_is_answered(shop: Shop, names: dict[str, Any]) -> None:
    order = {
        "id": names["id"],
        "internalId": names["number"],
        "orderNumber": names["number"],
        "email": "Jo@Example.com",
        "customerId": names["customer"],
        "total": 24.9,
        "paymentStatus": "PAID",
        "fulfillmentStatus": "SHIPPED",
        "createDate": DATE,
        "billingPerson": {
            "name": "Jo Doe",
            "firstName": "Jo",
            "lastName": "Doe",
            "countryCode": "US",
            "countryName": "United States",
        },
        "items": [TEA, {"name": "Gift wrap", "price": 0, "quantity": 1}],
    }
    assert shop.get("/orders") == {"total": 1, "count": 1, "offset": 0, "limit": 100, "items": [order]}


def test_an_order_of_which_little_is_known(shop: Shop) -> None:
    number = shop.add_order("jo@example.com")
    (order,) = shop.get("/orders")["items"]
    assert order == {
        "id": A_TEXT,
        "internalId": number,
        "orderNumber": number,
        "email": "jo@example.com",
        "customerId": AN_ID,
        "total": 0,
        "paymentStatus": "AWAITING_PAYMENT",
        "fulfillmentStatus": "AWAITING_PROCESSING",
        "createDate": ANYTHING,
        "items": [],
    }
    assert order["createDate"] == shop.customer(order["customerId"])["registered"]


def test_orders_are_listed_newest_first(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_order("a@example.com")
    numbers = [
        shop.add_order(email, createDate=date)
        for email, date in (
            ("a@example.com", 200),
            ("b@example.com", 300),
            ("A@example.com", 100),
            ("c@example.com", 300),
        )
    ]
    customer = shop.get("/customers", email="a@example.com")["items"][0]["id"]

    def listed(**query: Any) -> list[int]:
        return [numbers.index(order["orderNumber"]) for order in shop.get("/orders", **query)["items"]]

    assert listed() == [3, 1, 0, 2]
    assert listed(offset=1, limit=2) == [1, 0]
    assert listed(email="a@EXAMPLE.com") == listed(customerId=customer) == [0, 2]
    assert listed(email="example.com") == listed(customerId=0) == []


def test_a_customer_is_made_with_what_the_order_tells(shop: Shop) -> None:
    shop.post("/orders", FULL)
    (customer,) = shop.get("/customers")["items"]
    assert (customer["email"], customer["name"]) == ("Jo@Example.com", "Jo Doe")
    assert customer["billingPerson"]["countryCode"] == "US"
    assert [contact["contact"] for contact in customer["contacts"]] == ["Jo@Example.com"]
    assert customer["customerGroupName"] == "General"
    shop.post("/orders", {**FULL, "billingPerson": {"name": "Somebody Else"}})
    (again,) = shop.get("/customers")["items"]
    assert (again["name"], again["totalOrderCount"]) == ("Jo Doe", 2)


def test_a_refused_order_makes_no_customer(shop: Shop) -> None:
    for body in ({"total": -1}, {"createDate": "soon"}, {"billingPerson": {"countryCode": "Q1"}}):
        assert shop.call("POST", "/orders", {"email": "new@example.com", **body}).status == 400
    assert shop.get("/customers")["total"] == 0


def test_figures_of_a_customer(shop: Shop) -> None:
    customer = shop.add_customer()
    before = shop.customer(customer)
    assert before["stats"] == NO_ORDERS
    changes = shop.changes()
    time.sleep(1.1)
    numbers = [shop.add_order(total=total, createDate=date) for total, date in ((0.1, DATE), (0.2, "2023-01-01"))]
    shop.add_order(total=1000, paymentStatus="CANCELLED", createDate="2020-01-01")
    told = {
        "numberOfOrders": 2,
        "salesValue": 0.3,
        "averageOrderValue": 0.15,
        "firstOrderDate": "2023-01-01 00:00:00 +0000",
        "lastOrderDate": DATE,
    }
    assert shop.customer(customer) == {**before, "stats": told}
    assert shop.changes() == changes
    assert shop.get("/customers")["items"][0]["totalOrderCount"] == 2
    shop.put(f"/customers/{customer}", {"email": "other@example.com", "stats": {"numberOfOrders": 7}})
    assert stats(shop, customer) == told
    number = shop.add_order("other@example.com", total=2.7, createDate=DATE)
    assert stats(shop, customer) == {**told, "numberOfOrders": 3, "salesValue": 3, "averageOrderValue": 1}
    for deleted in (number, *numbers):
        shop.delete(f"/orders/{deleted}")
    assert stats(shop, customer) == NO_ORDERS


def test_whole_sums_have_no_decimal_point(shop: Shop) -> None:
    customer = shop.add_customer()
    for total in (10.5, 9.5, 10):
        shop.add_order(total=total)
    headers = {"authorization": f"Bearer {shop.token}"}
    text = shop.client.get(f"/api/v3/{shop.store_id}/customers/{customer}", headers=headers).text
    assert '"salesValue":30,"averageOrderValue":10,' in text


def test_an_order_stays_with_its_customer(shop: Shop) -> None:
    first = shop.add_customer("jo@example.com")
    shop.add_order("jo@example.com", total=5)
    shop.put(f"/customers/{first}", {"email": "new@example.com"})
    shop.add_order("jo@example.com", total=7)
    second = shop.get("/customers", email="jo@example.com")["items"][0]["id"]
    assert second != first
    assert (stats(shop, first)["salesValue"], stats(shop, second)["salesValue"]) == (5, 7)
    shop.delete(f"/customers/{second}")
    assert [order["customerId"] for order in shop.get("/orders", email="jo@example.com")["items"]] == [second, first]
    third = shop.add_customer("jo@example.com")
    assert stats(shop, third) == NO_ORDERS
    shop.delete(f"/orders/{shop.get('/orders', customerId=second)['items'][0]['id']}")
    assert (stats(shop, first)["salesValue"], stats(shop, third)) == (5, NO_ORDERS)


def test_searches(shop: Shop) -> None:
    """a: one order of 10, b: two of 1, c: none; a bought 1 and 2, b 2; the cancelled order of c counts nowhere."""
    for email in ("a@example.com", "b@example.com", "c@example.com"):
        shop.add_customer(email)
    shop.add_order("a@example.com", total=10, createDate=300, items=[{"productId": 1}, {"productId": 2}])
    shop.add_order("b@example.com", total=1, createDate=100, items=[{"productId": 2}])
    shop.add_order("b@example.com", total=1, createDate=900)
    shop.add_order("c@example.com", total=99, paymentStatus="CANCELLED", items=[{"productId": 1}])

    def letters(**query: Any) -> str:
        return "".join(email[0] for email in shop.find(**query))

    assert letters(minOrderCount=1) == letters(minSalesValue=0.5) == letters(purchasedProductIds="2,9") == "ab"
    assert letters(maxOrderCount=1) == "ac"
    assert letters(purchasedProductIds=1) == letters(minSalesValue=10, maxSalesValue=10) == "a"
    assert letters(purchasedProductIds=1, maxSalesValue=9) == letters(purchasedProductIds=9) == ""
    assert [letters(sortBy=f"{field}_ASC") for field in ("ORDER_COUNT", "SALES_VALUE")] == ["cab", "cba"]
    assert [letters(sortBy=f"{field}_DESC") for field in ("ORDER_COUNT", "SALES_VALUE")] == ["bac", "abc"]
    assert [letters(sortBy=f"{which}_ORDER_DATE_ASC") for which in ("FIRST", "LAST")] == ["cba", "cab"]
    assert [letters(sortBy=f"{which}_ORDER_DATE_DESC") for which in ("FIRST", "LAST")] == ["abc", "bac"]
    filters = shop.get("/customers/filters")
    assert (filters["repeatedCustomersCount"], filters["oneTimeCustomersCount"]) == (1, 1)
    shop.delete(f"/orders/{shop.get('/orders', email='a@example.com')['items'][0]['id']}")
    assert letters(minOrderCount=1) == letters(purchasedProductIds="1,2") == "b"


def test_products_that_were_bought(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_order(items=[{"productId": 9, "name": "Theirs"}])
    assert shop.get("/customers/products") == {"items": []}
    shop.add_order(items=[{"productId": 3, "name": "Green TEA"}, {"productId": 1, "name": "Old name"}])
    shop.add_order(items=[{"productId": 1, "name": "Coffee"}, {"name": "no product"}, {"productId": 0, "name": "none"}])
    shop.add_order(items=[{"productId": 4, "name": "Tea pot"}], paymentStatus="CANCELLED")
    coffee, tea = {"productId": 1, "productName": "Coffee"}, {"productId": 3, "productName": "Green TEA"}
    assert shop.get("/customers/products") == {"items": [coffee, tea]}
    assert shop.get("/customers/products", name="tea") == {"items": [tea]}
    assert shop.get("/customers/products", name="old") == {"items": []}
    assert shop.get("/customers/products", responseFields="items(productId)") == {
        "items": [{"productId": 1}, {"productId": 3}]
    }
    shop.delete(f"/customers/{shop.get('/customers')['items'][0]['id']}")
    assert shop.get("/customers/products") == {"items": []}


def test_an_order_moves_the_time_of_the_latest_one(shop: Shop) -> None:
    before = shop.get("/latest-stats")
    number = shop.add_order()
    after = shop.get("/latest-stats")
    assert after["ordersUpdated"] > before["ordersUpdated"]
    time.sleep(1.1)
    shop.delete(f"/orders/{number}")
    last = shop.get("/latest-stats")
    assert last["ordersUpdated"] > after["ordersUpdated"]
    assert last["customersUpdated"] == after["customersUpdated"]


def test_an_order_of_another_store_is_not_there(shop: Shop, other_shop: Shop) -> None:
    theirs = other_shop.post("/orders", FULL)
    for name in (theirs["id"], theirs["orderId"]):
        check_error(shop.call("DELETE", f"/orders/{name}", ABSENT), 404, "ORDER_NOT_FOUND")
    assert shop.get("/orders")["total"] == 0
    assert other_shop.get("/orders")["total"] == 1
