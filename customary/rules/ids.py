"""Ids within one customer: where new ones come from, and which of a body's are known."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

from msgspec import UNSET, UnsetType

from customary.rules.problems import Problems

Element = TypeVar("Element")


class Ids(Protocol):
    """Hands out numbers that nothing in the store ever had; a storage transaction is one."""

    def new_address_id(self) -> int: ...

    def new_contact_id(self) -> int: ...


def take_known(
    value: int | None | UnsetType, known: Mapping[int, Element], seen: set[int], path: str, problems: Problems
) -> Element | None:
    """The stored element that a body's element stands for, None when it is a new one; ``path`` is the element's."""
    if value is None or value is UNSET:
        return None
    if value not in known:
        problems.setdefault(f"{path}.id", "is not an id of this customer")
        return None
    if value in seen:
        problems.setdefault(f"{path}.id", "is there twice")
    seen.add(value)
    return known[value]
