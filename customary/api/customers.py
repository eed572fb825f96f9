"""The customer resource: the heart of the API."""

from msgspec import json

from customary.api.call import Answer, Call
from customary.model.body import CustomerBody
from customary.model.store import GENERAL
from customary.operations import customers, groups
from customary.operations.extrafields import read_extrafields_of
from customary.rules.answers import answer_customer
from customary.rules.customer_query import parse_customer_search
from customary.rules.dates import format_date
from customary.rules.parameters import date_parameter, page_parameters

_body = json.Decoder(CustomerBody)


async def update_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Customer")
    customer_id = call.number("customerId")
    await customers.update_customer(
        call.storage, call.store_id, call.origin, customer_id, body, call.services.passwords, problems
    )
    return call.answer({"updateCount": 1})


async def create_customer(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Customer")
    customer_id = await customers.create_customer(
        call.storage, call.store_id, call.origin, body, call.services.passwords, problems
    )
    return call.answer({"id": customer_id})


async def get_customer(call: Call) -> Answer:
    customer = await customers.read_customer(call.storage, call.store_id, call.number("customerId"))
    group_id = customer.customer_group_id
    group = GENERAL if group_id == GENERAL.id else await call.storage.get_group(call.store_id, group_id)
    extrafields = await read_extrafields_of(call.storage, call.store_id, (customer,))
    return call.answer(answer_customer(customer, {group_id: (group or GENERAL).name}, extrafields))


async def delete_customer(call: Call) -> Answer:
    await customers.delete_customer(call.storage, call.store_id, call.origin, call.number("customerId"))
    return call.answer({"deleteCount": 1})


async def search_customers(call: Call) -> Answer:
    search = parse_customer_search(call.query)
    page, everyone = await customers.search_customers(call.storage, call.store_id, search)
    names = await groups.group_names(call.storage, call.store_id)
    extrafields = await read_extrafields_of(call.storage, call.store_id, page.items)
    return call.answer(
        {
            "total": page.total,
            "count": len(page.items),
            "offset": search.offset,
            "limit": search.limit,
            "items": [answer_customer(customer, names, extrafields, in_search=True) for customer in page.items],
            "allCustomerCount": everyone,
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
