"""The feed of a store's changes: each with the state that it made, where that is the entity's state still."""

from msgspec import Struct

from customary.model.change import Change
from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.model.store import Group, Store

State = Customer | Group | Extrafield | Store


class FeedItem(Struct, frozen=True, kw_only=True):
    """A change, without the state before it. ``state`` is None where there is none or a later change made another.

    ``key`` is that of a deleted extra field, where it is known.
    """

    change: Change
    state: State | None = None
    key: str = ""


class FeedPage(Struct, frozen=True, kw_only=True):
    """Changes in the order of their commits, all as of one moment. ``last`` is the store's newest position.

    ``groups`` and ``extrafields`` are the store's, for those who show the customers; empty without items.
    """

    items: tuple[FeedItem, ...]
    last: int
    groups: tuple[Group, ...] = ()
    extrafields: tuple[Extrafield, ...] = ()
