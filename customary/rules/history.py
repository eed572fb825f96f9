"""What a change made of a customer, field by field, in the contract's names; and the history as it goes out.

What follows from other fields is left out, and so is what moves with every change (``updated``, the time of a contact).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, to_builtins
from msgspec.structs import replace

from customary.model.customer import Customer
from customary.model.history import CustomerVersion
from customary.model.store import Token
from customary.rules.answers import answer_customer
from customary.rules.dates import format_date

_FOLLOWS = ("id", "name", "registered", "updated", "customerGroupName", "stats")
_FOLLOWS_IN_PERSON = ("firstName", "lastName", "countryName", "stateOrProvinceName", "addressFormatted")
_MOVES_IN_ELEMENT = ("timestamp",)
_KEYS = {"shippingAddresses": "id", "contacts": "id", "favorites": "productId", "extrafields": "key"}
"""List → what its elements are told apart by."""

_UNTOUCHED = Customer(id=0, email="", registered=0, updated=0)
_UNTOUCHED_FIELDS = tuple((name, getattr(_UNTOUCHED, name)) for name in Customer.__struct_fields__)


class FieldChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``path`` is as in ``billingPerson.phone``, ``contacts[id=17].contact`` and, for all of an element,
    ``shippingAddresses[id=3]``; ``before`` and ``after`` are absent where nothing was set. Those of a password always
    are. New elements of a dry run have no id yet: they are ``contacts[new=1]`` and so on.
    """

    path: str
    before: Any = UNSET
    after: Any = UNSET


class TokenAnswer(Struct, frozen=True, kw_only=True):
    id: int
    label: str


class HistoryItem(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``token`` is absent where the operator's own command made the change."""

    seq: int
    at: str
    kind: str
    token: TokenAnswer | None = None
    request_id: str
    changes: tuple[FieldChange, ...]


def answer_version(version: CustomerVersion, tokens: Mapping[int, Token]) -> HistoryItem:
    """``tokens`` are the store's, by id."""
    change = version.change
    token = tokens.get(change.token_id)
    return HistoryItem(
        seq=change.seq,
        at=format_date(change.at),
        kind=change.kind,
        token=TokenAnswer(id=token.id, label=token.label) if token else None,
        request_id=change.request_id,
        changes=changes_of(version),
    )


def changes_of(version: CustomerVersion) -> tuple[FieldChange, ...]:
    """Nothing where the state before is not known any more."""
    if version.before is None and version.change.previous and version.change.kind != "restored":
        return ()
    return compare_customers(version.before, version.after)


def compare_customers(before: Customer | None, after: Customer | None) -> tuple[FieldChange, ...]:
    """Of one that comes or goes, all that it has."""
    old, new = before or _UNTOUCHED, after or _UNTOUCHED
    found = list(_compare(*_shown_differences(old, new), ""))
    if old.password_hash != new.password_hash:
        found.append(FieldChange(path="password"))
    if before is None:
        return tuple(FieldChange(path=each.path, after=each.after) for each in found)
    if after is None:
        return tuple(FieldChange(path=each.path, before=each.before) for each in found)
    return tuple(found)


def _shown_differences(before: Customer, after: Customer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both as they are answered, but for the fields that are equal, which would be shown in vain."""
    equal = {name: value for name, value in _UNTOUCHED_FIELDS if getattr(before, name) == getattr(after, name)}
    return _shown(replace(before, **equal)), _shown(replace(after, **equal))


def _shown(customer: Customer) -> dict[str, Any]:
    """As it is answered, without what follows."""
    shown: dict[str, Any] = to_builtins(answer_customer(customer, {}, ()))
    shown["extrafields"] = to_builtins(customer.extrafields)  # also those whose field is gone
    for name in _FOLLOWS:
        shown.pop(name, None)
    for person in (shown.get("billingPerson", {}), *shown["shippingAddresses"]):
        for name in _FOLLOWS_IN_PERSON:
            person.pop(name, None)
    return shown


def _compare(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name in _KEYS:
            yield from _compare_elements(old or (), new or (), path + name, _KEYS[name])
        elif isinstance(old or new, dict):
            yield from _compare(old or {}, new or {}, f"{path}{name}.")
        else:
            yield FieldChange(
                path=path + name, before=UNSET if old is None else old, after=UNSET if new is None else new
            )


def _compare_elements(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], path: str, key: str
) -> Iterator[FieldChange]:
    old, new = {each[key]: each for each in before}, {each[key]: each for each in after}
    for name, element in old.items():
        if name not in new:
            yield FieldChange(path=f"{path}[{key}={name}]", before=element)
    for name, element in new.items():
        if name in old:
            yield from _compare(_still(old[name]), _still(element), f"{path}[{key}={name}].")
        elif isinstance(name, int) and name < 0:
            yield FieldChange(path=f"{path}[new={-name}]", after=_without(element, (key,)))
        else:
            yield FieldChange(path=f"{path}[{key}={name}]", after=element)
    old_order, new_order = [name for name in old if name in new], [name for name in new if name in old]
    if old_order != new_order and key != "key":  # extra fields are always shown in the order of the store's
        yield FieldChange(path=f"{path}[].{key}", before=old_order, after=new_order)


def _still(element: dict[str, Any]) -> dict[str, Any]:
    return _without(element, _MOVES_IN_ELEMENT)


def _without(element: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if name not in names}
