"""Recorded orders: how a body becomes one, whether it counts, and how orders and their products are answered."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from msgspec import UNSET, Struct, UnsetType

from customary.model.body import OrderBody, OrderItemBody
from customary.model.keys import search_key
from customary.model.order import (
    AWAITING_PAYMENT,
    AWAITING_PROCESSING,
    CANCELLED,
    FULFILLMENT_STATUSES,
    PAYMENT_STATUSES,
    Order,
    OrderItem,
    PurchasedProduct,
)
from customary.rules.answers import PersonAnswer, answer_person
from customary.rules.dates import format_date
from customary.rules.money import LARGEST_AMOUNT, SMALLEST_PART, plain_number
from customary.rules.people import merge_billing_person
from customary.rules.problems import Problems, check_length, refusal, take_choice, take_date, take_number, take_text
from customary.rules.text import email_problem

MOST_ITEMS = 1000
LONGEST_NUMBER = 18

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SIGNS = _LETTERS + "23456789"
_STRIDE = 11_400_713  # has no factor in common with the counts of ids, so that no id is met twice


def order_id(number: int) -> str:
    """``1`` → ``L57SK``: five signs or more, the first a letter; another number never gives the same."""
    length, count = 5, len(_LETTERS) * len(_SIGNS) ** 4
    place = number - 1
    while place >= count:
        place, length, count = place - count, length + 1, count * len(_SIGNS)
    place = (place + 1) * _STRIDE % count
    signs = ""
    for _ in range(length - 1):
        place, sign = divmod(place, len(_SIGNS))
        signs = _SIGNS[sign] + signs
    return _LETTERS[place] + signs


def order_name(text: str) -> int | str:
    """The number or the id that is meant by a part of a path."""
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return text.upper() if text.isascii() else text


def new_order(number: int, body: OrderBody, now: int, found: Problems | None = None) -> Order:
    """An order that belongs to no customer yet: an e-mail is required.

    Raises InvalidBody, with the problems that were ``found`` in the body before.
    """
    problems = dict(found or ())
    items = _take_items(body.items or (), problems)
    total = _take_amount(body.total, "Order.total", problems)
    created = take_date(body.create_date, "Order.createDate", problems)
    payment = take_choice(
        body.payment_status, "Order.paymentStatus", problems, PAYMENT_STATUSES, default=AWAITING_PAYMENT
    )
    order = Order(
        id=order_id(number),
        number=number,
        customer_id=0,
        email=_take_email(body.email, problems),
        total=sum((item.price * item.quantity for item in items), Decimal()) if total is None else total,
        payment_status=payment,
        fulfillment_status=take_choice(
            body.fulfillment_status,
            "Order.fulfillmentStatus",
            problems,
            FULFILLMENT_STATUSES,
            default=AWAITING_PROCESSING,
        ),
        created=now if created is None else created,
        counted=payment != CANCELLED,
        billing_person=merge_billing_person(None, body.billing_person, "Order.billingPerson", problems),
        items=items,
    )
    if order.total > LARGEST_AMOUNT:
        problems.setdefault("Order.total", f"must be from 0 to {LARGEST_AMOUNT}")
    if problems:
        raise refusal(problems, OrderBody)
    return order


def _take_email(value: str | None | UnsetType, problems: Problems) -> str:
    problem = "is absent" if value is UNSET else email_problem(value or "")
    if problem:
        problems.setdefault("Order.email", problem)
    return value or ""


def _take_items(bodies: tuple[OrderItemBody, ...], problems: Problems) -> tuple[OrderItem, ...]:
    check_length(bodies, "Order.items", problems, MOST_ITEMS)
    return tuple([_take_item(body, f"Order.items[{index}]", problems) for index, body in enumerate(bodies)])


def _take_item(body: OrderItemBody, path: str, problems: Problems) -> OrderItem:
    quantity = take_number(body.quantity, f"{path}.quantity", problems)
    return OrderItem(
        product_id=take_number(body.product_id, f"{path}.productId", problems) or 0,
        name=take_text(body.name, f"{path}.name", problems),
        price=_take_amount(body.price, f"{path}.price", problems) or Decimal(),
        quantity=1 if quantity is None else quantity,
        sku=take_text(body.sku, f"{path}.sku", problems),
    )


def _take_amount(value: float | None | UnsetType, path: str, problems: Problems) -> Decimal | None:
    """As it was written, but for parts that are smaller than money has: 0.1 is a tenth."""
    if value is None or value is UNSET:
        return None
    amount = Decimal(repr(value))
    if not 0 <= amount <= LARGEST_AMOUNT:
        problems.setdefault(path, f"must be from 0 to {LARGEST_AMOUNT}")
        return None
    return amount.quantize(SMALLEST_PART, ROUND_HALF_UP)


class OrderItemAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    product_id: int = 0
    name: str = ""
    price: float | int
    quantity: int
    sku: str = ""


class OrderAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: str
    internal_id: int
    order_number: int
    email: str
    customer_id: int
    total: float | int
    payment_status: str
    fulfillment_status: str
    create_date: str
    billing_person: PersonAnswer | None = None
    items: tuple[OrderItemAnswer, ...]


class ProductAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    product_id: int
    product_name: str


def answer_order(order: Order) -> OrderAnswer:
    return OrderAnswer(
        id=order.id,
        internal_id=order.number,
        order_number=order.number,
        email=order.email,
        customer_id=order.customer_id,
        total=plain_number(order.total),
        payment_status=order.payment_status,
        fulfillment_status=order.fulfillment_status,
        create_date=format_date(order.created),
        billing_person=answer_person(order.billing_person) if order.billing_person else None,
        items=tuple([_answer_item(item) for item in order.items]),
    )


def _answer_item(item: OrderItem) -> OrderItemAnswer:
    return OrderItemAnswer(
        product_id=item.product_id,
        name=item.name,
        price=plain_number(item.price),
        quantity=item.quantity,
        sku=item.sku,
    )


def answer_products(products: Iterable[PurchasedProduct], name: str | None) -> list[ProductAnswer]:
    """Those whose name holds the text, by name."""
    part = search_key(name or "")
    named = sorted((search_key(product.name), product.id, product.name) for product in products)
    return [ProductAnswer(product_id=number, product_name=name) for key, number, name in named if part in key]
