"""Shipping addresses: a list that is sent replaces the whole list; a known id keeps its id and its created date."""

from msgspec.structs import replace

from customary.model.body import ShippingAddressBody
from customary.model.customer import ShippingAddress
from customary.rules.ids import Ids, take_known_id
from customary.rules.people import take_person
from customary.rules.problems import Problems, check_length, take_number, take_text

PATH = "Customer.shippingAddresses"


def replace_addresses(
    stored: tuple[ShippingAddress, ...],
    bodies: tuple[ShippingAddressBody, ...],
    ids: Ids,
    now: int,
    problems: Problems,
) -> tuple[ShippingAddress, ...]:
    """The addresses after the update: exactly one of them is the default one when there is any."""
    check_length(bodies, PATH, problems)
    known = {address.id: address for address in stored}
    built: list[ShippingAddress] = []
    seen: set[int] = set()
    for index, body in enumerate(bodies):
        path = f"{PATH}[{index}]"
        known_id = take_known_id(body.id, known.keys(), seen, f"{path}.id", problems)
        order_by = take_number(body.order_by, f"{path}.orderBy", problems)
        built.append(
            ShippingAddress(
                id=ids.new_address_id() if known_id is None else known_id,
                note=take_text(body.note, f"{path}.note", problems, 10_000, lines=True),
                default_address=body.default_address is True,
                order_by=index if order_by is None else order_by,
                created_date=now if known_id is None else known[known_id].created_date,
                **take_person(body, path, problems),
            )
        )
    return _with_one_default(built)


def _with_one_default(addresses: list[ShippingAddress]) -> tuple[ShippingAddress, ...]:
    """Where none or several are marked, the first in the list (of those marked) is it."""
    marked = [index for index, address in enumerate(addresses) if address.default_address]
    if len(marked) == 1 or not addresses:
        return tuple(addresses)
    default = marked[0] if marked else 0
    return tuple(replace(address, default_address=index == default) for index, address in enumerate(addresses))
