"""Recorded orders: they tell what a customer bought, and are no change of the customer."""

from msgspec import UNSET
from msgspec.structs import replace

from customary.errors import OrderNotFound
from customary.model.body import CustomerBody, OrderBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.order import Order, PurchasedProduct
from customary.model.search import Page
from customary.rules.customer_update import StoreFacts, new_customer
from customary.rules.orders import new_order, order_name
from customary.rules.problems import Problems
from customary.storage.protocol import Storage, Transaction

_NOTHING_ASKED = StoreFacts(languages=())


async def create_order(
    storage: Storage, store_id: int, origin: Origin, body: OrderBody, problems: Problems | None = None
) -> Order:
    """Attached to the customer with its e-mail, who is made when there is none.

    Raises InvalidBody, with ``problems`` that were found in the body before.
    """

    async def work(transaction: Transaction) -> Order:
        order = new_order(transaction.new_order_number(), body, transaction.at, problems)
        customer = await transaction.find_customer(order.email) or await _add_customer(transaction, order, body)
        order = replace(order, customer_id=customer.id)
        await transaction.add_order(order)
        return order

    return await storage.write(store_id, origin, work)


async def list_orders(
    storage: Storage, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
) -> Page[Order]:
    """The newest first."""
    return await storage.list_orders(store_id, email, customer_id, offset, limit)


async def delete_order(storage: Storage, store_id: int, origin: Origin, name: str) -> None:
    """``name``: its id or its number. Raises OrderNotFound."""

    async def work(transaction: Transaction) -> None:
        order = await transaction.find_order(order_name(name))
        if order is None:
            raise OrderNotFound(f"Order #{name[:255]} not found")
        await transaction.delete_order(order)

    await storage.write(store_id, origin, work)


async def list_purchased_products(storage: Storage, store_id: int) -> tuple[PurchasedProduct, ...]:
    """Of orders that count, whose customers are there."""
    return await storage.list_purchased_products(store_id)


async def _add_customer(transaction: Transaction, order: Order, body: OrderBody) -> Customer:
    """One with the e-mail and the billing person of the order."""
    basic = CustomerBody(email=order.email, billing_person=body.billing_person or UNSET)
    number = transaction.new_customer_id()
    return await transaction.add_customer(new_customer(number, basic, _NOTHING_ASKED, transaction, transaction.at))
