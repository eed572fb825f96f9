"""Recorded orders, and the products that were bought with them."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import OrderBody
from customary.network.message import Answer
from customary.operations import orders
from customary.rules.orders import answer_order, answer_products
from customary.rules.parameters import MOST_INT32, number_parameter, page_parameters, text_parameter

_body = json.Decoder(OrderBody)


async def create_order(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Order")
    order = await orders.create_order(call.storage, call.store_id, call.origin, body, problems)
    return call.answer({"id": order.number, "orderId": order.id})


async def list_orders(call: Call) -> Answer:
    query = call.query
    offset, limit = page_parameters(query)
    email = text_parameter(query, "email")
    customer_id = number_parameter(query, "customerId", None, 0, MOST_INT32)
    page = await orders.list_orders(call.storage, call.store_id, email, customer_id, offset, limit)
    return call.answer(
        {
            "total": page.total,
            "count": len(page.items),
            "offset": offset,
            "limit": limit,
            "items": [answer_order(order) for order in page.items],
        }
    )


async def delete_order(call: Call) -> Answer:
    await orders.delete_order(call.storage, call.store_id, call.origin, call.parameters["orderNumber"])
    return call.answer({"deleteCount": 1})


async def find_purchased_products(call: Call) -> Answer:
    name = text_parameter(call.query, "name")
    products = await orders.list_purchased_products(call.storage, call.store_id)
    return call.answer({"items": answer_products(products, name)})
