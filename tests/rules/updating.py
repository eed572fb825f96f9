"""A customer and its updates without a server: bodies are written as clients send them. No test here."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import convert

from customary.errors import InvalidBody
from customary.model.body import ContactBody, CustomerBody
from customary.model.customer import Contact, Customer, Person, ShippingAddress
from customary.model.extrafield import Extrafield
from customary.rules.customer_update import StoreFacts, new_customer, update_customer

Json = Any
CREATED, NOW = 1_700_000_000, 1_700_003_600
FIELDS = (
    Extrafield(id=1, key="size", title="Size", created=CREATED, modified=CREATED),
    Extrafield(id=2, key="born", title="Born", type="DATETIME", created=CREATED, modified=CREATED),
)
FACTS = StoreFacts(languages=("en", "it", "pt_BR"), extrafield_types={each.key: each.type for each in FIELDS})

EMAIL = "must be an e-mail address"
COUNTRY = "must be a country code of ISO 3166-1, such as 'US'"
CONTROL = "must not contain control characters"
NUMBER = "must be from 0 to 2147483647"
NO_ID = "is not an id of this customer"


def too_long(limit: int) -> str:
    return f"must be at most {limit} characters long"


class CountedIds:
    """Addresses from 1001, contacts from 2001, beyond those that the customer has."""

    def __init__(self, customer: Customer | None = None) -> None:
        self.address_id = max((1000, *(address.id for address in customer.shipping_addresses))) if customer else 1000
        self.contact_id = max((2000, *(contact.id for contact in customer.contacts))) if customer else 2000

    def new_address_id(self) -> int:
        self.address_id += 1
        return self.address_id

    def new_contact_id(self) -> int:
        self.contact_id += 1
        return self.contact_id


HOME = ShippingAddress(
    id=11,
    name="Jo Doe",
    company_name="Home Office",
    street="2 Oak Lane\nBack door",
    city="Lyon",
    country_code="FR",
    postal_code="69001",
    state_or_province_code="69",
    phone="+33 4 72",
    note="Ring\ttwice",
    default_address=True,
    order_by=0,
    created_date=CREATED,
)
WORK = ShippingAddress(id=12, city="Turin", country_code="IT", order_by=1, created_date=CREATED)
MAIL = Contact(id=21, contact="jo@example.com", type="EMAIL", default=True, timestamp=CREATED)
PHONE = Contact(id=22, contact="+1 217", handle="jo", note="after\nfive", type="PHONE", default=True, timestamp=CREATED)
MOBILE = Contact(id=23, contact="+1 555", type="PHONE", order_by=1, timestamp=CREATED)

BILLING = Person(
    name="Jo Ann Doe",
    company_name="Doe & Daughters",
    street="1 Main Street\nSecond floor",
    city="Springfield",
    country_code="US",
    postal_code="62701",
    state_or_province_code="IL",
    phone="+1 217 555 0100",
)
FULL = Customer(
    id=1,
    version=7,
    email="jo@example.com",
    password_hash="$argon2id$old",
    registered=CREATED,
    updated=CREATED,
    customer_group_id=5,
    billing_person=BILLING,
    shipping_addresses=(HOME, WORK),
    contacts=(MAIL, PHONE, MOBILE),
    tax_id="GB 123",
    tax_id_valid=False,
    tax_exempt=True,
    b2b_b2c="b2b",
    fiscal_code="RSSMRA80A01H501U",
    electronic_invoice_pec_email="jo@pec.example.com",
    electronic_invoice_sdi_code="ABC1234",
    accept_marketing=True,
    lang="it",
    private_admin_notes="Pays late",
    external_reference_id="x-1",
)
PLAIN = Customer(id=2, email="jo@example.com", registered=CREATED, updated=CREATED)


def customer_body(body: Json) -> CustomerBody:
    return convert(body, CustomerBody)


def contact_body(body: Json) -> ContactBody:
    return convert(body, ContactBody)


def update(
    customer: Customer, body: Json, *, now: int = NOW, facts: StoreFacts = FACTS, password_hash: str = ""
) -> Customer:
    return update_customer(customer, customer_body(body), facts, CountedIds(customer), now, password_hash)


def create(body: Json, *, now: int = NOW, facts: StoreFacts = FACTS, password_hash: str = "") -> Customer:
    return new_customer(3, customer_body(body), facts, CountedIds(), now, password_hash)


def problems_of(call: Callable[[], object]) -> Mapping[str, str]:
    """What the call is refused for; nothing when it is not."""
    try:
        call()
    except InvalidBody as error:
        return error.problems
    return {}
