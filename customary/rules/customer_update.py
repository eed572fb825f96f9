"""How a body changes a customer: merge, replace and clear. Pure: the clock, new ids and the store's facts come in."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from customary.errors import LanguagesNotAllowed, RequestError
from customary.model.body import CustomerBody, PersonBody
from customary.model.customer import Contact, Customer, Person
from customary.rules import contacts
from customary.rules.addresses import replace_addresses
from customary.rules.extrafields import replace_values
from customary.rules.ids import Ids
from customary.rules.people import NOBODY, merge_billing_person
from customary.rules.problems import Problems, refusal, take_choice, take_number, take_text
from customary.rules.text import email_problem

LANGUAGE_NOT_ENABLED = {"Customer.lang": "is not a language that is enabled in the store"}


class StoreFacts(Struct, frozen=True, kw_only=True):
    """What the rule must know of the store: its languages, whether the group that the body names exists, and the type
    of each extra field by its key."""

    languages: tuple[str, ...]
    group_exists: bool = True
    extrafield_types: Mapping[str, str] = {}


def update_customer(
    customer: Customer,
    body: CustomerBody,
    facts: StoreFacts,
    ids: Ids,
    now: int,
    password_hash: str = "",
    problems: Problems | None = None,
) -> Customer:
    """The customer after the update; ``password_hash`` is the hash of ``body.password``.

    Keys that the body does not name keep their value, null restores the untouched state, lists are replaced whole.
    ``problems`` are those that were found in the body before. Raises InvalidBody with them and with every other one,
    or LanguagesNotAllowed when the language is the only one.
    """
    return _apply(customer, body, facts, ids, now, password_hash, dict(problems or ()))


def new_customer(
    customer_id: int,
    body: CustomerBody,
    facts: StoreFacts,
    ids: Ids,
    now: int,
    password_hash: str = "",
    problems: Problems | None = None,
) -> Customer:
    """A customer made from a body: an e-mail is required. Otherwise as update_customer."""
    found = dict(problems or ())
    if body.email is UNSET:
        found.setdefault("Customer.email", "is absent")
    blank = Customer(id=customer_id, email="", registered=now, updated=now)
    if body.contacts is UNSET and body.email:
        blank = replace(blank, contacts=(contacts.email_contact(body.email, ids, now),))
    return _apply(blank, body, facts, ids, now, password_hash, found)


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
    changes["updated"] = max(now, customer.updated)
    if body.email is not UNSET and (body.email != customer.email or not body.email):
        changes["email"] = _take_email(body.email, "Customer.email", problems)
    if body.customer_group_id is not UNSET:
        changes["customer_group_id"] = _take_group(body, facts, problems)
    if body.password is not UNSET:
        take_text(body.password, "Customer.password", problems)
        changes["password_hash"] = password_hash if body.password else ""
    if body.billing_person is not UNSET or body.name is not UNSET:
        changes["billing_person"] = _take_billing_person(customer.billing_person, body, problems)
    if body.shipping_addresses is not UNSET:
        changes["shipping_addresses"] = replace_addresses(
            customer.shipping_addresses, body.shipping_addresses, ids, now, problems
        )
    changes["contacts"] = _take_contacts(customer, body, ids, now, problems)
    if body.extrafields is not UNSET:
        types = facts.extrafield_types
        changes["extrafields"] = replace_values(customer.extrafields, body.extrafields, types, problems)
    if body.lang is not UNSET:
        changes["lang"] = _take_language(body.lang, facts, problems)
    if problems:
        raise _refusal(problems, body)
    return replace(customer, **changes)


def _take_scalars(body: CustomerBody, problems: Problems) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if body.tax_id is not UNSET:
        changes["tax_id"] = take_text(body.tax_id, "Customer.taxId", problems)
    if body.tax_id_valid is not UNSET:
        changes["tax_id_valid"] = body.tax_id_valid is not False
    if body.tax_exempt is not UNSET:
        changes["tax_exempt"] = body.tax_exempt is True
    if body.b2b_b2c is not UNSET:
        changes["b2b_b2c"] = take_choice(body.b2b_b2c, "Customer.b2b_b2c", problems, ("b2b", "b2c"), "b2c")
    if body.fiscal_code is not UNSET:
        changes["fiscal_code"] = take_text(body.fiscal_code, "Customer.fiscalCode", problems)
    if body.electronic_invoice_pec_email is not UNSET:
        changes["electronic_invoice_pec_email"] = _take_pec_email(body.electronic_invoice_pec_email, problems)
    if body.electronic_invoice_sdi_code is not UNSET:
        sdi_code = take_text(body.electronic_invoice_sdi_code, "Customer.electronicInvoiceSdiCode", problems)
        changes["electronic_invoice_sdi_code"] = sdi_code
    if body.accept_marketing is not UNSET:
        changes["accept_marketing"] = body.accept_marketing
    if body.private_admin_notes is not UNSET:
        notes = take_text(body.private_admin_notes, "Customer.privateAdminNotes", problems, 10_000, lines=True)
        changes["private_admin_notes"] = notes
    return changes


def _take_pec_email(value: str | None, problems: Problems) -> str:
    return _take_email(value, "Customer.electronicInvoicePecEmail", problems) if value else ""


def _take_email(value: str | None, path: str, problems: Problems) -> str:
    problem = "must not be null" if value is None else email_problem(value)
    if problem:
        problems.setdefault(path, problem)
    return value or ""


def _take_group(body: CustomerBody, facts: StoreFacts, problems: Problems) -> int:
    group_id = take_number(body.customer_group_id, "Customer.customerGroupId", problems) or 0
    if group_id and not facts.group_exists:
        problems.setdefault("Customer.customerGroupId", "is not the id of a customer group of this store")
    return group_id


def _take_billing_person(stored: Person | None, body: CustomerBody, problems: Problems) -> Person | None:
    """A name at the top level is the billing person's, unless that is sent too."""
    person = merge_billing_person(stored, body.billing_person, "Customer.billingPerson", problems)
    sent = body.billing_person
    if body.name is UNSET or (isinstance(sent, PersonBody) and sent.name is not UNSET):
        return person
    named = replace(person or NOBODY, name=take_text(body.name, "Customer.name", problems))
    return named if named != NOBODY else None


def _take_contacts(
    customer: Customer, body: CustomerBody, ids: Ids, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """A list that is sent is taken as sent; else the EMAIL contact follows the e-mail."""
    after = customer.contacts
    if body.contacts is not UNSET:
        after = contacts.replace_contacts(after, body.contacts, ids, now, problems)
    elif isinstance(body.email, str) and body.email != customer.email:
        after = contacts.follow_email(after, customer.email, body.email, now)
    if body.primary_phone is not UNSET:
        after = contacts.set_primary_phone(after, body.primary_phone, customer.contacts, ids, now, problems)
    return after


def _take_language(value: str | None, facts: StoreFacts, problems: Problems) -> str:
    if value and value not in facts.languages:
        problems.update(LANGUAGE_NOT_ENABLED)
    return value or ""


def _refusal(problems: Problems, body: CustomerBody) -> RequestError:
    """When nothing but the language is wrong, the contract has an error of its own for it."""
    if problems == LANGUAGE_NOT_ENABLED:
        return LanguagesNotAllowed(f"Language '{str(body.lang)[:32]}' is not enabled in the store")
    return refusal(problems, CustomerBody)
