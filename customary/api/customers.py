"""The customer resource: the heart of the API."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import CustomerBody
from customary.model.customer import Customer
from customary.model.store import GENERAL
from customary.network.message import Answer
from customary.operations import customers, groups
from customary.operations.extrafields import read_extrafields_of
from customary.rules.answers import answer_customer
from customary.rules.customer_query import parse_customer_search
from customary.rules.dates import format_date
from customary.rules.dropped import dropped_header
from customary.rules.parameters import date_parameter, page_parameters

_body = json.Decoder(CustomerBody)


async def update_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Customer")
    customer_id = call.number("customerId")
    updated = await customers.update_customer(
        call.storage, call.store_id, call.origin, customer_id, body, call.services.passwords, problems, call.conditions
    )
    answer = await _answer_write(call, updated.customer, {"updateCount": 1})
    return answer.adding(dropped_header(updated.dropped))


async def create_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Customer")
    customer = await customers.create_customer(
        call.storage, call.store_id, call.origin, body, call.services.passwords, problems
    )
    return await _answer_write(call, customer, {"id": customer.id})


async def get_customer(call: Call) -> Answer:
    return await show_customer(
        call, await customers.read_customer(call.storage, call.store_id, call.number("customerId"))
    )


async def delete_customer(call: Call) -> Answer:
    customer_id = call.number("customerId")
    await customers.delete_customer(call.storage, call.store_id, call.origin, customer_id, call.conditions)
    return call.answer({"deleteCount": 1})


async def show_customer(call: Call, customer: Customer) -> Answer:
    """The whole of it, with its entity tag."""
    group_id = customer.customer_group_id
    group = GENERAL if group_id == GENERAL.id else await call.storage.get_group(call.store_id, group_id)
    extrafields = await read_extrafields_of(call.storage, call.store_id, (customer,))
    answer = answer_customer(customer, {group_id: (group or GENERAL).name}, extrafields)
    return call.answer_tagged(answer, customer.version)


async def _answer_write(call: Call, customer: Customer, counts: dict[str, int]) -> Answer:
    """Whoever may not read customers is not shown them here either: a preference may be passed over."""
    if call.may("read_customers") and call.wants("representation"):
        answer = await show_customer(call, customer)
        where = ("content-location", f"/api/v3/{call.store_id}/customers/{customer.id}")
        return answer.adding((where,))
    return call.answer(counts)


async def search_customers(call: Call) -> Answer:
    search = parse_customer_search(call.query)
    page = await call.storage.search_customers(call.store_id, search)
    names = await groups.group_names(call.storage, call.store_id, page.items)
    extrafields = await read_extrafields_of(call.storage, call.store_id, page.items)
    return call.answer(
        {
            "total": page.total,
            "count": len(page.items),
            "offset": search.offset,
            "limit": search.limit,
            "items": [answer_customer(customer, names, extrafields, in_search=True) for customer in page.items],
            "allCustomerCount": page.everyone,
        }
    )


async def list_deleted_customers(call: Call) -> Answer:
    query = call.query
    since, until = date_parameter(query, "from_date"), date_parameter(query, "to_date")
    offset, limit = page_parameters(query)
    page = await customers.list_deleted_customers(call.storage, call.store_id, since, until, offset, limit)
    return call.answer(
        {
            "total": page.total,
            "count": len(page.items),
            "offset": offset,
            "limit": limit,
            "items": [{"id": deleted.id, "date": format_date(deleted.date)} for deleted in page.items],
        }
    )
