"""Shipping addresses: a list that is sent replaces the whole list; a known id keeps its id and its created date."""

from msgspec import UnsetType
from msgspec.structs import replace

from customary.model.body import ShippingAddressBody
from customary.model.customer import ShippingAddress
from customary.rules.ids import Ids, take_known
from customary.rules.people import capitals, check_person
from customary.rules.problems import Problems, element_paths, take_elements, take_number, take_text

PATH = "Customer.shippingAddresses"
_PATHS = element_paths(PATH)


def replace_addresses(
    stored: tuple[ShippingAddress, ...],
    bodies: tuple[ShippingAddressBody, ...] | None | UnsetType,
    ids: Ids,
    now: int,
    problems: Problems,
) -> tuple[ShippingAddress, ...]:
    """The addresses after the update. Exactly one is the default: the first that is marked, or the first of all."""
    known = {address.id: address for address in stored}
    seen: set[int] = set()
    marked = False
    built: list[ShippingAddress] = []
    for index, body in enumerate(take_elements(bodies, PATH, problems)):
        path = _PATHS[index]
        before = take_known(body.id, known, seen, path, problems)
        check_person(body, path, problems)
        order_by = take_number(body.order_by, f"{path}.orderBy", problems)
        default = body.default_address is True and not marked
        marked = marked or default
        built.append(
            ShippingAddress(
                id=before.id if before else ids.new_address_id(),
                name=body.name or "",
                company_name=body.company_name or "",
                street=body.street or "",
                city=body.city or "",
                country_code=capitals(body.country_code),
                postal_code=body.postal_code or "",
                state_or_province_code=body.state_or_province_code or "",
                phone=body.phone or "",
                note=take_text(body.note, f"{path}.note", problems, 10_000, lines=True),
                default_address=default,
                order_by=index if order_by is None else order_by,
                created_date=before.created_date if before else now,
            )
        )
    if built and not marked:
        built[0] = replace(built[0], default_address=True)
    return tuple(built)
