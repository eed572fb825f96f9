"""How two customers become one: what the one that stays takes over from the one that goes. Pure, as all rules."""

import re
from collections import Counter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from customary.model.body import CustomerBody
from customary.model.customer import Contact, Customer, Person, ShippingAddress
from customary.model.keys import email_key, search_key
from customary.model.merge import MergeBody, Merged
from customary.rules import addresses, contacts
from customary.rules.history import FieldChange, compare_customers
from customary.rules.ids import Ids
from customary.rules.problems import LARGEST_NUMBER, Problems, check_length, refusal, take_number, take_text

ROOT = "Merge"
_FILLED = (
    "fiscal_code",
    "electronic_invoice_pec_email",
    "electronic_invoice_sdi_code",
    "lang",
    "external_reference_id",
)
_OF_A_PERSON = ("name", "company_name", "phone")
_OF_A_PLACE = ("street", "city", "country_code", "postal_code", "state_or_province_code")
_NUMBERS = ("PHONE", "WHATSAPP", "VIBER")
_NO_DIGIT = re.compile("[^0-9]")


def read_merge(body: MergeBody, customer_id: int, problems: Problems) -> tuple[int, bool]:
    """The id of the customer that goes, and whether it is only to be told. Raises InvalidBody with every problem."""
    source = take_number(body.source, f"{ROOT}.from", problems)
    if source is None:
        problems.setdefault(f"{ROOT}.from", "is absent")
    if source == customer_id:
        problems.setdefault(f"{ROOT}.from", "must be another customer than the one that stays")
    if problems:
        raise refusal(problems, MergeBody)
    return source or 0, body.preview is True


def merge_customers(target: Customer, source: Customer, ids: Ids, now: int) -> Customer:
    """The target with what it lacks. Its own values stay, and so do its e-mail, password, group and flags.

    Raises InvalidBody where it would have more than a customer can have.
    """
    problems: Problems = {}
    changes: dict[str, Any] = {name: getattr(target, name) or getattr(source, name) for name in _FILLED}
    if source.tax_id and not target.tax_id:
        changes |= {"tax_id": source.tax_id, "tax_id_valid": source.tax_id_valid}
    if target.accept_marketing is None:
        changes["accept_marketing"] = source.accept_marketing
    changes["billing_person"] = _fill_person(target.billing_person, source.billing_person)
    changes["shipping_addresses"] = _unite_addresses(target.shipping_addresses, source.shipping_addresses, ids)
    changes["contacts"] = _unite_contacts(target, source, ids, now)
    changes["private_admin_notes"] = _join_notes(target.private_admin_notes, source.private_admin_notes)
    marked = {favorite.product_id for favorite in target.favorites}
    changes["favorites"] = (*target.favorites, *(each for each in source.favorites if each.product_id not in marked))
    keys = {value.key for value in target.extrafields}
    changes["extrafields"] = (*target.extrafields, *(each for each in source.extrafields if each.key not in keys))
    check_length(changes["shipping_addresses"], addresses.PATH, problems)
    check_length(changes["contacts"], contacts.PATH, problems)
    check_length(changes["extrafields"], "Customer.extrafields", problems)
    take_text(changes["private_admin_notes"], "Customer.privateAdminNotes", problems, 10_000, lines=True)
    if problems:
        raise refusal(problems, CustomerBody)
    return replace(target, **changes, updated=max(now, target.updated))


def _fill_person(target: Person | None, source: Person | None) -> Person | None:
    """The parts of a place go together: one made of two halves is nobody's address."""
    if target is None or source is None:
        return target or source
    names = [name for name in _OF_A_PERSON if not getattr(target, name)]
    if not any(getattr(target, name) for name in _OF_A_PLACE):
        names += _OF_A_PLACE
    return replace(target, **{name: getattr(source, name) for name in names})


def _unite_addresses(
    target: tuple[ShippingAddress, ...], source: tuple[ShippingAddress, ...], ids: Ids
) -> tuple[ShippingAddress, ...]:
    """Those of the target, then those that it has not, with ids of their own. It has one default at the end."""
    united = list(target)
    known = {_address_key(address): index for index, address in enumerate(united)}
    following = max((address.order_by for address in target), default=-1) + 1
    for address in source:
        key = _address_key(address)
        if key in known:
            united[known[key]] = _with_note(united[known[key]], address.note)
            continue
        known[key] = len(united)
        default = address.default_address and not target
        united.append(
            replace(address, id=ids.new_address_id(), default_address=default, order_by=min(following, LARGEST_NUMBER))
        )
        following += 1
    if united and not any(address.default_address for address in united):
        united[0] = replace(united[0], default_address=True)
    return tuple(united)


def _address_key(address: ShippingAddress) -> tuple[str, ...]:
    return tuple(search_key(getattr(address, name)) for name in (*_OF_A_PERSON, *_OF_A_PLACE))


def _unite_contacts(target: Customer, source: Customer, ids: Ids, now: int) -> tuple[Contact, ...]:
    """As addresses, at most one default of a type. The e-mail of the one that goes stays as a contact."""
    united = list(target.contacts)
    known = {_contact_key(contact): index for index, contact in enumerate(united)}
    defaults = {contact.type for contact in united if contact.default}
    of_type = Counter(contact.type for contact in united)
    last = Contact(id=0, contact=source.email, type="EMAIL", timestamp=now)
    for contact in (*source.contacts, last):
        key = _contact_key(contact)
        if key in known:
            united[known[key]] = _fill_contact(united[known[key]], contact, now)
            continue
        known[key] = len(united)
        default = contact.default and contact.type not in defaults
        if default:
            defaults.add(contact.type)
        order_by = of_type[contact.type]
        of_type[contact.type] += 1
        united.append(replace(contact, id=ids.new_contact_id(), default=default, order_by=order_by))
    return tuple(united)


def _contact_key(contact: Contact) -> tuple[str, str]:
    """What makes two ways to reach somebody the same, however they are written."""
    if contact.type == "EMAIL":
        return contact.type, email_key(contact.contact)
    if contact.type in _NUMBERS and (digits := _NO_DIGIT.sub("", contact.contact)):
        return contact.type, digits
    return contact.type, search_key(contact.contact.strip())


def _fill_contact(target: Contact, source: Contact, now: int) -> Contact:
    filled = replace(target, handle=target.handle or source.handle, note=target.note or source.note)
    return target if filled == target else replace(filled, timestamp=now)


def _with_note(address: ShippingAddress, note: str) -> ShippingAddress:
    return address if address.note else replace(address, note=note)


def _join_notes(target: str, source: str) -> str:
    """One below the other, unless they are there already."""
    if not source or f"\n{source}\n" in f"\n{target}\n":
        return target
    return f"{target}\n{source}" if target else source


class UndoAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """A restore: of which customer, and to which of its changes."""

    customer_id: int
    to: int


class MergeAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``changes`` are for who may read customers; ``undo`` are the restores that undo it, in order."""

    update_count: int
    delete_count: int
    order_count: int
    changes: tuple[FieldChange, ...] | None = None
    undo: tuple[UndoAnswer, ...] | None = None


def answer_merge(merged: Merged, preview: bool, readable: bool) -> MergeAnswer:
    done = 0 if preview else 1
    befores = (merged.before, merged.source)
    undo = tuple(UndoAnswer(customer_id=customer.id, to=customer.version) for customer in befores)
    return MergeAnswer(
        update_count=done,
        delete_count=done,
        order_count=merged.order_count,
        changes=compare_customers(merged.before, merged.after) if readable else None,
        undo=None if preview else undo,
    )
