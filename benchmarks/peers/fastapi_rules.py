"""What both FastAPI peers do with a body, a search and a row; the sessions are theirs."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, asc, desc, func, select
from sqlalchemy.orm import selectinload

from benchmarks.peers.fastapi_bodies import (
    CustomerBody,
    PersonBody,
    Search,
    StoredAddress,
    StoredContact,
    StoredCustomer,
)
from benchmarks.peers.fastapi_tables import Address, Contact, Customer

CUSTOMERS = "/api/v3/{store_id}/customers"
WHOLE = (selectinload(Customer.addresses), selectinload(Customer.contacts))
SORTED_BY = {
    "NAME": Customer.name,
    "EMAIL": Customer.email_key,
    "REGISTERED_DATE": Customer.registered,
    "UPDATED_DATE": Customer.updated,
}


def page_of(asked: Search) -> Select[Customer]:
    column, _, direction = asked.sort_by.rpartition("_")
    towards = desc if direction == "DESC" else asc
    order = (towards(SORTED_BY[column]), towards(Customer.id))
    found = select(Customer).where(*conditions(asked)).order_by(*order)
    return found.offset(asked.offset).limit(asked.limit).options(*WHOLE)


def count_of(asked: Search) -> Select[int]:
    return select(func.count()).select_from(Customer).where(*conditions(asked))


def conditions(asked: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.email and asked.use_exact_email_match:
        wanted.append(Customer.email_key == asked.email.casefold())
    elif asked.email:
        wanted.append(Customer.email_key.contains(asked.email.casefold(), autoescape=True))
    if asked.name:
        wanted.append(Customer.name.icontains(asked.name, autoescape=True))
    if asked.phone:
        wanted.append(Customer.phone == asked.phone)
    if asked.customer_group is not None:
        wanted.append(Customer.customer_group_id == asked.customer_group)
    return wanted


def take_over(body: CustomerBody, customer: Customer) -> None:
    """Applies the keys that were sent; lists are replaced as a whole."""
    parts = {"billing_person", "shipping_addresses", "contacts"}
    values: dict[str, Any] = {**body.model_dump(exclude_unset=True, exclude=parts), "updated": now()}
    if body.email is not None:
        values["email_key"] = body.email.casefold()
    if body.billing_person is not None:
        values.update(body.billing_person.model_dump(exclude_unset=True))
    for name, value in values.items():
        setattr(customer, name, value)
    if "shipping_addresses" in body.model_fields_set:
        customer.addresses = [Address(**address.model_dump()) for address in body.shipping_addresses]
    if "contacts" in body.model_fields_set:
        customer.contacts = [Contact(**contact.model_dump()) for contact in body.contacts]


def whole(customer: Customer) -> StoredCustomer:
    fields = StoredCustomer.model_fields.keys() - {"billing_person", "shipping_addresses", "contacts"}
    return StoredCustomer(
        billing_person=PersonBody.model_validate(customer),
        shipping_addresses=[StoredAddress.model_validate(address) for address in customer.addresses],
        contacts=[StoredContact.model_validate(contact) for contact in customer.contacts],
        **{name: getattr(customer, name) for name in fields},
    )


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
