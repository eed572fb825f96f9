"""The customers of the demo as the bodies that create them: the same ones every time, from the lists in places."""

import unicodedata
from collections.abc import Iterator

from msgspec import UNSET

from customary.demo.places import COUNTRIES, City, Country
from customary.model.body import ContactBody, CustomerBody, PersonBody, ShippingAddressBody

MAIL_DOMAINS = ("example.com", "example.org", "example.net")
NOTES = (
    "Prefers to be called after 5 pm.",
    "Orders every spring and autumn.\nAsk before sending a substitute.",
    "Met at the fair; wants the printed catalogue.",
)
LANGUAGES = ("en", "de", "fr", "it")


def make_customers(*, wholesale: int, club: int) -> Iterator[CustomerBody]:
    """Every person of every country. ``wholesale`` and ``club`` are ids of groups."""
    index = 0
    for country in COUNTRIES:
        for position, person in enumerate(country.people):
            business = position < len(country.companies)
            group = wholesale if business else club if index % 5 == 4 else 0
            yield _make_customer(country, person, index, business=business, group=group)
            index += 1


def _make_customer(country: Country, person: str, index: int, *, business: bool, group: int) -> CustomerBody:
    name, _, spelling = person.partition("/")
    city = country.cities[index % len(country.cities)]
    email = f"{spelling or _spell(name)}@{MAIL_DOMAINS[index % len(MAIL_DOMAINS)]}"
    company = country.companies[country.people.index(person)] if business else ""
    italian = country.code == "IT"
    return CustomerBody(
        email=email,
        customer_group_id=group,
        billing_person=_make_person(country, city, name, company, index),
        shipping_addresses=tuple(_make_addresses(country, city, name, company, index)),
        contacts=tuple(_make_contacts(country, city, email, index)),
        tax_id=_number(country.tax_id, index) if business else UNSET,
        tax_exempt=True if business and index % 2 else UNSET,
        b2b_b2c="b2b" if business else UNSET,
        fiscal_code=f"DEMODM80A01X0{index:02}Y" if italian else UNSET,
        electronic_invoice_pec_email=f"fatture{index}@pec.example.com" if italian and business else UNSET,
        electronic_invoice_sdi_code=f"DEMO0{index:02}" if italian and business else UNSET,
        accept_marketing=(True, False, UNSET)[index % 3],
        lang=country.language,
        private_admin_notes=NOTES[index // 4 % len(NOTES)] if index % 4 == 0 else UNSET,
    )


def _make_person(country: Country, city: City, name: str, company: str, index: int) -> PersonBody:
    return PersonBody(
        name=name,
        company_name=company or UNSET,
        street=f"{11 + 3 * index} {country.streets[index % len(country.streets)]}",
        city=city.name,
        country_code=country.code,
        postal_code=city.postal_code,
        state_or_province_code=city.state or UNSET,
        phone=_number(city.phone, index) if city.phone else UNSET,
    )


def _make_addresses(country: Country, city: City, name: str, company: str, index: int) -> Iterator[ShippingAddressBody]:
    """None for every sixth customer, a second one for every fourth."""
    if index % 6 == 5:
        return
    home = _make_person(country, city, name, company, index)
    yield _ship_to(home, street=home.street, note="Leave it at the side door" if index % 3 == 0 else "", default=True)
    if index % 4 == 1:
        street = f"{2 + index} {country.streets[(index + 1) % len(country.streets)]}\nSecond floor"
        yield _ship_to(home, street=street, note="Weekdays only", default=False)


def _ship_to(person: PersonBody, *, street: object, note: str, default: bool) -> ShippingAddressBody:
    return ShippingAddressBody(
        name=person.name,
        company_name=person.company_name,
        street=str(street),
        city=person.city,
        country_code=person.country_code,
        postal_code=person.postal_code,
        state_or_province_code=person.state_or_province_code,
        phone=person.phone,
        note=note or UNSET,
        default_address=default,
    )


def _make_contacts(country: Country, city: City, email: str, index: int) -> Iterator[ContactBody]:
    handle = email.partition("@")[0]
    yield ContactBody(type="EMAIL", contact=email, default=True)
    if city.phone:
        yield ContactBody(type="PHONE", contact=_number(city.phone, index), default=True)
    if country.mobile:
        mobile = _number(country.mobile, index)
        yield ContactBody(type="PHONE", contact=mobile, note="Mobile")
        yield ContactBody(type="WHATSAPP", contact=mobile, default=True)
    if index % 3 == 0:
        yield ContactBody(
            type="INSTAGRAM", contact=f"https://social.example.com/{handle}", handle=f"@{handle}", default=True
        )
    if index % 7 == 2:
        yield ContactBody(type="TELEGRAM", contact=f"@{handle.replace('.', '_')}", default=True)
    if index % 8 == 0:
        yield ContactBody(type="URL", contact=f"https://{handle.replace('.', '-')}.example.org", note="Shop window")


def _number(pattern: str, index: int) -> str:
    """Two digits in the place of ``##``: from 10 on, since one of the free ranges starts at 05."""
    return pattern.replace("##", f"{10 + index:02}")


def _spell(name: str) -> str:
    """``Zoë Penhaligon`` → ``zoe.penhaligon``."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return "".join(
        "." if character == " " else character
        for character in plain
        if character.isascii() and (character.isalpha() or character in " -")
    )
