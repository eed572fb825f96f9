"""What is told of a store's customers as a whole: for those who build a filter or poll for changes."""

from msgspec import Struct


class CustomerSummary(Struct, frozen=True, kw_only=True):
    """``addresses``: street, city and country code of saved addresses, each once, no more than were asked for."""

    total: int
    repeated: int
    one_time: int
    addresses: tuple[tuple[str, str, str], ...]
    languages: tuple[str, ...]


class LatestUpdates(Struct, frozen=True, kw_only=True):
    """When something of a kind changed last, in UNIX seconds; None when nothing ever did."""

    store_created: int
    customers: int | None
    orders: int | None
