"""What of a customer tells who it is: the texts by which traces of it are found. And the erasure as it goes out."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from customary.model.customer import Customer, Person, ShippingAddress
from customary.model.erasure import Erasure
from customary.model.order import Order
from customary.model.store import Token
from customary.rules.dates import format_date
from customary.rules.history import TokenAnswer

SHORTEST_TRACE = 4
"""Characters; what is shorter tells nobody, and is found everywhere."""


class ErasureAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``purged`` is absent while traces may be left in the files of the storage."""

    id: int
    erased: str
    seq: int
    token: TokenAnswer | None = None
    request_id: str
    purged: str = ""


def answer_erasure(erasure: Erasure, tokens: Mapping[int, Token]) -> ErasureAnswer:
    """``tokens`` are the store's, by id."""
    token = tokens.get(erasure.token_id)
    return ErasureAnswer(
        id=erasure.customer_id,
        erased=format_date(erasure.at),
        seq=erasure.seq,
        token=TokenAnswer(id=token.id, label=token.label) if token else None,
        request_id=erasure.request_id,
        purged="" if erasure.purged is None else format_date(erasure.purged),
    )


def traces_of_customer(customer: Customer) -> Iterator[str]:
    """Not what many have in common, such as a city or a country."""
    found = [customer.email, customer.tax_id, customer.fiscal_code, customer.electronic_invoice_pec_email]
    found += [customer.private_admin_notes, customer.external_reference_id]
    people = (customer.billing_person,) if customer.billing_person else ()
    for person in (*people, *customer.shipping_addresses):
        found += _texts_of_person(person)
    for contact in customer.contacts:
        found += [contact.contact, contact.handle, contact.note]
    found += [value.value for value in customer.extrafields]
    return _long_enough(found)


def traces_of_order(order: Order) -> Iterator[str]:
    """Those of the one who ordered."""
    return _long_enough([order.email, *(_texts_of_person(order.billing_person) if order.billing_person else ())])


def _texts_of_person(person: Person) -> Iterator[str]:
    yield from (person.name, person.company_name, person.street, person.phone)
    yield from person.street.split("\n")
    if isinstance(person, ShippingAddress):
        yield person.note


def _long_enough(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if len(text) >= SHORTEST_TRACE)
