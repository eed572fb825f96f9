"""One customer of two."""

from msgspec import json

from customary.api.call import Call
from customary.errors import InsufficientScope
from customary.model.merge import MergeBody
from customary.network.message import Answer
from customary.operations import merge
from customary.rules.merge import ROOT, answer_merge, read_merge

_body = json.Decoder(MergeBody)


async def merge_customers(call: Call) -> Answer:
    """Whoever may not read customers is not told here what they are."""
    body, problems = call.decode_fitting(_body, ROOT)
    target = call.number("customerId")
    source, preview = read_merge(body, target, problems)
    readable = call.may("read_customers")
    if not preview:
        merged = await merge.merge(call.storage, call.store_id, call.origin, target, source)
    elif readable:
        merged = await merge.preview_merge(call.storage, call.store_id, call.origin.at, target, source)
    else:
        raise InsufficientScope("The token lacks the scope 'read_customers', which a preview needs")
    return call.answer(answer_merge(merged, preview, readable))
