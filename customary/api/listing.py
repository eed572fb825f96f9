"""The customers of a store from the first to the last, by cursor."""

from customary.api.call import Call
from customary.network.message import Answer
from customary.operations import groups, listing
from customary.operations.extrafields import read_extrafields_of
from customary.rules.answers import answer_customer
from customary.rules.customer_query import parse_customer_search
from customary.rules.parameters import cursor_parameters


async def list_customers(call: Call) -> Answer:
    query = call.query
    search = parse_customer_search(query)
    after, limit = cursor_parameters(query, listing.MOST_LISTED)
    stretch = await listing.list_customers(call.storage, call.store_id, search, after, limit)
    names = await groups.group_names(call.storage, call.store_id, stretch.items)
    extrafields = await read_extrafields_of(call.storage, call.store_id, stretch.items)
    items = [answer_customer(customer, names, extrafields, in_search=True) for customer in stretch.items]
    cursor = {} if stretch.next is None else {"next": stretch.next}
    return call.answer({"count": len(items), "limit": limit, "items": items, **cursor})
