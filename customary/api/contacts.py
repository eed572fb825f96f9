"""The contacts of one customer."""

from msgspec import json

from customary.api.call import Answer, Call
from customary.model.body import ContactBody
from customary.operations import contacts
from customary.rules.answers import answer_contact

_body = json.Decoder(ContactBody)


async def list_contacts(call: Call) -> Answer:
    found = await contacts.list_contacts(call.storage, call.store_id, call.number("customerId"))
    return call.answer({"items": [answer_contact(contact) for contact in found]})


async def create_contact(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Contact")
    contact = await contacts.create_contact(
        call.storage, call.store_id, call.origin, call.number("customerId"), body, problems
    )
    return call.answer({"createCount": 1, "id": contact.id})


async def get_contact(call: Call) -> Answer:
    contact = await contacts.get_contact(
        call.storage, call.store_id, call.number("customerId"), call.number("contactId")
    )
    return call.answer(answer_contact(contact))


async def update_contact(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Contact")
    customer_id, contact_id = call.number("customerId"), call.number("contactId")
    await contacts.update_contact(call.storage, call.store_id, call.origin, customer_id, contact_id, body, problems)
    return call.answer({"updateCount": 1})


async def delete_contact(call: Call) -> Answer:
    customer_id, contact_id = call.number("customerId"), call.number("contactId")
    await contacts.delete_contact(call.storage, call.store_id, call.origin, customer_id, contact_id)
    return call.answer({"deleteCount": 1})
