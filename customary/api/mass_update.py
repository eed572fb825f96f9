"""Many customers at once."""

from msgspec import json

from customary.api.call import Call
from customary.model.mass_update import MassUpdateBody
from customary.network.message import Answer
from customary.operations import mass_update
from customary.rules.customer_query import parse_customer_search
from customary.rules.mass_update import read_mass_update

_body = json.Decoder(MassUpdateBody)


async def update_customers(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "MassUpdate")
    update = read_mass_update(body, parse_customer_search(call.query), problems)
    count = await mass_update.update_customers(call.storage, call.store_id, call.origin, update)
    return call.answer({"updateCount": count})
