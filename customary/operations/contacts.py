"""The contacts of one customer, one at a time: none of these touches the others, but for the default of a type."""

from msgspec.structs import replace

from customary.errors import ContactNotFound
from customary.model.body import ContactBody
from customary.model.change import Origin
from customary.model.customer import Contact, Customer
from customary.operations.customers import read_customer
from customary.rules.conditions import NO_CONDITIONS, Conditions, check_version
from customary.rules.contacts import add_contact, change_contact
from customary.rules.problems import Problems, refusal
from customary.storage.protocol import Reader, Storage, Transaction


async def list_contacts(reader: Reader, store_id: int, customer_id: int) -> tuple[tuple[Contact, ...], int]:
    """And the customer's version. Raises CustomerNotFound."""
    customer = await read_customer(reader, store_id, customer_id)
    return customer.contacts, customer.version


async def get_contact(reader: Reader, store_id: int, customer_id: int, contact_id: int) -> tuple[Contact, int]:
    """And the customer's version. Raises CustomerNotFound, ContactNotFound."""
    customer = await read_customer(reader, store_id, customer_id)
    return _find(customer, contact_id), customer.version


async def create_contact(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    body: ContactBody,
    problems: Problems | None = None,
    conditions: Conditions = NO_CONDITIONS,
) -> Contact:
    """``problems`` were found in the body before. Raises CustomerNotFound, PreconditionFailed, InvalidBody."""

    async def work(transaction: Transaction) -> Contact:
        customer = await read_customer(transaction, store_id, customer_id)
        check_version(conditions, customer.version)
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
    conditions: Conditions = NO_CONDITIONS,
) -> None:
    """``problems`` were found in the body before.

    Raises CustomerNotFound, ContactNotFound, PreconditionFailed, InvalidBody.
    """

    async def work(transaction: Transaction) -> None:
        customer = await read_customer(transaction, store_id, customer_id)
        contact = _find(customer, contact_id)
        check_version(conditions, customer.version)
        found = dict(problems or ())
        contacts = change_contact(customer.contacts, contact, body, transaction.at, found)
        await _store(transaction, customer, contacts, found)

    await storage.write(store_id, origin, work)


async def delete_contact(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    contact_id: int,
    conditions: Conditions = NO_CONDITIONS,
) -> None:
    """Raises CustomerNotFound, ContactNotFound, PreconditionFailed."""

    async def work(transaction: Transaction) -> None:
        customer = await read_customer(transaction, store_id, customer_id)
        gone = _find(customer, contact_id)
        check_version(conditions, customer.version)
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
