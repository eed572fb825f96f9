"""How a body changes a customer: merge, replace and clear. Pure: the clock, new ids and the store's facts come in."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from customary.errors import InvalidBody, LanguagesNotAllowed
from customary.model.body import CustomerBody, PersonBody
from customary.model.customer import Contact, Customer, Person, ShippingAddress
from customary.rules import contacts
from customary.rules.addresses import replace_addresses
from customary.rules.extrafields import replace_values
from customary.rules.ids import Ids
from customary.rules.people import merge_billing_person
from customary.rules.problems import Problems, take_choice, take_number, take_text
from customary.rules.text import email_problem

# attribute, name on the wire, limit, line feeds allowed
_TEXTS = (
    ("tax_id", "taxId", 255, False),
    ("fiscal_code", "fiscalCode", 255, False),
    ("electronic_invoice_sdi_code", "electronicInvoiceSdiCode", 255, False),
    ("private_admin_notes", "privateAdminNotes", 10_000, True),
)
# attribute, value that null restores
_FLAGS = (("tax_id_valid", True), ("tax_exempt", False), ("accept_marketing", None))


class StoreFacts(Struct, frozen=True, kw_only=True):
    """What the rule must know of the store: its languages, whether the group that the body names exists, and the type
    of each extra field by its key."""

    languages: tuple[str, ...]
    group_exists: bool = True
    extrafield_types: Mapping[str, str] = {}


def update_customer(
    customer: Customer, body: CustomerBody, facts: StoreFacts, ids: Ids, now: int, password_hash: str = ""
) -> Customer:
    """The customer after the update; ``password_hash`` is the hash of ``body.password``.

    Keys that the body does not name keep their value, null restores the untouched state, lists are replaced whole.
    Raises InvalidBody with every problem, or LanguagesNotAllowed when the language is the only one.
    """
    return _apply(customer, body, facts, ids, now, password_hash, {})


def new_customer(
    customer_id: int, body: CustomerBody, facts: StoreFacts, ids: Ids, now: int, password_hash: str = ""
) -> Customer:
    """A customer made from a body: an e-mail is required. Raises as update_customer does."""
    problems = {"Customer.email": "is absent"} if body.email is UNSET else {}
    blank = Customer(id=customer_id, email="", registered=now, updated=now)
    if body.contacts is UNSET and body.email:
        blank = replace(blank, contacts=(contacts.email_contact(body.email, ids, now),))
    return _apply(blank, body, facts, ids, now, password_hash, problems)


def _apply(
    customer: Customer,
    body: CustomerBody,
    facts: StoreFacts,
    ids: Ids,
    now: int,
    password_hash: str,
    problems: Problems,
) -> Customer:
    changes = _take_scalars(body, problems)
    if body.email is not UNSET and (body.email != customer.email or not body.email):
        changes["email"] = _take_email(body.email, "Customer.email", problems)
    if body.customer_group_id is not UNSET:
        changes["customer_group_id"] = _take_group(body, facts, problems)
    if body.password is not UNSET:
        take_text(body.password, "Customer.password", problems)
        changes["password_hash"] = password_hash if body.password else ""
    changes["billing_person"] = _take_billing_person(customer.billing_person, body, problems)
    changes["shipping_addresses"] = _take_addresses(customer, body, ids, now, problems)
    changes["contacts"] = _take_contacts(customer, body, ids, now, problems)
    if body.extrafields is not UNSET:
        types = facts.extrafield_types
        changes["extrafields"] = replace_values(customer.extrafields, body.extrafields or (), types, problems)
    if body.lang is not UNSET:
        changes["lang"] = _take_language(body.lang, facts, problems)
    if problems:
        raise InvalidBody(problems)
    return replace(customer, updated=max(now, customer.updated), **changes)


def _take_scalars(body: CustomerBody, problems: Problems) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for attribute, name, limit, lines in _TEXTS:
        value = getattr(body, attribute)
        if value is not UNSET:
            changes[attribute] = take_text(value, f"Customer.{name}", problems, limit, lines)
    for attribute, untouched in _FLAGS:
        value = getattr(body, attribute)
        if value is not UNSET:
            changes[attribute] = untouched if value is None else value
    if body.b2b_b2c is not UNSET:
        changes["b2b_b2c"] = take_choice(body.b2b_b2c, "Customer.b2b_b2c", problems, ("b2b", "b2c"), "b2c")
    pec_email = body.electronic_invoice_pec_email
    if pec_email is not UNSET:
        path = "Customer.electronicInvoicePecEmail"
        changes["electronic_invoice_pec_email"] = _take_email(pec_email, path, problems) if pec_email else ""
    return changes


def _take_email(value: str | None, path: str, problems: Problems) -> str:
    problem = "must not be null" if value is None else email_problem(value)
    if problem:
        problems[path] = problem
    return value or ""


def _take_group(body: CustomerBody, facts: StoreFacts, problems: Problems) -> int:
    path = "Customer.customerGroupId"
    group_id = take_number(body.customer_group_id, path, problems) or 0
    if group_id and not facts.group_exists and path not in problems:
        problems[path] = "is not the id of a customer group of this store"
    return group_id


def _take_billing_person(stored: Person | None, body: CustomerBody, problems: Problems) -> Person | None:
    """A name at the top level is the billing person's, unless that is sent too."""
    person = merge_billing_person(stored, body.billing_person, "Customer.billingPerson", problems)
    sent = body.billing_person
    if body.name is UNSET or (isinstance(sent, PersonBody) and sent.name is not UNSET):
        return person
    name = take_text(body.name, "Customer.name", problems)
    named = replace(person or Person(), name=name)
    return named if named != Person() else None


def _take_addresses(
    customer: Customer, body: CustomerBody, ids: Ids, now: int, problems: Problems
) -> tuple[ShippingAddress, ...]:
    if body.shipping_addresses is UNSET:
        return customer.shipping_addresses
    return replace_addresses(customer.shipping_addresses, body.shipping_addresses or (), ids, now, problems)


def _take_contacts(
    customer: Customer, body: CustomerBody, ids: Ids, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """A list that is sent is taken as sent; else the EMAIL contact follows the e-mail."""
    after = customer.contacts
    if body.contacts is not UNSET:
        after = contacts.replace_contacts(after, body.contacts or (), ids, now, problems)
    elif isinstance(body.email, str) and body.email != customer.email:
        after = contacts.follow_email(after, customer.email, body.email, now)
    if body.primary_phone is not UNSET:
        after = contacts.set_primary_phone(after, body.primary_phone, ids, now, problems)
    return after


def _take_language(value: str | None, facts: StoreFacts, problems: Problems) -> str:
    """The last field that is checked: when nothing else is wrong, the contract has an error of its own for it."""
    if value and value not in facts.languages:
        if not problems:
            raise LanguagesNotAllowed(f"Language '{value[:32]}' is not enabled in the store")
        problems["Customer.lang"] = "is not a language that is enabled in the store"
    return value or ""
