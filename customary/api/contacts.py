"""The contacts of one customer. Their entity tags have the version of the customer, whom they are a part of."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import ContactBody
from customary.network.message import Answer
from customary.operations import contacts
from customary.rules.answers import answer_contact

_body = json.Decoder(ContactBody)


async def list_contacts(call: Call) -> Answer:
    found, version = await contacts.list_contacts(call.storage, call.store_id, call.number("customerId"))
    return call.answer_tagged({"items": [answer_contact(contact) for contact in found]}, version)


async def create_contact(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Contact")
    contact = await contacts.create_contact(
        call.storage, call.store_id, call.origin, call.number("customerId"), body, problems, call.conditions
    )
    return call.answer({"createCount": 1, "id": contact.id})


async def get_contact(call: Call) -> Answer:
    contact, version = await contacts.get_contact(
        call.storage, call.store_id, call.number("customerId"), call.number("contactId")
    )
    return call.answer_tagged(answer_contact(contact), version)


async def update_contact(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Contact")
    customer_id, contact_id = call.number("customerId"), call.number("contactId")
    await contacts.update_contact(
        call.storage, call.store_id, call.origin, customer_id, contact_id, body, problems, call.conditions
    )
    return call.answer({"updateCount": 1})


async def delete_contact(call: Call) -> Answer:
    customer_id, contact_id = call.number("customerId"), call.number("contactId")
    await contacts.delete_contact(call.storage, call.store_id, call.origin, customer_id, contact_id, call.conditions)
    return call.answer({"deleteCount": 1})
