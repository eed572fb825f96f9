"""Extra fields: what a store adds to its customers. Their values are changed by updating a customer."""

import secrets
import string
from collections.abc import Iterable

from msgspec.structs import replace

from customary.errors import ExtrafieldNotFound
from customary.model.body import ExtrafieldBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.rules.extrafields import change_extrafield, new_extrafield
from customary.rules.problems import Problems
from customary.storage.protocol import Reader, Storage, Transaction

KEY_CHARACTERS = string.ascii_letters + string.digits
KEY_LENGTH = 7
PAGE = 500
"""Customers that are held in memory at a time."""


async def list_extrafields(reader: Reader, store_id: int) -> tuple[Extrafield, ...]:
    """In the order in which they were made."""
    return await reader.list_extrafields(store_id)


async def read_extrafields_of(reader: Reader, store_id: int, customers: Iterable[Customer]) -> tuple[Extrafield, ...]:
    """What must be known to show these customers: nothing is read when none of them has a value."""
    if any(customer.extrafields for customer in customers):
        return await reader.list_extrafields(store_id)
    return ()


async def read_extrafield(reader: Reader, store_id: int, key: str) -> Extrafield:
    """Raises ExtrafieldNotFound."""
    for extrafield in await reader.list_extrafields(store_id):
        if extrafield.key == key:
            return extrafield
    raise ExtrafieldNotFound(f"Extra field {key[:255]} not found")


async def create_extrafield(
    storage: Storage, store_id: int, origin: Origin, body: ExtrafieldBody, problems: Problems | None = None
) -> str:
    """The new field's key. Raises InvalidBody, with ``problems`` that were found in the body before."""

    async def work(transaction: Transaction) -> str:
        keys = {each.key for each in await transaction.list_extrafields(store_id)}
        number = transaction.new_extrafield_id()
        extrafield = new_extrafield(number, body, keys, _random_key, transaction.at, problems)
        await transaction.add_extrafield(extrafield)
        return extrafield.key

    return await storage.write(store_id, origin, work)


async def update_extrafield(
    storage: Storage, store_id: int, origin: Origin, key: str, body: ExtrafieldBody, problems: Problems | None = None
) -> None:
    """Raises ExtrafieldNotFound, InvalidBody, with ``problems`` that were found in the body before."""

    async def work(transaction: Transaction) -> None:
        before = await read_extrafield(transaction, store_id, key)
        await transaction.replace_extrafield(before, change_extrafield(before, body, transaction.at, problems))

    await storage.write(store_id, origin, work)


async def delete_extrafield(storage: Storage, store_id: int, origin: Origin, key: str) -> None:
    """Customers lose their value of it, which is a change of each. Raises ExtrafieldNotFound."""

    async def work(transaction: Transaction) -> None:
        extrafield = await read_extrafield(transaction, store_id, key)
        while holders := await transaction.list_extrafield_holders(key, PAGE):
            for customer in holders:
                rest = tuple(each for each in customer.extrafields if each.key != key)
                changed = replace(customer, extrafields=rest, updated=transaction.at)
                await transaction.replace_customer(customer, changed)
        await transaction.delete_extrafield(extrafield)

    await storage.write(store_id, origin, work, heavy=True)


def _random_key() -> str:
    return "".join(secrets.choice(KEY_CHARACTERS) for _ in range(KEY_LENGTH))
