"""All that is held of one customer, for the person that it is about. Sent piece by piece."""

from collections.abc import AsyncIterator

from msgspec import json

from customary.api.call import Call
from customary.model.store import GENERAL
from customary.network.message import JSON_TYPE, Answer
from customary.operations.export import begin_export, export_orders, export_versions
from customary.operations.extrafields import read_extrafields_of
from customary.operations.history import tokens_by_id
from customary.rules.answers import answer_customer
from customary.rules.dates import format_date
from customary.rules.history import answer_version
from customary.rules.orders import answer_order

_encode = json.Encoder().encode


async def export_customer(call: Call) -> Answer:
    customer_id = call.number("customerId")
    newest = await begin_export(call.storage, call.store_id, customer_id)
    name = ("content-disposition", f'attachment; filename="customer-{customer_id}.json"')
    return Answer(b"", headers=(JSON_TYPE, name), stream=_pieces(call, customer_id, newest))


async def _pieces(call: Call, customer_id: int, newest: int) -> AsyncIterator[bytes]:
    """One JSON object, in the order of its keys."""
    storage, store_id = call.storage, call.store_id
    yield b'{"exported":%b' % _encode(format_date(call.origin.at))
    customer = await storage.get_customer(store_id, customer_id)
    if customer is not None:
        group = await storage.get_group(store_id, customer.customer_group_id)
        extrafields = await read_extrafields_of(storage, store_id, (customer,))
        names = {customer.customer_group_id: (group or GENERAL).name}
        yield b',"customer":%b' % _encode(answer_customer(customer, names, extrafields))
    yield b',"history":['
    tokens = await tokens_by_id(storage, store_id)
    between, last = b"", 0
    async for versions in export_versions(storage, store_id, customer_id, newest):
        yield between + b",".join([_encode(answer_version(version, tokens)) for version in versions])
        between, last = b",", versions[-1].change.previous
    yield b'],"pruned":true' if last else b"]"
    orders = await export_orders(storage, store_id, customer_id)
    yield b',"orders":%b}' % _encode([answer_order(order) for order in orders])
