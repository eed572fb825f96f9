"""What an update would do, without doing it."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import CustomerBody
from customary.network.message import Answer
from customary.operations.preview import preview_update
from customary.rules.preview import answer_preview

_body = json.Decoder(CustomerBody)


async def preview_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Customer")
    customer_id, now = call.number("customerId"), call.origin.at
    found = await preview_update(call.storage, call.store_id, now, customer_id, body, problems, call.conditions)
    return call.answer(answer_preview(*found))
