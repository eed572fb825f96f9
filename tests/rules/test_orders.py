"""Recorded orders: how a body becomes one, what is refused, and the ids that people see."""

import re
from decimal import Decimal
from typing import Any

import pytest

from customary.errors import InvalidBody
from customary.model.body import OrderBody, OrderItemBody, PersonBody
from customary.model.customer import Person
from customary.model.order import Order, OrderItem, PurchasedProduct
from customary.rules.money import average, plain_number
from customary.rules.orders import answer_products, new_order, order_id, order_name

NOW = 1_717_535_710
AMOUNT = "must be from 0 to 99999999999.9999"


def new(**body: Any) -> Order:
    return new_order(1, OrderBody(**{"email": "jo@example.com", **body}), NOW)


def item(**fields: Any) -> OrderItemBody:
    return OrderItemBody(**fields)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {}),
        ({"items": None, "total": None, "payment_status": None, "create_date": None, "billing_person": None}, {}),
        ({"total": 24.9}, {"total": Decimal("24.9")}),
        ({"total": 0.1 + 0.2}, {"total": Decimal("0.3")}),
        ({"total": 1e-05}, {"total": Decimal(0)}),
        ({"total": 0.00005}, {"total": Decimal("0.0001")}),
        ({"total": 99999999999.9999}, {"total": Decimal("99999999999.9999")}),
        ({"payment_status": "PAID"}, {"payment_status": "PAID"}),
        ({"payment_status": "CANCELLED"}, {"payment_status": "CANCELLED", "counted": False}),
        ({"payment_status": "REFUNDED"}, {"payment_status": "REFUNDED"}),
        ({"fulfillment_status": "SHIPPED"}, {"fulfillment_status": "SHIPPED"}),
        ({"create_date": 86_400}, {"created": 86_400}),
        ({"create_date": "1970-01-02 02:00:00 +0200"}, {"created": 86_400}),
        ({"create_date": ""}, {}),
        (
            {"billing_person": PersonBody(name="Jo", country_code="us")},
            {"billing_person": Person(name="Jo", country_code="US")},
        ),
        (
            {"items": (item(product_id=7, name="Tea", price=0.1, quantity=3, sku="T"), item(price=0.2), item())},
            {
                "total": Decimal("0.5"),
                "items": (
                    OrderItem(product_id=7, name="Tea", price=Decimal("0.1"), quantity=3, sku="T"),
                    OrderItem(price=Decimal("0.2"), quantity=1),
                    OrderItem(price=Decimal(), quantity=1),
                ),
            },
        ),
        ({"items": (item(price=5.0, quantity=0),)}, {"items": (OrderItem(price=Decimal(5), quantity=0),)}),
        (
            {"items": (item(price=5.0),), "total": 4.0},
            {"items": (OrderItem(price=Decimal(5), quantity=1),), "total": 4},
        ),
    ],
    ids=str,
)
def test_a_new_order(body: dict[str, Any], fields: dict[str, Any]) -> None:
    blank: dict[str, Any] = {
        "id": "L57SK",
        "number": 1,
        "customer_id": 0,
        "email": "jo@example.com",
        "total": Decimal(),
        "payment_status": "AWAITING_PAYMENT",
        "fulfillment_status": "AWAITING_PROCESSING",
        "created": NOW,
        "counted": True,
    }
    assert new(**body) == Order(**{**blank, **fields})


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"email": None}, {"email": "must be an e-mail address"}),
        ({"email": "jo"}, {"email": "must be an e-mail address"}),
        ({"total": -0.01}, {"total": AMOUNT}),
        ({"total": 1e11}, {"total": AMOUNT}),
        ({"total": 1e308}, {"total": AMOUNT}),
        ({"items": (item(price=9e10, quantity=9),)}, {"total": AMOUNT}),
        ({"payment_status": "paid"}, {"paymentStatus": None}),
        ({"fulfillment_status": "LOST"}, {"fulfillmentStatus": None}),
        ({"create_date": "soon"}, {"createDate": None}),
        ({"billing_person": PersonBody(country_code="Q1")}, {"billingPerson.countryCode": None}),
        ({"items": (item(),) * 1001}, {"items": "must have at most 1000 elements"}),
        ({"items": (item(), item(price=-1.0))}, {"items[1].price": AMOUNT}),
        ({"items": (item(quantity=-1, product_id=2**31),)}, {"items[0].quantity": None, "items[0].productId": None}),
        ({"items": (item(name="x" * 256, sku="\n"),)}, {"items[0].name": None, "items[0].sku": None}),
        ({"email": "", "total": -1.0}, {"email": None, "total": AMOUNT}),
    ],
    ids=lambda each: str(each)[:60],
)
def test_refused(body: dict[str, Any], problems: dict[str, str | None]) -> None:
    with pytest.raises(InvalidBody) as refused:
        new(**body)
    told = refused.value.problems
    assert told.keys() == {f"Order.{name}" for name in problems}
    assert all(told[f"Order.{name}"] == problem for name, problem in problems.items() if problem)


def test_an_email_is_required() -> None:
    with pytest.raises(InvalidBody, match=r"Field Order\.email is absent"):
        new_order(1, OrderBody(), NOW)


def test_ids_are_never_the_same() -> None:
    first_long = 24 * 32**4 + 1
    ids = [order_id(number) for number in (*range(1, 20_000), *range(first_long - 500, first_long + 500), 2**31 - 1)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[A-HJ-NP-Z][A-HJ-NP-Z2-9]{4,6}", each) for each in ids)
    assert {len(order_id(number)) for number in (1, first_long - 1)} == {5}
    assert (len(order_id(first_long)), len(order_id(2**31 - 1))) == (6, 7)


@pytest.mark.parametrize(
    ("text", "name"),
    [("7", 7), ("l57sk", "L57SK"), ("L57SK", "L57SK"), ("1" * 19, "1" * 19), ("ß", "ß"), ("٣", "٣"), ("-1", "-1")],
)
def test_an_order_goes_by_its_number_or_its_id(text: str, name: int | str) -> None:
    assert order_name(text) == name


@pytest.mark.parametrize(
    ("amount", "number"),
    [("0", "0"), ("12.0000", "12"), ("0.3000", "0.3"), ("99999999999.9999", "99999999999.9999"), ("100", "100")],
)
def test_whole_numbers_have_no_decimal_point(amount: str, number: str) -> None:
    assert repr(plain_number(Decimal(amount))) == number


@pytest.mark.parametrize(
    ("total", "count", "expected"), [("10", 3, "3.33"), ("0.01", 2, "0.01"), ("0.0149", 1, "0.01"), ("9", 3, "3.00")]
)
def test_averages_are_to_the_cent(total: str, count: int, expected: str) -> None:
    assert average(Decimal(total), count) == Decimal(expected)


def test_products_by_name() -> None:
    products = [PurchasedProduct(id=id_, name=name) for id_, name in ((1, "tea"), (2, "Coffee"), (3, "TEA"), (4, "Ä"))]
    assert [each.product_id for each in answer_products(products, None)] == [2, 1, 3, 4]
    assert [each.product_name for each in answer_products(products, "Tea")] == ["tea", "TEA"]
    assert [each.product_name for each in answer_products(products, "ä")] == ["Ä"]
    assert answer_products(products, "x") == []
