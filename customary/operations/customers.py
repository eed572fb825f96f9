"""Create, get, search, update and delete customers."""

from customary.errors import CustomerNotFound, InternalError
from customary.model.body import CustomerBody
from customary.model.change import Deleted, Origin
from customary.model.customer import Customer
from customary.model.search import Page
from customary.model.update import Updated
from customary.operations.passwords import PasswordHashing
from customary.rules.conditions import NO_CONDITIONS, Conditions, check_version
from customary.rules.customer_update import StoreFacts, new_customer
from customary.rules.customer_update import update_customer as apply_update
from customary.rules.dropped import check_kept
from customary.rules.problems import Problems
from customary.storage.protocol import Reader, Storage, Transaction


async def create_customer(
    storage: Storage,
    store_id: int,
    origin: Origin,
    body: CustomerBody,
    passwords: PasswordHashing | None = None,
    problems: Problems | None = None,
) -> Customer:
    """The customer as stored. ``problems`` were found in the body before: it is refused with all of them.

    Raises InvalidBody, LanguagesNotAllowed, EmailAlreadyUsed.
    """
    password_hash = "" if problems else await hash_password(body, passwords)

    async def work(transaction: Transaction) -> Customer:
        facts = await read_facts(transaction, store_id, body)
        customer_id = transaction.new_customer_id()
        customer = new_customer(customer_id, body, facts, transaction, transaction.at, password_hash, problems)
        return await transaction.add_customer(customer)

    return await storage.write(store_id, origin, work)


async def update_customer(
    storage: Storage,
    store_id: int,
    origin: Origin,
    customer_id: int,
    body: CustomerBody,
    passwords: PasswordHashing | None = None,
    problems: Problems | None = None,
    conditions: Conditions = NO_CONDITIONS,
) -> Updated:
    """The customer as stored, and what it lost. ``problems`` were found in the body before: it is refused with all of
    them.

    Raises CustomerNotFound, PreconditionFailed, InvalidBody, LanguagesNotAllowed, ElementsDropped, EmailAlreadyUsed.
    """
    password_hash = "" if problems else await hash_password(body, passwords)

    async def work(transaction: Transaction) -> Updated:
        customer = await read_customer(transaction, store_id, customer_id)
        check_version(conditions, customer.version)
        facts = await read_facts(transaction, store_id, body, customer.customer_group_id)
        updated = apply_update(customer, body, facts, transaction, transaction.at, password_hash, problems)
        dropped = check_kept(customer, updated, conditions.keep_lists)
        return Updated(customer=await transaction.replace_customer(customer, updated), dropped=dropped)

    return await storage.write(store_id, origin, work)


async def delete_customer(
    storage: Storage, store_id: int, origin: Origin, customer_id: int, conditions: Conditions = NO_CONDITIONS
) -> None:
    """Raises CustomerNotFound, PreconditionFailed."""

    async def work(transaction: Transaction) -> None:
        customer = await read_customer(transaction, store_id, customer_id)
        check_version(conditions, customer.version)
        await transaction.delete_customer(customer)

    await storage.write(store_id, origin, work)


async def read_customer(reader: Reader, store_id: int, customer_id: int) -> Customer:
    """Raises CustomerNotFound, also for a customer of another store."""
    customer = await reader.get_customer(store_id, customer_id)
    if customer is None:
        raise CustomerNotFound(f"Customer #{customer_id} not found")
    return customer


async def list_deleted_customers(
    storage: Storage, store_id: int, since: int | None, until: int | None, offset: int, limit: int
) -> Page[Deleted]:
    return await storage.list_deleted_customers(store_id, since, until, offset, limit)


async def read_facts(reader: Reader, store_id: int, body: CustomerBody, known_group_id: int = 0) -> StoreFacts:
    """Only what the body makes the rule ask for; the group that the customer is in is known to be there."""
    store = await reader.get_store(store_id) if body.lang else None
    languages = store.languages if store else ()
    group_id = body.customer_group_id
    if not body.extrafields and (group_id == known_group_id or not group_id):
        return StoreFacts(languages=languages)
    group_exists = True
    if isinstance(group_id, int) and group_id not in (0, known_group_id):
        group_exists = await reader.get_group(store_id, group_id) is not None
    extrafields = await reader.list_extrafields(store_id) if body.extrafields else ()
    types = {extrafield.key: extrafield.type for extrafield in extrafields}
    return StoreFacts(languages=languages, group_exists=group_exists, extrafield_types=types)


async def hash_password(body: CustomerBody, passwords: PasswordHashing | None) -> str:
    """Empty without a password, and for one that the rule will refuse."""
    if not body.password or len(body.password) > 255:
        return ""
    if passwords is None:
        raise InternalError("A password can't be set where nothing hashes it")
    return await passwords.hash(body.password)
