"""A store's customers as a whole: what there is to filter by, all ids, and when something changed last."""

from customary.api.call import Call
from customary.network.message import Answer
from customary.operations import summaries
from customary.rules.customer_query import parse_customer_search
from customary.rules.parameters import text_parameter
from customary.rules.places import answer_locations
from customary.rules.summaries import answer_customer_filters, answer_latest_stats


async def find_customer_ids(call: Call) -> Answer:
    search = parse_customer_search(call.query)
    return call.answer({"ids": await summaries.find_customer_ids(call.storage, call.store_id, search)})


async def get_customer_filters(call: Call) -> Answer:
    summary, groups = await summaries.summarize_customers(call.storage, call.store_id)
    return call.answer(answer_customer_filters(summary, groups))


async def find_customer_locations(call: Call) -> Answer:
    name = text_parameter(call.query, "name")
    codes = await summaries.list_customer_countries(call.storage, call.store_id)
    return call.answer({"items": answer_locations(codes, name)})


async def get_latest_stats(call: Call) -> Answer:
    return call.answer(answer_latest_stats(await summaries.read_latest_updates(call.storage, call.store_id)))
