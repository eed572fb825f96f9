"""The history of a customer, and the way back."""

from typing import Any

from msgspec import json

from customary.api.call import Call
from customary.model.body import RestoreBody
from customary.network.message import Answer
from customary.operations import history
from customary.operations.extrafields import read_extrafields_of
from customary.operations.restore import restore_customer as restore
from customary.rules.answers import answer_customer
from customary.rules.dropped import dropped_header
from customary.rules.history import answer_version
from customary.rules.parameters import MOST_INT64, limit_parameter, number_parameter
from customary.rules.restore import ROOT, answer_restored

_restore_body = json.Decoder(RestoreBody)


async def list_history(call: Call) -> Answer:
    query = call.query
    before, limit = number_parameter(query, "before", None, 0, MOST_INT64), limit_parameter(query)
    customer_id = call.number("customerId")
    versions = await history.list_versions(call.storage, call.store_id, customer_id, before, limit + 1)
    tokens = await history.tokens_by_id(call.storage, call.store_id)
    items = [answer_version(version, tokens) for version in versions[:limit]]
    page: dict[str, Any] = {"count": len(items), "limit": limit, "items": items}
    if len(versions) > limit:
        page["next"] = items[-1].seq
    elif versions and versions[-1].change.previous:
        page["pruned"] = True
    return call.answer(page)


async def get_version(call: Call) -> Answer:
    """In the shape of a customer that is read."""
    customer_id, seq = call.number("customerId"), call.number("seq")
    customer = await history.read_customer_then(call.storage, call.store_id, customer_id, seq)
    group_id = customer.customer_group_id
    names = {group_id: await history.group_name_then(call.storage, call.store_id, group_id)}
    extrafields = await read_extrafields_of(call.storage, call.store_id, (customer,))
    return call.answer(answer_customer(customer, names, extrafields))


async def restore_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_restore_body, ROOT)
    restored = await restore(call.storage, call.store_id, call.origin, call.number("customerId"), body, problems)
    return call.answer(answer_restored(restored)).adding(dropped_header(restored.dropped))
