"""Makes or changes many customers, each of them by itself: one that fails leaves the others alone."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

from customary.errors import HttpError, ServiceUnavailable
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.update import NOTHING
from customary.model.upsert import BY_EMAIL, UpsertCustomerBody, Upserted
from customary.operations.customers import hash_password, read_facts
from customary.operations.passwords import PasswordHashing
from customary.rules.customer_update import new_customer, update_customer
from customary.rules.dropped import check_kept
from customary.rules.problems import Problems
from customary.rules.upsert import REFERENCE, check_reference, with_reference
from customary.storage.protocol import Storage, Transaction

Item = tuple[UpsertCustomerBody, Problems]
"""A customer, and what was found wrong in it before: with any problem it is refused."""

PASSWORDS_AT_ONCE = 2


async def upsert_customers(
    storage: Storage,
    store_id: int,
    origin: Origin,
    by: str,
    items: Sequence[Item | HttpError],
    passwords: PasswordHashing,
    keep_lists: bool = False,
) -> list[Upserted | HttpError]:
    """What became of each, in order; of one that is wrong already its error. They share commits, and each has a
    transaction of its own in which it is looked for and stored: nobody can come between. With ``keep_lists`` one that
    would lose elements of a list is refused.

    Raises ServiceUnavailable when there was no room for any of them, or for their passwords: then nothing is stored.
    """
    hashes = await _hash_passwords(items, passwords)
    outcomes = await _all_of(
        _upsert(storage, store_id, origin, by, item, hash_, keep_lists)
        for item, hash_ in zip(items, hashes, strict=True)
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, ServiceUnavailable)]
    if len(refused) == len(outcomes):
        raise refused[0]
    return outcomes


async def _upsert(
    storage: Storage,
    store_id: int,
    origin: Origin,
    by: str,
    item: Item | HttpError,
    password_hash: str,
    keep_lists: bool,
) -> Upserted | HttpError:
    if isinstance(item, HttpError):
        return item
    body, found = item

    async def work(transaction: Transaction) -> Upserted:
        problems = dict(found)
        check_reference(body, by, problems)
        before = await _find(transaction, by, body, problems)
        facts = await read_facts(transaction, store_id, body, before.customer_group_id if before else 0)
        rest = (body, facts, transaction, transaction.at, password_hash, problems)
        dropped = NOTHING
        if before is None:
            after = with_reference(new_customer(transaction.new_customer_id(), *rest), body)
            await transaction.add_customer(after)
        else:
            after = with_reference(update_customer(before, *rest), body)
            dropped = check_kept(before, after, keep_lists)
            await transaction.replace_customer(before, after)
        return Upserted(id=after.id, created=before is None, dropped=dropped)

    try:
        return await storage.write(store_id, origin, work)
    except HttpError as error:
        return error


async def _find(transaction: Transaction, by: str, body: UpsertCustomerBody, problems: Problems) -> Customer | None:
    """By a key that has no problem itself."""
    if by == BY_EMAIL:
        return await transaction.find_customer(body.email) if body.email else None
    if REFERENCE in problems or not body.external_reference_id:
        return None
    return await transaction.find_customer_by_reference(body.external_reference_id)


async def _all_of(upserts: Iterable[Coroutine[Any, Any, Upserted | HttpError]]) -> list[Upserted | HttpError]:
    """Waits for all of them, also when one fails: none goes on behind its caller's back."""
    outcomes = await asyncio.gather(*upserts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, HttpError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Upserted | HttpError)]


async def _hash_passwords(items: Sequence[Item | HttpError], passwords: PasswordHashing) -> list[str]:
    """Before anything is written, few at a time: others set passwords too. Raises ServiceUnavailable."""
    turn = asyncio.Semaphore(PASSWORDS_AT_ONCE)

    async def hash_one(item: Item | HttpError) -> str:
        if isinstance(item, HttpError) or item[1] or not item[0].password:
            return ""
        async with turn:
            return await hash_password(item[0], passwords)

    return list(await asyncio.gather(*(hash_one(item) for item in items)))
