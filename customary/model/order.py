"""What a recorded order is, as far as customers need it: who bought what, when and for how much. Money is exact."""

from decimal import Decimal

from msgspec import Struct

from customary.model.customer import Person

AWAITING_PAYMENT, CANCELLED = "AWAITING_PAYMENT", "CANCELLED"
AWAITING_PROCESSING = "AWAITING_PROCESSING"
PAYMENT_STATUSES = (
    AWAITING_PAYMENT,
    "PAID",
    CANCELLED,
    "REFUNDED",
    "PARTIALLY_REFUNDED",
    "INCOMPLETE",
    "CUSTOM_PAYMENT_STATUS_1",
    "CUSTOM_PAYMENT_STATUS_2",
    "CUSTOM_PAYMENT_STATUS_3",
)
FULFILLMENT_STATUSES = (
    AWAITING_PROCESSING,
    "PROCESSING",
    "SHIPPED",
    "DELIVERED",
    "WILL_NOT_DELIVER",
    "RETURNED",
    "READY_FOR_PICKUP",
    "OUT_FOR_DELIVERY",
    "CUSTOM_FULFILLMENT_STATUS_1",
    "CUSTOM_FULFILLMENT_STATUS_2",
    "CUSTOM_FULFILLMENT_STATUS_3",
)


class OrderItem(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One line of an order. ``product_id`` is 0 where it is no product of the store."""

    product_id: int = 0
    name: str = ""
    price: Decimal
    quantity: int
    sku: str = ""


class Order(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One order. ``id`` is for people (XJ12H), ``number`` for programs; ``created`` is in UNIX seconds.

    ``counted``: whether it is part of the customer's figures. The customer is known by its id alone: its e-mail may
    become another one, and it may be deleted.
    """

    id: str
    number: int
    customer_id: int
    email: str
    total: Decimal
    payment_status: str
    fulfillment_status: str
    created: int
    counted: bool
    billing_person: Person | None = None
    items: tuple[OrderItem, ...] = ()


class PurchasedProduct(Struct, frozen=True, kw_only=True):
    """A product that somebody bought, by the name that it had in the order that was recorded last."""

    id: int
    name: str
