"""What an update would make of a customer: by the same rule, on what is stored now, without storing anything."""

from customary.errors import EmailAlreadyUsed, HttpError, RequestError
from customary.model.body import CustomerBody
from customary.model.customer import Customer
from customary.model.search import CustomerSearch
from customary.operations.customers import read_customer, read_facts
from customary.rules.conditions import Conditions, check_version
from customary.rules.customer_update import update_customer
from customary.rules.dropped import check_kept
from customary.rules.preview import ProvisionalIds
from customary.rules.problems import Problems
from customary.storage.protocol import Storage

SOME_HASH = "of a password that is not hashed for this"


async def preview_update(
    storage: Storage,
    store_id: int,
    now: int,
    customer_id: int,
    body: CustomerBody,
    problems: Problems,
    conditions: Conditions,
) -> tuple[Customer, Customer, list[HttpError]]:
    """The customer as it is and as it would be, and the errors of the update in the order in which it meets them.

    Of a body that is refused there is no other state. Raises CustomerNotFound.
    """
    before = after = await read_customer(storage, store_id, customer_id)
    errors: list[HttpError] = []
    try:
        check_version(conditions, before.version)
    except RequestError as error:
        errors.append(error)
    facts = await read_facts(storage, store_id, body, before.customer_group_id)
    try:
        after = update_customer(before, body, facts, ProvisionalIds(), now, SOME_HASH, problems)
        check_kept(before, after, conditions.keep_lists)
    except RequestError as error:
        errors.append(error)
    if after.email != before.email and await _is_taken(storage, store_id, customer_id, after.email):
        errors.append(EmailAlreadyUsed(f"Customer with email {after.email} already exists"))
    return before, after, errors


async def _is_taken(storage: Storage, store_id: int, customer_id: int, email: str) -> bool:
    page = await storage.search_customers(store_id, CustomerSearch(email=email, use_exact_email_match=True))
    return any(customer.id != customer_id for customer in page.items)
