"""The made-up customers of every benchmark: customer `i` is computed from `i` alone, in the words of the contract.

Nothing is random and nothing is read from a file, so every target holds the same people.
"""

from collections.abc import Iterator
from typing import Any

GROUPS = tuple(range(1, 11))
"""Ids of the customer groups that a seeded store has, besides the group 0 that is always there."""

MARK = "################"
"""Stands for sixteen digits that the load generator counts up from request to request."""

SEED_MARK = "0" * len(MARK)

Json = dict[str, Any]

_FIRST_NAMES = (
    "Ada", "Ben", "Chloé", "Dmitri", "Elif", "Farid", "Grete", "Hana", "Ivo", "Jorge", "Katya", "Łukasz", "Mina",
    "Noor", "Olga", "Pia", "Quim", "Rasa", "Søren", "Tove", "Uma", "Vito", "Wanda", "Xenia", "Yusuf", "Zoë",
)  # fmt: skip
_SYLLABLES = (
    "ba", "den", "fi", "gor", "hal", "ki", "lun", "mar", "nes", "pol", "ros", "sten", "ta", "vik", "wen", "zar",
    "ot", "ul",
)  # fmt: skip
_PLACES = (
    ("US", "NY", "New York", "10001"), ("US", "CA", "San Diego", "92101"), ("US", "TX", "Austin", "73301"),
    ("CA", "ON", "Toronto", "M5H 2N2"), ("DE", "BE", "Berlin", "10115"), ("IT", "MI", "Milano", "20121"),
    ("ES", "M", "Madrid", "28001"), ("PL", "14", "Warszawa", "00-001"),
)  # fmt: skip
_STREETS = ("Harbour Road", "Mill Lane", "Station Street", "Lindenallee", "Via Roma", "Calle Mayor", "Long Acre")


def scatter(i: int, salt: int) -> int:
    """A number that looks unrelated to `i`, the same on every machine."""
    mixed = (i * 2_654_435_761 + salt * 40_503 + 12_345) & 0xFFFF_FFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2_246_822_519) & 0xFFFF_FFFF
    return mixed ^ (mixed >> 13)


def last_name(i: int) -> str:
    """One of 5,832 last names."""
    number = scatter(i, 1)
    size = len(_SYLLABLES)
    parts = (_SYLLABLES[number % size], _SYLLABLES[number // size % size], _SYLLABLES[number // size**2 % size])
    return "".join(parts).capitalize()


def name(i: int) -> str:
    return f"{_FIRST_NAMES[scatter(i, 2) % len(_FIRST_NAMES)]} {last_name(i)}"


def email(i: int) -> str:
    return f"customer{i}@shop{scatter(i, 3) % 500}.example"


def phone(i: int) -> str:
    return f"+1555{i:08d}"


def group(i: int) -> int:
    return GROUPS[scatter(i, 4) % len(GROUPS)]


def customer(i: int, mark: str = MARK) -> Json:
    """The full body of customer `i`; `mark` goes into the notes and the streets, which no index covers."""
    changed = person(i, mark)
    return {
        "email": email(i),
        "customerGroupId": group(i),
        "billingPerson": changed,
        "shippingAddresses": addresses(i, changed),
        "contacts": contacts(i),
        "taxId": f"TX{scatter(i, 5) % 10**9:09d}",
        "taxIdValid": True,
        "taxExempt": i % 10 == 0,
        "b2b_b2c": "b2b" if i % 5 == 0 else "b2c",
        "fiscalCode": "",
        "electronicInvoicePecEmail": "",
        "electronicInvoiceSdiCode": "",
        "acceptMarketing": i % 3 != 0,
        "lang": "en",
        "privateAdminNotes": f"Change {mark}: prefers deliveries before noon, ring twice, invoice by e-mail.",
    }


def newcomer(i: int) -> Json:
    """A body for a customer who is in no seeded store; the e-mail address is new with every mark."""
    body = customer(i)
    body["email"] = f"new{MARK}@shop{scatter(i, 3) % 500}.example"
    body["contacts"][0]["contact"] = body["email"]
    return body


def person(i: int, mark: str) -> Json:
    country, state, city, postal_code = _PLACES[scatter(i, 6) % len(_PLACES)]
    street = _STREETS[scatter(i, 7) % len(_STREETS)]
    return {
        "name": name(i),
        "companyName": f"{last_name(i + 1)} Trading {i % 1000}" if i % 5 == 0 else "",
        "street": f"{i % 900 + 1} {street}\nDoor {mark}",
        "city": city,
        "countryCode": country,
        "postalCode": postal_code,
        "stateOrProvinceCode": state,
        "phone": phone(i),
    }


def addresses(i: int, billing: Json) -> list[Json]:
    """One address for two customers of three, two for the third."""
    first = {**billing, "note": "", "defaultAddress": True, "orderBy": 0}
    if i % 3:
        return [first]
    return [first, {**billing, "companyName": "Parcel shop", "note": "Weekends", "defaultAddress": False, "orderBy": 1}]


def contacts(i: int) -> list[Json]:
    return [
        {"contact": email(i), "type": "EMAIL", "default": True, "orderBy": 0},
        {"contact": phone(i), "type": "PHONE", "note": "mornings", "default": True, "orderBy": 0},
    ]


def everyone(count: int) -> Iterator[tuple[int, Json]]:
    """The seeded store: ids from 1 to `count`, each with the body as it stands before any load."""
    return ((i, customer(i, SEED_MARK)) for i in range(1, count + 1))


def seeded_second(i: int, count: int) -> int:
    """When customer `i` of `count` was registered and last updated, in UNIX seconds: one a minute, all of them past."""
    return 1_767_225_600 - (count - i) * 60
