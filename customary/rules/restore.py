"""How a customer goes back to what it was: as a whole or some of its fields. Pure, as the rule of an update."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import fields, replace

from customary.model.body import RestoreBody
from customary.model.customer import Customer, ExtrafieldValue
from customary.model.extrafield import DATETIME
from customary.model.update import NOTHING, Dropped
from customary.rules.contacts import follow_email
from customary.rules.customer_update import StoreFacts
from customary.rules.dates import parse_date
from customary.rules.problems import Problems, refusal

ROOT = "Restore"
_NOT_RESTORED = {"id", "version", "registered", "updated", "stats", "password_hash"}
_ATTRIBUTES = {field.encode_name: field.name for field in fields(Customer) if field.name not in _NOT_RESTORED} | {
    "password": "password_hash"
}

RESTORABLE = tuple(sorted(_ATTRIBUTES))
"""The fields that can be named, in the contract's words."""
WHOLE = tuple(name for name in _ATTRIBUTES if name != "password")
"""What a customer as a whole is: a password that was changed since may have been known to somebody."""


class Restore(Struct, frozen=True, kw_only=True):
    """``to`` is the change after which the customer was as it is to be; ``names`` None: as a whole."""

    to: int
    names: tuple[str, ...] | None


class NotRestored(Struct, frozen=True, kw_only=True):
    """A value that can't come back, and why."""

    path: str
    problem: str


class Restored(Struct, frozen=True, kw_only=True):
    """The customer that came back, what of it could not, and what it lost of what it had."""

    customer: Customer
    dropped: Dropped = NOTHING
    not_restored: tuple[NotRestored, ...]


class RestoreAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """``seq`` is the position of this change: its undoing is to restore to the one before."""

    update_count: int
    seq: int
    not_restored: tuple[NotRestored, ...]


def answer_restored(restored: Restored) -> RestoreAnswer:
    return RestoreAnswer(update_count=1, seq=restored.customer.version, not_restored=restored.not_restored)


def read_restore(body: RestoreBody, problems: Problems | None = None) -> Restore:
    """Raises InvalidBody, with ``problems`` that were found in the body before."""
    found = dict(problems or ())
    if not isinstance(body.to, int):
        found.setdefault(f"{ROOT}.to", "is absent")
    names = body.fields if isinstance(body.fields, tuple) else None
    if names == ():
        found.setdefault(f"{ROOT}.fields", "must not be empty")
    for index, name in enumerate(names or ()):
        if name not in _ATTRIBUTES:
            words = ", ".join(f"'{each}'" for each in RESTORABLE)
            found.setdefault(f"{ROOT}.fields[{index}]", f"must be one of {words}")
    if found:
        raise refusal(found, RestoreBody)
    return Restore(to=body.to or 0, names=names)


def put_back(customer: Customer, then: Customer, names: Sequence[str] | None, now: int) -> Customer:
    """``customer`` with the named fields, or as a whole, as they were ``then``.

    ``customer`` is as it is now, or was last. Contacts and addresses have the ids that they had.
    """
    chosen = WHOLE if names is None else names
    changes = {attribute: getattr(then, attribute) for attribute in (_ATTRIBUTES[name] for name in chosen)}
    if "email" in chosen and "contacts" not in chosen:
        changes["contacts"] = follow_email(customer.contacts, customer.email, then.email, now)
    return replace(customer, **changes, updated=max(now, customer.updated))


def leave_out_what_is_gone(customer: Customer, before: Customer, facts: StoreFacts) -> Restored:
    """``facts``: whether the group of ``customer`` exists, and the extra fields. ``before`` is as in ``put_back``."""
    lost: list[NotRestored] = []
    group_id = customer.customer_group_id
    if group_id and not facts.group_exists:
        lost.append(NotRestored(path="customerGroupId", problem=f"group {group_id} is not there any more"))
        group_id = 0
    kept: list[ExtrafieldValue] = []
    for value in customer.extrafields:
        problem = _problem(value, before.extrafields, facts)
        if problem:
            lost.append(NotRestored(path=f"extrafields[key={value.key}]", problem=problem))
        else:
            kept.append(value)
    fitting = replace(customer, customer_group_id=group_id, extrafields=tuple(kept))
    return Restored(customer=fitting, not_restored=tuple(lost))


def _problem(value: ExtrafieldValue, current: Collection[ExtrafieldValue], facts: StoreFacts) -> str:
    """A value that the customer has may be older than the type of its field."""
    if value.key not in facts.extrafield_types:
        return "the extra field is not there any more"
    if value in current or facts.extrafield_types[value.key] != DATETIME:
        return ""
    try:
        parse_date(value.value)
    except ValueError:
        return "the extra field is for dates now"
    return ""
