"""Which elements of its lists an update takes from a customer: told in a header, and refused where that was asked."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from customary.errors import ElementsDropped
from customary.model.customer import Customer
from customary.model.update import NOTHING, Dropped


class DroppedAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """How many of each list went."""

    contacts: int = 0
    shipping_addresses: int = 0
    extrafields: int = 0


def find_dropped(before: Customer, after: Customer) -> Dropped:
    """A list that an update does not name is the same object: then there is nothing to compare."""
    if (
        after.contacts is before.contacts
        and after.shipping_addresses is before.shipping_addresses
        and after.extrafields is before.extrafields
    ):
        return NOTHING
    contacts = _gone(before.contacts, after.contacts)
    addresses = _gone(before.shipping_addresses, after.shipping_addresses)
    keys: tuple[str, ...] = ()
    if after.extrafields is not before.extrafields and before.extrafields:
        left = {value.key for value in after.extrafields}
        keys = tuple([value.key for value in before.extrafields if value.key not in left])
    if not (contacts or addresses or keys):
        return NOTHING
    return Dropped(contacts=contacts, shipping_addresses=addresses, extrafields=keys)


def _gone(before: Sequence[Any], after: Sequence[Any]) -> tuple[int, ...]:
    if after is before or not before:
        return ()
    kept = {each.id for each in after}
    return tuple([each.id for each in before if each.id not in kept])


def check_kept(before: Customer, after: Customer, keep_lists: bool) -> Dropped:
    """What goes. Raises ElementsDropped where nothing may."""
    dropped = find_dropped(before, after)
    if keep_lists and dropped is not NOTHING:
        raise ElementsDropped(_paths(dropped))
    return dropped


def dropped_header(dropped: Dropped) -> tuple[tuple[str, str], ...]:
    """A dictionary of RFC 9651, whose keys have no capitals: ``contacts=4, shipping-addresses=1``."""
    if dropped is NOTHING:
        return ()
    counts = []
    if dropped.contacts:
        counts.append(f"contacts={len(dropped.contacts)}")
    if dropped.shipping_addresses:
        counts.append(f"shipping-addresses={len(dropped.shipping_addresses)}")
    if dropped.extrafields:
        counts.append(f"extrafields={len(dropped.extrafields)}")
    return (("customary-dropped", ", ".join(counts)),) if counts else ()


def count_dropped(dropped: Dropped) -> DroppedAnswer:
    return DroppedAnswer(
        contacts=len(dropped.contacts),
        shipping_addresses=len(dropped.shipping_addresses),
        extrafields=len(dropped.extrafields),
    )


def _paths(dropped: Dropped) -> tuple[str, ...]:
    """Where they stood, such as ``Customer.contacts[id=17]``."""
    return (
        *(f"Customer.shippingAddresses[id={each}]" for each in dropped.shipping_addresses),
        *(f"Customer.contacts[id={each}]" for each in dropped.contacts),
        *(f"Customer.extrafields[key={each}]" for each in dropped.extrafields),
    )
