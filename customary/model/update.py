"""What an update made of a customer, and what it took from it."""

from msgspec import Struct

from customary.model.customer import Customer


class Dropped(Struct, frozen=True, kw_only=True):
    """The ids of the elements that went, and of extra fields the keys."""

    contacts: tuple[int, ...] = ()
    shipping_addresses: tuple[int, ...] = ()
    extrafields: tuple[str, ...] = ()


NOTHING = Dropped()


class Updated(Struct, frozen=True, kw_only=True):
    """The customer as stored, and what it lost."""

    customer: Customer
    dropped: Dropped = NOTHING
