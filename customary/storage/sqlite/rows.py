"""Rows ↔ structs: which columns a customer, a store, a token and a change become, and back."""

from typing import Any

from msgspec import json

from customary.model.change import Change
from customary.model.customer import Customer, Person, Stats
from customary.model.extrafield import Extrafield
from customary.model.keys import email_key, search_key
from customary.model.store import Group, Store, Token

Row = tuple[Any, ...]

LARGEST_ID = 2**31 - 1

_encoder = json.Encoder()
_decoder = json.Decoder(Customer)


def customer_key(store_id: int, customer_id: int) -> int:
    """Ids of stores and customers fit 31 bits, so the key fits a signed 64-bit integer; a store's rows lie together.

    Of a number that is no such id the key is 0, which no row has: it must never become the key of another store's row.
    """
    return (store_id << 32) + customer_id if 0 <= customer_id <= LARGEST_ID else 0


def is_id(number: int) -> bool:
    """Whether it can be the id of something in a store at all."""
    return 0 < number <= LARGEST_ID


def customer_id(key: int) -> int:
    """The half of a key that is the customer's."""
    return key & 0xFFFF_FFFF


def encode_customer(customer: Customer) -> str:
    return _encoder.encode(customer).decode()


decode_customer = _decoder.decode
decode_customers = json.Decoder(tuple[Customer, ...]).decode


def encode_state(state: Group | Store | Extrafield) -> str:
    """The ``before`` of a change to something other than a customer."""
    return _encoder.encode(state).decode()


def key_columns(customer: Customer) -> Row:
    """The columns that indexes are on: email_key, name_key, customer_group_id."""
    name = customer.billing_person.name if customer.billing_person else ""
    return email_key(customer.email), search_key(name), customer.customer_group_id


def text_columns(customer: Customer) -> Row:
    """What text filters look into: e-mail, phones, cities, postal codes, companies, and the codes for invoices.

    Those of places are of all saved addresses and of billing, a line each.
    """
    phones: list[str] = []
    cities: list[str] = []
    postal_codes: list[str] = []
    companies: list[str] = []
    for person in _people(customer):
        phones.append(person.phone)
        cities.append(person.city)
        postal_codes.append(person.postal_code)
        companies.append(person.company_name)
    phones += [contact.contact for contact in customer.contacts if contact.type == "PHONE"]
    return (
        search_key(customer.email),
        _lines(phones),
        _lines(cities),
        _lines(postal_codes),
        _lines(companies),
        search_key(customer.fiscal_code),
        search_key(customer.electronic_invoice_pec_email),
        search_key(customer.electronic_invoice_sdi_code),
    )


def sources(customer: Customer) -> Row:
    """All that columns beside the document are made from: where it stays, they stay. Costs a fifth of making them."""
    person = customer.billing_person
    return (
        customer.email,
        person.name if person else "",
        customer.customer_group_id,
        customer.fiscal_code,
        customer.electronic_invoice_pec_email,
        customer.electronic_invoice_sdi_code,
        customer.lang,
        customer.accept_marketing,
        customer.tax_exempt,
        customer.b2b_b2c,
        [contact.contact for contact in customer.contacts if contact.type == "PHONE"],
        [
            (each.city, each.postal_code, each.company_name, each.phone, each.state_or_province_code, each.country_code)
            for each in _people(customer)
        ],
    )


def plain_columns(customer: Customer) -> Row:
    """The columns that every update writes, the document last."""
    people = _people(customer)
    return (
        customer.version,
        customer.updated,
        customer.lang,
        customer.accept_marketing,
        customer.tax_exempt,
        customer.b2b_b2c,
        _lines([person.state_or_province_code for person in people]),
        "\n" + "\n".join({person.country_code: None for person in people}) + "\n",
        encode_customer(customer),
    )


def _people(customer: Customer) -> tuple[Person, ...]:
    """All saved addresses and billing."""
    person = customer.billing_person
    return (*customer.shipping_addresses, person) if person else customer.shipping_addresses


def figure_columns(stats: Stats | None) -> Row:
    """The columns that orders write: count, sales, first and last date."""
    if stats is None:
        return 0, 0.0, None, None
    return stats.number_of_orders, float(stats.sales_value), stats.first_order_date, stats.last_order_date


def _lines(texts: list[str]) -> str:
    return search_key("\n".join(dict.fromkeys(texts)))


def store_from_row(row: Row) -> Store:
    store_id, name, url, timezone, languages, default_language, suspended, created = row
    return Store(
        id=store_id,
        name=name,
        url=url,
        timezone=timezone,
        languages=tuple(json.decode(languages)),
        default_language=default_language,
        suspended=bool(suspended),
        created=created,
    )


def token_from_row(row: Row) -> Token:
    token_id, store_id, digest, public, label, scopes, created, revoked = row
    return Token(
        id=token_id,
        store_id=store_id,
        digest=digest,
        public=bool(public),
        label=label,
        scopes=frozenset(json.decode(scopes)),
        created=created,
        revoked=revoked,
    )


def encode_list(texts: tuple[str, ...] | list[str]) -> str:
    return _encoder.encode(texts).decode()


def group_from_row(row: Row) -> Group:
    group_id, name, external_reference_id = row
    return Group(id=group_id, name=name, external_reference_id=external_reference_id)


def extrafield_from_row(row: Row) -> Extrafield:
    number, key, title, kind, shown, created, modified = row
    return Extrafield(
        id=number,
        key=key,
        title=title,
        type=kind,
        shown_on_order_details=bool(shown),
        created=created,
        modified=modified,
    )


def change_from_row(row: Row) -> Change:
    seq, entity, entity_id, kind, at, token_id, request_id, previous, before = row
    return Change(
        seq=seq,
        entity=entity,
        entity_id=entity_id,
        kind=kind,
        at=at,
        token_id=token_id,
        request_id=request_id,
        previous=previous,
        before=before.encode() if before is not None else None,
    )
