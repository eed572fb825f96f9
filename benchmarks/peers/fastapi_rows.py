"""The population as rows of the FastAPI peers' tables, for either database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks import population

PERSON = {
    "name": "name",
    "companyName": "company_name",
    "street": "street",
    "city": "city",
    "countryCode": "country_code",
    "postalCode": "postal_code",
    "stateOrProvinceCode": "state_or_province_code",
    "phone": "phone",
}
CUSTOMER = {
    "email": "email",
    "customerGroupId": "customer_group_id",
    "taxId": "tax_id",
    "taxIdValid": "tax_id_valid",
    "taxExempt": "tax_exempt",
    "b2b_b2c": "b2b_b2c",
    "fiscalCode": "fiscal_code",
    "electronicInvoicePecEmail": "electronic_invoice_pec_email",
    "electronicInvoiceSdiCode": "electronic_invoice_sdi_code",
    "acceptMarketing": "accept_marketing",
    "lang": "lang",
    "privateAdminNotes": "private_admin_notes",
}
ADDRESS = {**PERSON, "note": "note", "defaultAddress": "default_address", "orderBy": "order_by"}
CONTACT = {"contact": "contact", "type": "type", "note": "note", "default": "default", "orderBy": "order_by"}
COLUMNS = {
    "customer": (*CUSTOMER.values(), *PERSON.values(), "id", "email_key", "registered", "updated"),
    "address": (*ADDRESS.values(), "customer_id"),
    "contact": (*CONTACT.values(), "handle", "customer_id"),
}
CHUNK = 10_000

Rows = dict[str, list[list[Any]]]
"""Table → rows, in the order in which tables refer to each other."""


def row_chunks(count: int) -> Iterator[Rows]:
    """The rows of `population.everyone(count)`, 10,000 customers at a time."""
    chunk: Rows = {table: [] for table in COLUMNS}
    for i, body in population.everyone(count):
        moment = datetime.fromtimestamp(population.seeded_second(i, count), UTC).replace(tzinfo=None)
        person = body["billingPerson"]
        customer = [body[key] for key in CUSTOMER] + [person[key] for key in PERSON]
        chunk["customer"].append([*customer, i, body["email"].casefold(), moment, moment])
        chunk["address"] += ([address[key] for key in ADDRESS] + [i] for address in body["shippingAddresses"])
        chunk["contact"] += ([contact.get(key, "") for key in CONTACT] + ["", i] for contact in body["contacts"])
        if i % CHUNK == 0 or i == count:
            yield chunk
            chunk = {table: [] for table in COLUMNS}
