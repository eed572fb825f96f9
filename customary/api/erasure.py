"""Erasing a customer, and what proves that it was done."""

from customary.api.call import Call
from customary.network.message import Answer
from customary.operations import erasure
from customary.operations.history import tokens_by_id
from customary.rules.erasure import answer_erasure


async def erase_customer(call: Call) -> Answer:
    customer_id = call.number("customerId")
    erased = await erasure.erase_customer(call.storage, call.store_id, call.origin, customer_id)
    for each in erased.customer_ids:
        call.services.erased.put_nowait((call.store_id, each, erased.traces))
    tokens = await tokens_by_id(call.storage, call.store_id)
    return call.answer(answer_erasure(erased.erasure, tokens))


async def get_erasure(call: Call) -> Answer:
    found = await erasure.read_erasure(call.storage, call.store_id, call.number("customerId"))
    return call.answer(answer_erasure(found, await tokens_by_id(call.storage, call.store_id)))
