"""Customer groups."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import GroupBody
from customary.network.message import Answer
from customary.operations import groups
from customary.rules.answers import answer_group
from customary.rules.conditions import group_version
from customary.rules.parameters import ids_parameter, page_parameters, text_parameter

_body = json.Decoder(GroupBody)


async def list_groups(call: Call) -> Answer:
    query = call.query
    offset, limit = page_parameters(query)
    ids = ids_parameter(query, "customerGroupIds")
    if ids is None:
        ids = ids_parameter(query, "customerGroupId")
    keyword = text_parameter(query, "keyword")
    page = await groups.list_groups(call.storage, call.store_id, keyword, ids, offset, limit)
    return call.answer(
        {
            "total": page.total,
            "count": len(page.items),
            "offset": offset,
            "limit": limit,
            "items": [answer_group(group) for group in page.items],
        }
    )


async def create_group(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "CustomerMembership")
    group_id = await groups.create_group(call.storage, call.store_id, call.origin, body, problems)
    return call.answer({"id": group_id})


async def get_group(call: Call) -> Answer:
    group = await groups.read_group(call.storage, call.store_id, call.number("groupId"))
    return call.answer_tagged(answer_group(group), group_version(group))


async def update_group(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "CustomerMembership")
    group_id = call.number("groupId")
    await groups.update_group(call.storage, call.store_id, call.origin, group_id, body, problems, call.conditions)
    return call.answer({"updateCount": 1})


async def delete_group(call: Call) -> Answer:
    await groups.delete_group(call.storage, call.store_id, call.origin, call.number("groupId"), call.conditions)
    return call.answer({"deleteCount": 1})
