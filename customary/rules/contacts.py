"""Contacts: replacing the whole list, changing a single one, and the two that follow another field.

At most one contact of each type is the default.
"""

from msgspec import UNSET
from msgspec.structs import replace

from customary.model.body import ContactBody
from customary.model.customer import CONTACT_TYPES, Contact
from customary.model.keys import email_key
from customary.rules.ids import Ids, take_known_id
from customary.rules.problems import Problems, check_length, take_choice, take_number, take_text

PATH = "Customer.contacts"


def replace_contacts(
    stored: tuple[Contact, ...], bodies: tuple[ContactBody, ...], ids: Ids, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """The contacts after the update. One that a known id leaves exactly as it was keeps its timestamp."""
    check_length(bodies, PATH, problems)
    known = {contact.id: contact for contact in stored}
    seen: set[int] = set()
    of_type: dict[str, int] = {}
    built: list[Contact] = []
    for index, body in enumerate(bodies):
        path = f"{PATH}[{index}]"
        known_id = take_known_id(body.id, known.keys(), seen, f"{path}.id", problems)
        before = known.get(known_id) if known_id is not None else None
        contact = _take_contact(body, before, ids, path, problems)
        position = of_type.get(contact.type, 0)
        of_type[contact.type] = position + 1
        if take_number(body.order_by, f"{path}.orderBy", problems) is None:
            contact = replace(contact, order_by=position)
        built.append(_with_timestamp(contact, before, now))
    _check_defaults(built, PATH, problems)
    return tuple(built)


def add_contact(
    stored: tuple[Contact, ...], body: ContactBody, ids: Ids, now: int, problems: Problems
) -> tuple[tuple[Contact, ...], Contact]:
    """All contacts with the new one behind them, and the new one. As the default it unsets the other of its type."""
    contact = _take_contact(body, None, ids, "Contact", problems)
    if take_number(body.order_by, "Contact.orderBy", problems) is None:
        contact = replace(contact, order_by=sum(other.type == contact.type for other in stored))
    contact = replace(contact, timestamp=now)
    check_length((*stored, contact), PATH, problems)
    return (*_without_other_default(stored, contact), contact), contact


def change_contact(
    stored: tuple[Contact, ...], before: Contact, body: ContactBody, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """All contacts after only the keys that were sent changed in one of them."""
    contact = replace(
        before,
        contact=before.contact if body.contact is UNSET else _take_address(body, "Contact", problems),
        handle=before.handle if body.handle is UNSET else take_text(body.handle, "Contact.handle", problems),
        note=before.note if body.note is UNSET else take_text(body.note, "Contact.note", problems, 10_000, lines=True),
        type=before.type
        if body.type is UNSET
        else take_choice(body.type, "Contact.type", problems, CONTACT_TYPES, "OTHER"),
        default=before.default if body.default is UNSET else body.default is True,
    )
    order_by = take_number(body.order_by, "Contact.orderBy", problems)
    contact = replace(contact, order_by=order_by if order_by is not None else before.order_by)
    contact = _with_timestamp(contact, before, now)
    return tuple(contact if other.id == before.id else other for other in _without_other_default(stored, contact))


def email_contact(email: str, ids: Ids, now: int) -> Contact:
    """The contact that comes with a new customer."""
    return Contact(id=ids.new_contact_id(), contact=email, type="EMAIL", default=True, timestamp=now)


def follow_email(stored: tuple[Contact, ...], old: str, new: str, now: int) -> tuple[Contact, ...]:
    """The EMAIL contacts that held the old address take the new one."""
    old_key = email_key(old)
    return tuple(
        replace(contact, contact=new, timestamp=now)
        if contact.type == "EMAIL" and email_key(contact.contact) == old_key and contact.contact != new
        else contact
        for contact in stored
    )


def set_primary_phone(
    stored: tuple[Contact, ...], phone: str | None, ids: Ids, now: int, problems: Problems
) -> tuple[Contact, ...]:
    """The default PHONE contact takes the number; without one a new one is made. Null or empty removes it."""
    number = take_text(phone, "Customer.primaryPhone", problems)
    default = next((contact for contact in stored if contact.type == "PHONE" and contact.default), None)
    if not number:
        return tuple(contact for contact in stored if contact is not default)
    if default is None:
        order_by = sum(contact.type == "PHONE" for contact in stored)
        new = Contact(
            id=ids.new_contact_id(), contact=number, type="PHONE", default=True, order_by=order_by, timestamp=now
        )
        check_length((*stored, new), PATH, problems)
        return (*stored, new)
    changed = _with_timestamp(replace(default, contact=number), default, now)
    return tuple(changed if contact is default else contact for contact in stored)


def _take_contact(body: ContactBody, before: Contact | None, ids: Ids, path: str, problems: Problems) -> Contact:
    """A contact can't be without its address and its type: a known one keeps them where the body is silent."""
    return Contact(
        id=ids.new_contact_id() if before is None else before.id,
        contact=before.contact if before and body.contact is UNSET else _take_address(body, path, problems),
        handle=take_text(body.handle, f"{path}.handle", problems),
        note=take_text(body.note, f"{path}.note", problems, 10_000, lines=True),
        type=take_choice(body.type, f"{path}.type", problems, CONTACT_TYPES, before.type if before else "OTHER"),
        default=body.default is True,
        order_by=body.order_by or 0,
        timestamp=0,
    )


def _take_address(body: ContactBody, path: str, problems: Problems) -> str:
    if not body.contact:
        problems[f"{path}.contact"] = "is absent" if body.contact is UNSET else "must not be empty"
    return take_text(body.contact, f"{path}.contact", problems)


def _with_timestamp(contact: Contact, before: Contact | None, now: int) -> Contact:
    if before is not None and replace(contact, timestamp=before.timestamp) == before:
        return before
    return replace(contact, timestamp=now)


def _without_other_default(contacts: tuple[Contact, ...], default: Contact) -> tuple[Contact, ...]:
    if not default.default:
        return contacts
    return tuple(
        replace(other, default=False)
        if other.default and other.type == default.type and other.id != default.id
        else other
        for other in contacts
    )


def _check_defaults(contacts: list[Contact], path: str, problems: Problems) -> None:
    defaults: set[str] = set()
    for contact in contacts:
        if contact.default and contact.type in defaults:
            problems[path] = f"must have at most one default contact of type {contact.type}"
        if contact.default:
            defaults.add(contact.type)
