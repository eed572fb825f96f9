"""The billing person: how a body's person becomes a stored one. Shipping addresses are checked here too."""

from msgspec import UNSET, UnsetType

from customary.model.body import PersonBody
from customary.model.customer import Person
from customary.rules.countries import is_country
from customary.rules.problems import LONGEST_TEXT, Problems, take_text

STREET_LIMIT = 1000
NOBODY = Person()

_OTHER_CHECKS = {"street", "country_code"}
_TEXTS = tuple(
    (attribute, name)
    for attribute, name in zip(PersonBody.__struct_fields__, PersonBody.__struct_encode_fields__, strict=True)
    if attribute not in _OTHER_CHECKS
)


def merge_billing_person(
    stored: Person | None, body: PersonBody | None | UnsetType, path: str, problems: Problems
) -> Person | None:
    """Key by key: what the body does not name stays. Null clears the person; one with nothing set is no person."""
    if body is UNSET:
        return stored
    if body is None:
        return None
    check_person(body, path, problems)
    before = stored or NOBODY
    merged = Person(
        name=before.name if body.name is UNSET else body.name or "",
        company_name=before.company_name if body.company_name is UNSET else body.company_name or "",
        street=before.street if body.street is UNSET else body.street or "",
        city=before.city if body.city is UNSET else body.city or "",
        country_code=before.country_code if body.country_code is UNSET else capitals(body.country_code),
        postal_code=before.postal_code if body.postal_code is UNSET else body.postal_code or "",
        state_or_province_code=before.state_or_province_code
        if body.state_or_province_code is UNSET
        else body.state_or_province_code or "",
        phone=before.phone if body.phone is UNSET else body.phone or "",
    )
    return merged if merged != NOBODY else None


def capitals(country_code: str | None | UnsetType) -> str:
    return country_code.upper() if country_code else ""


def check_person(body: PersonBody, path: str, problems: Problems) -> None:
    """One look at all the texts together; at each of them only when there is something to see."""
    together = "".join(
        (
            body.name or "",
            body.company_name or "",
            body.city or "",
            body.postal_code or "",
            body.state_or_province_code or "",
            body.phone or "",
        )
    )
    if len(together) > LONGEST_TEXT or not together.isprintable():
        for attribute, name in _TEXTS:
            take_text(getattr(body, attribute), f"{path}.{name}", problems)
    take_text(body.street, f"{path}.street", problems, STREET_LIMIT, lines=True)
    if body.country_code and not is_country(body.country_code):
        problems.setdefault(f"{path}.countryCode", "must be a country code of ISO 3166-1, such as 'US'")
