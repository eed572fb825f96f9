"""The contacts of one customer, one at a time: none of these touches the others, but for the default of a type."""

from msgspec.structs import replace

from customary.errors import ContactNotFound
from customary.model.body import ContactBody
from customary.model.change import Origin
from customary.model.customer import Contact, Customer
from customary.operations.customers import read_customer
from customary.rules.contacts import add_contact, change_contact
from customary.rules.problems import Problems, refusal
from customary.storage.protocol import Reader, Storage, Transaction


async def list_contacts(reader: Reader, store_id: int, customer_id: int) -> tuple[Contact, ...]:
    """Raises CustomerNotFound."""
    return (await read_customer(reader, store_id, customer_id)).contacts


async def get_contact(reader: Reader, store_id: int, customer_id: int, contact_id: int) -> Contact:
    """Raises CustomerNotFound, ContactNotFound."""
    return _find(await read_customer(reader, store_id, customer_id), contact_id)


async def create_contact(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    body: ContactBody,
    problems: Problems | None = None,
) -> Contact:
    """Raises CustomerNotFound, InvalidBody, with ``problems`` that were found in the body before."""

    async def work(transaction: Transaction) -> Contact:
        customer = await read_customer(transaction, store_id, customer_id)
        found = dict(problems or ())
        contacts, contact = add_contact(customer.contacts, body, transaction, transaction.at, found)
        await _store(transaction, customer, contacts, found)
        return contact

    return await storage.write(store_id, origin, work)


async def update_contact(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    contact_id: int,
    body: ContactBody,
    problems: Problems | None = None,
) -> None:
    """Raises CustomerNotFound, ContactNotFound, InvalidBody, with ``problems`` that were found in the body before."""

    async def work(transaction: Transaction) -> None:
        customer = await read_customer(transaction, store_id, customer_id)
        found = dict(problems or ())
        contacts = change_contact(customer.contacts, _find(customer, contact_id), body, transaction.at, found)
        await _store(transaction, customer, contacts, found)

    await storage.write(store_id, origin, work)


async def delete_contact(storage: Storage, store_id: int, origin: Origin, customer_id: int, contact_id: int) -> None:
    """Raises CustomerNotFound, ContactNotFound."""

    async def work(transaction: Transaction) -> None:
        customer = await read_customer(transaction, store_id, customer_id)
        gone = _find(customer, contact_id)
        contacts = tuple(contact for contact in customer.contacts if contact.id != gone.id)
        await _store(transaction, customer, contacts, {})

    await storage.write(store_id, origin, work)


def _find(customer: Customer, contact_id: int) -> Contact:
    for contact in customer.contacts:
        if contact.id == contact_id:
            return contact
    raise ContactNotFound(f"Contact #{contact_id} not found")


async def _store(
    transaction: Transaction, customer: Customer, contacts: tuple[Contact, ...], problems: Problems
) -> None:
    if problems:
        raise refusal(problems, ContactBody)
    await transaction.replace_customer(customer, replace(customer, contacts=contacts, updated=transaction.at))
