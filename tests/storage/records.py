"""Records that storage tests begin with, and writes in one line each. No test here."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from customary.errors import CustomerNotFound
from customary.model.change import Change, Origin
from customary.model.customer import (
    Contact,
    Customer,
    ExtrafieldValue,
    Favorite,
    Person,
    ShippingAddress,
)
from customary.model.search import CustomerSearch
from customary.model.store import Group, Store, Token
from customary.storage.protocol import Storage, Transaction

STORE, OTHER = 1003, 1004
NOON = 1_717_502_400
ORIGIN = Origin(at=NOON, token_id=7, request_id="first-1")

EVERYTHING: dict[str, Any] = {
    "password_hash": "$argon2id$v=19$hash",
    "billing_person": Person(
        name="Zoë Ñandú",
        company_name="Ñandú & Söhne",
        street="1 Main Street\nSecond floor",
        city="São Paulo",
        country_code="BR",
        postal_code="01000-000",
        state_or_province_code="SP",
        phone="+55 11 5555 0100",
    ),
    "shipping_addresses": (
        ShippingAddress(id=1, name="Zoë", city="Łódź", country_code="PL", default_address=True, created_date=NOON),
        ShippingAddress(id=2, street="2 Oak Lane", note="ring\ttwice\n", order_by=1, created_date=NOON),
    ),
    "contacts": (
        Contact(id=1, contact="zoe@example.com", type="EMAIL", default=True, timestamp=NOON),
        Contact(id=2**40, contact="+55 11 5555 0101", handle="z", note="n", type="PHONE", order_by=1, timestamp=NOON),
    ),
    "tax_id": "GB 123",
    "tax_id_valid": False,
    "tax_exempt": True,
    "b2b_b2c": "b2b",
    "fiscal_code": "RSSMRA80A01H501U",
    "electronic_invoice_pec_email": "zoe@pec.example.com",
    "electronic_invoice_sdi_code": "ABC1234",
    "accept_marketing": False,
    "lang": "pt_BR",
    "private_admin_notes": "a \U0001f9fe and 'quotes' \"both\"\n",
    "favorites": (Favorite(product_id=9, added_timestamp=NOON),),
    "extrafields": (ExtrafieldValue(key="abc1234", value="x"),),
    "external_reference_id": "crm-1",
}
"""A value for every field of a customer that has one beside its e-mail."""


def origin(request_id: str, at: int = NOON) -> Origin:
    return Origin(at=at, token_id=7, request_id=request_id)


def token(store_id: int, digest: bytes, **fields: Any) -> Token:
    common = {"id": 0, "public": False, "label": "test", "scopes": frozenset({"read_customers"}), "created": NOON}
    return Token(**{**common, "store_id": store_id, "digest": digest, **fields})


async def add_stores(storage: Storage, *store_ids: int) -> None:
    for store_id in store_ids:
        await storage.add_store(Store(id=store_id, name=f"Store {store_id}", created=NOON))


async def add_customer(storage: Storage, store_id: int, email: str, by: Origin = ORIGIN, **fields: Any) -> Customer:
    """The customer as stored."""

    async def work(transaction: Transaction) -> Customer:
        times = {"registered": transaction.at, "updated": transaction.at}
        return await transaction.add_customer(
            Customer(**{"id": transaction.new_customer_id(), "email": email, **times, **fields})
        )

    return await storage.write(store_id, by, work)


async def add_customers(storage: Storage, store_id: int, emails: Sequence[str]) -> list[Customer]:
    return list(await asyncio.gather(*(add_customer(storage, store_id, email) for email in emails)))


async def change_customer(
    storage: Storage, store_id: int, customer_id: int, by: Origin = ORIGIN, **fields: Any
) -> Customer:
    """The customer as stored. Raises CustomerNotFound."""

    async def work(transaction: Transaction) -> Customer:
        before = await read_customer(transaction, store_id, customer_id)
        return await transaction.replace_customer(before, replace(before, updated=transaction.at, **fields))

    return await storage.write(store_id, by, work)


async def delete_customer(storage: Storage, store_id: int, customer_id: int, by: Origin = ORIGIN) -> None:
    """Raises CustomerNotFound."""

    async def work(transaction: Transaction) -> None:
        await transaction.delete_customer(await read_customer(transaction, store_id, customer_id))

    await storage.write(store_id, by, work)


async def read_customer(transaction: Transaction, store_id: int, customer_id: int) -> Customer:
    customer = await transaction.get_customer(store_id, customer_id)
    if customer is None:
        raise CustomerNotFound()
    return customer


async def add_group(storage: Storage, store_id: int, name: str) -> Group:
    async def work(transaction: Transaction) -> Group:
        group = Group(id=transaction.new_group_id(), name=name)
        await transaction.add_group(group)
        return group

    return await storage.write(store_id, ORIGIN, work)


def blank(transaction: Transaction, email: str) -> Customer:
    return Customer(id=transaction.new_customer_id(), email=email, registered=NOON, updated=NOON)


async def after_adding_raise(transaction: Transaction) -> None:
    await transaction.add_customer(blank(transaction, "never@example.com"))
    raise ZeroDivisionError


async def everything(storage: Storage, store_id: int = STORE) -> list[object]:
    """All that can be read of a store."""
    return [
        await storage.get_store(store_id),
        await storage.list_groups(store_id),
        await storage.search_customers(store_id, CustomerSearch()),
        await storage.list_changes(store_id, 0, 1000),
        await storage.list_deleted_customers(store_id, None, None, 0, 100),
        await storage.list_tokens(store_id),
    ]


def described(changes: tuple[Change, ...]) -> list[str]:
    return [f"{change.seq} {change.entity} {change.entity_id} {change.kind}" for change in changes]


async def found(storage: Storage, store_id: int = STORE, **search: object) -> tuple[int, list[str]]:
    """Total and e-mails of a search."""
    page = await storage.search_customers(store_id, CustomerSearch(**search))
    return page.total, [customer.email for customer in page.items]


async def find_token(storage: Storage, store_id: int, digest: bytes) -> Token | None:
    access = await storage.find_access(store_id, digest)
    return access.token if access else None


async def count_customers(storage: Storage, store_id: int) -> int:
    """Of the store."""
    return (await storage.search_customers(store_id, CustomerSearch())).everyone


async def deleted(
    storage: Storage, since: int | None = None, until: int | None = None, offset: int = 0, limit: int = 100
) -> tuple[int, list[int]]:
    """Total and ids of the deleted list."""
    page = await storage.list_deleted_customers(STORE, since, until, offset, limit)
    return page.total, [each.id for each in page.items]
