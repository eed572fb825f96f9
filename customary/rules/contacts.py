"""Contacts: replacing the whole list, changing a single one, and the two that follow another field.

At most one contact of each type is the default.
"""

from collections import Counter
from collections.abc import Mapping

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from customary.model.body import ContactBody
from customary.model.customer import CONTACT_TYPES, Contact
from customary.model.keys import email_key
from customary.rules.ids import Ids, take_known
from customary.rules.problems import (
    LARGEST_NUMBER,
    LONGEST_TEXT,
    Problems,
    element_paths,
    take_choice,
    take_elements,
    take_number,
    take_text,
)

PATH = "Customer.contacts"
_PATHS = element_paths(PATH)
_TYPES = frozenset(CONTACT_TYPES)


def replace_contacts(
    stored: tuple[Contact, ...],
    bodies: tuple[ContactBody, ...] | None | UnsetType,
    ids: Ids,
    now: int,
    problems: Problems,
) -> tuple[Contact, ...]:
    """The contacts after the update. One that a known id leaves exactly as it was keeps its timestamp."""
    known = {contact.id: contact for contact in stored}
    seen: set[int] = set()
    of_type: dict[str, int] = {}
    defaults: dict[str, str] = {}
    built: list[Contact] = []
    for path, body in zip(_PATHS, take_elements(bodies, PATH, problems), strict=False):
        before = take_known(body.id, known, seen, path, problems)
        contact = _take_contact(body, before, of_type, ids, now, path, problems)
        of_type[contact.type] = of_type.get(contact.type, 0) + 1
        if contact.default:
            if contact.type in defaults and _is_type_known(path, defaults[contact.type], problems):
                problems.setdefault(PATH, f"must have at most one default contact of type {contact.type}")
            defaults[contact.type] = path
        built.append(contact)
    return tuple(built)


def add_contact(
    stored: tuple[Contact, ...], body: ContactBody, ids: Ids, now: int, problems: Problems
) -> tuple[tuple[Contact, ...], Contact]:
    """All contacts with the new one behind them, and the new one. As the default it unsets the other of its type."""
    contact = _take_contact(body, None, Counter(other.type for other in stored), ids, now, "Contact", problems)
    return take_elements((*_without_other_default(stored, contact), contact), PATH, problems), contact


def change_contact(
    stored: tuple[Contact, ...], before: Contact, body: ContactBody, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """All contacts after only the keys that were sent changed in one of them."""
    changes: dict[str, object] = {}
    if body.contact is not UNSET:
        changes["contact"] = _take_address(body, "Contact", problems)
    if body.handle is not UNSET:
        changes["handle"] = take_text(body.handle, "Contact.handle", problems)
    if body.note is not UNSET:
        changes["note"] = take_text(body.note, "Contact.note", problems, 10_000, lines=True)
    if body.type is not UNSET:
        changes["type"] = take_choice(body.type, "Contact.type", problems, CONTACT_TYPES, "OTHER")
    if body.default is not UNSET:
        changes["default"] = body.default is True
    order_by = take_number(body.order_by, "Contact.orderBy", problems)
    if order_by is not None:
        changes["order_by"] = order_by
    contact = _with_timestamp(replace(before, **changes), before, now)
    return tuple(contact if other.id == before.id else other for other in _without_other_default(stored, contact))


def email_contact(email: str, ids: Ids, now: int) -> Contact:
    """The contact that comes with a new customer."""
    return Contact(id=ids.new_contact_id(), contact=email, type="EMAIL", default=True, timestamp=now)


def follow_email(stored: tuple[Contact, ...], old: str, new: str, now: int) -> tuple[Contact, ...]:
    """The EMAIL contacts that held the old address take the new one."""
    old_key = email_key(old)
    return tuple(
        _with_timestamp(replace(contact, contact=new), contact, now)
        if contact.type == "EMAIL" and email_key(contact.contact) == old_key
        else contact
        for contact in stored
    )


def set_primary_phone(
    stored: tuple[Contact, ...],
    phone: str | None | UnsetType,
    before: tuple[Contact, ...],
    ids: Ids,
    now: int,
    problems: Problems,
) -> tuple[Contact, ...]:
    """The default PHONE contact takes the number; without one a new one is made. Null or empty removes it.

    ``before`` are the contacts before the whole update: one that ends as it was keeps its timestamp.
    """
    number = take_text(phone, "Customer.primaryPhone", problems)
    default = next((contact for contact in stored if contact.type == "PHONE" and contact.default), None)
    if not number:
        return tuple(contact for contact in stored if contact is not default)
    if default is None:
        order_by = sum(contact.type == "PHONE" for contact in stored)
        new = Contact(
            id=ids.new_contact_id(), contact=number, type="PHONE", default=True, order_by=order_by, timestamp=now
        )
        return take_elements((*stored, new), PATH, problems)
    original = next((contact for contact in before if contact.id == default.id), default)
    changed = replace(default, contact=number, timestamp=original.timestamp)
    changed = _with_timestamp(changed, original, now)
    return tuple(changed if contact is default else contact for contact in stored)


def _take_contact(
    body: ContactBody,
    before: Contact | None,
    of_type: Mapping[str, int],
    ids: Ids,
    now: int,
    path: str,
    problems: Problems,
) -> Contact:
    """``of_type``: how many contacts of each type stand before this one.

    A contact can't be without its address and its type: a known one keeps them where the body is silent.
    """
    if not _is_plain(body):
        _check_contact(body, before, path, problems)
    contact_type = body.type
    if contact_type is None or contact_type is UNSET:
        contact_type = before.type if before and contact_type is UNSET else "OTHER"
    order_by = body.order_by
    contact = Contact(
        id=before.id if before else ids.new_contact_id(),
        contact=before.contact if before and body.contact is UNSET else body.contact or "",
        handle=body.handle or "",
        note=body.note or "",
        type=contact_type,
        default=body.default is True,
        order_by=order_by if isinstance(order_by, int) else of_type.get(contact_type, 0),
        timestamp=before.timestamp if before else now,
    )
    return _with_timestamp(contact, before, now) if before else contact


def _is_plain(body: ContactBody) -> bool:
    """One look at everything: whether it has all that a contact needs, and nothing that could be wrong."""
    if not body.contact or body.type not in _TYPES or not isinstance(body.order_by, int):
        return False
    texts = f"{body.contact}{body.handle or ''}{body.note or ''}"
    return len(texts) <= LONGEST_TEXT and texts.isprintable() and 0 <= body.order_by <= LARGEST_NUMBER


def _check_contact(body: ContactBody, before: Contact | None, path: str, problems: Problems) -> None:
    if not (before and body.contact is UNSET):
        _take_address(body, path, problems)
    take_text(body.handle, f"{path}.handle", problems)
    take_text(body.note, f"{path}.note", problems, 10_000, lines=True)
    take_choice(body.type, f"{path}.type", problems, CONTACT_TYPES, "OTHER")
    take_number(body.order_by, f"{path}.orderBy", problems)


def _is_type_known(path: str, other: str, problems: Problems) -> bool:
    """Two contacts whose type is wrong may well be of different types."""
    return problems.keys().isdisjoint((f"{path}.type", f"{other}.type"))


def _take_address(body: ContactBody, path: str, problems: Problems) -> str:
    """Of an element that is wrong itself or has a wrong id nobody knows whether its address is missing."""
    if body.contact is UNSET:
        if problems.keys().isdisjoint((path, f"{path}.id")):
            problems.setdefault(f"{path}.contact", "is absent")
    elif not body.contact:
        problems.setdefault(f"{path}.contact", "must not be empty")
    return take_text(body.contact, f"{path}.contact", problems)


def _with_timestamp(contact: Contact, before: Contact, now: int) -> Contact:
    """``contact`` has the timestamp of ``before``: an unchanged one keeps it."""
    return before if contact == before else replace(contact, timestamp=now)


def _without_other_default(contacts: tuple[Contact, ...], default: Contact) -> tuple[Contact, ...]:
    if not default.default:
        return contacts
    return tuple(
        replace(other, default=False)
        if other.default and other.type == default.type and other.id != default.id
        else other
        for other in contacts
    )
