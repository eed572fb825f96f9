"""The billing person: how a body's person becomes a stored one. Shipping addresses build on it."""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import astuple, replace

from customary.model.body import PersonBody
from customary.model.customer import Person
from customary.rules.countries import is_country
from customary.rules.problems import Problems, take_text

LIMIT = 255
STREET_LIMIT = 1000

_ATTRIBUTES = PersonBody.__struct_fields__
_NAMES = dict(zip(_ATTRIBUTES, PersonBody.__struct_encode_fields__, strict=True))


def merge_billing_person(
    stored: Person | None, body: PersonBody | None | UnsetType, path: str, problems: Problems
) -> Person | None:
    """Key by key: what the body does not name stays. Null clears the person; one with nothing set is no person."""
    if body is UNSET:
        return stored
    if body is None:
        return None
    merged = replace(stored or Person(), **take_person(body, path, problems))
    return merged if merged != Person() else None


def take_person(body: PersonBody, path: str, problems: Problems) -> dict[str, Any]:
    """The person's fields that the body names, checked and normalised."""
    taken = {name: value or "" for name, value in zip(_ATTRIBUTES, astuple(body), strict=False) if value is not UNSET}
    street = take_text(taken.pop("street", UNSET), f"{path}.street", problems, STREET_LIMIT, lines=True)
    together = "".join(taken.values())
    if len(together) > LIMIT or not together.isprintable():  # one look at all of them; each only when it is needed
        for name, value in taken.items():
            take_text(value, f"{path}.{_NAMES[name]}", problems, LIMIT)
    country = taken.get("country_code")
    if country:
        if not is_country(country):
            problems[f"{path}.countryCode"] = "must be a country code of ISO 3166-1, such as 'US'"
        taken["country_code"] = country.upper()
    if body.street is not UNSET:
        taken["street"] = street
    return taken
