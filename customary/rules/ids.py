"""Ids within one customer: where new ones come from, and which of a body's are known."""

from collections.abc import Collection
from typing import Protocol

from msgspec import UNSET, UnsetType

from customary.rules.problems import Problems


class Ids(Protocol):
    """Hands out numbers that nothing in the store ever had; a storage transaction is one."""

    def new_address_id(self) -> int: ...

    def new_contact_id(self) -> int: ...


class ScratchIds:
    """Numbers for a customer that will not be stored, for finding the problems of a body."""

    def new_address_id(self) -> int:
        return 0

    def new_contact_id(self) -> int:
        return 0


def take_known_id(
    value: int | None | UnsetType, known: Collection[int], seen: set[int], path: str, problems: Problems
) -> int | None:
    """The id of the stored element that a body's element stands for; None when it is a new one."""
    if value is None or value is UNSET:
        return None
    if value not in known:
        problems[path] = "is not an id of this customer"
        return None
    if value in seen:
        problems[path] = "is there twice"
    seen.add(value)
    return value
