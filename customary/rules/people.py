"""The billing person: how a body's person becomes a stored one. Shipping addresses build on it."""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from customary.model.body import PersonBody
from customary.model.customer import Person
from customary.rules.countries import is_country
from customary.rules.problems import Problems, take_text

STREET_LIMIT = 1000

# attribute, name on the wire
PERSON_FIELDS = (
    ("name", "name"),
    ("company_name", "companyName"),
    ("street", "street"),
    ("city", "city"),
    ("country_code", "countryCode"),
    ("postal_code", "postalCode"),
    ("state_or_province_code", "stateOrProvinceCode"),
    ("phone", "phone"),
)


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
    taken: dict[str, Any] = {}
    for attribute, name in PERSON_FIELDS:
        value = getattr(body, attribute)
        if value is UNSET:
            continue
        if attribute == "street":
            taken[attribute] = take_text(value, f"{path}.{name}", problems, STREET_LIMIT, lines=True)
        elif attribute == "country_code":
            taken[attribute] = _take_country(value, f"{path}.{name}", problems)
        else:
            taken[attribute] = take_text(value, f"{path}.{name}", problems)
    return taken


def _take_country(value: str | None, path: str, problems: Problems) -> str:
    if not value:
        return ""
    if not is_country(value):
        problems[path] = "must be a country code of ISO 3166-1, such as 'US'"
    return value.upper()
