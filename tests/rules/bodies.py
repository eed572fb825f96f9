"""Bodies of update customer for Hypothesis: valid ones for a given customer, and any JSON. No test here."""

from typing import Any

from hypothesis import strategies as st

from customary.model.body import CustomerBody
from customary.model.customer import CONTACT_TYPES, Customer
from tests.rules.updating import CREATED, FACTS, Json, create, update

PERSON_TEXTS = ("name", "companyName", "city", "postalCode", "stateOrProvinceCode", "phone")

line = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12)
some_line = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
lines = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t"), max_size=12)
texts = st.none() | line
notes = st.none() | lines
flags = st.none() | st.booleans()
numbers = st.none() | st.integers(0, 2**31 - 1)
emails = st.sampled_from(
    ["jo@example.com", "JO@Example.com", "ann@example.org", "jo@bücher.example", "x+y@a.b.example"]
)
countries = st.sampled_from([None, "", "US", "us", "it", "XK", "gE"])
kinds = st.sampled_from([None, *CONTACT_TYPES]) | st.sampled_from(["PHONE", "EMAIL"])


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


person = {**dict.fromkeys(PERSON_TEXTS, texts), "street": notes, "countryCode": countries}
address = person | {"note": notes, "defaultAddress": flags, "orderBy": numbers}
contact = {"contact": some_line, "handle": texts, "note": notes, "type": kinds, "default": flags, "orderBy": numbers}
values = st.fixed_dictionaries({"size": texts, "born": st.sampled_from([None, "", "2020-02-29", 0, 1_700_000_000])})
scalars = {
    "name": texts,
    "email": emails,
    "password": texts,
    "customerGroupId": numbers,
    "billingPerson": st.none() | some_of(person),
    "taxId": texts,
    "taxIdValid": flags,
    "taxExempt": flags,
    "b2b_b2c": st.sampled_from([None, "b2b", "b2c"]),
    "fiscalCode": texts,
    "electronicInvoicePecEmail": st.none() | st.just("") | emails,
    "electronicInvoiceSdiCode": texts,
    "acceptMarketing": flags,
    "lang": st.sampled_from([None, "", *FACTS.languages]),
    "privateAdminNotes": notes,
    "extrafields": st.none() | values.map(lambda each: [{"key": key, "value": each[key]} for key in each]),
    "primaryPhone": texts,
}


@st.composite
def elements(draw: st.DrawFn, known: tuple[int, ...], fields: dict[str, st.SearchStrategy[Any]], must: str) -> Json:
    """A list whose elements stand for known ones or are new; a new one has ``must``."""
    ids = draw(st.lists(st.sampled_from(known), unique=True, max_size=3)) if known else []
    listed = [{"id": number, **draw(some_of(fields))} for number in ids]
    required = {must: fields[must]} if must else {}
    optional = {name: field for name, field in fields.items() if name != must}
    new = draw(st.lists(st.fixed_dictionaries(required, optional=optional), max_size=3))
    return draw(st.none() | st.permutations(listed + new))


@st.composite
def valid_bodies(draw: st.DrawFn, customer: Customer) -> Json:
    """What this customer can be updated with."""
    body = draw(some_of(scalars))
    if draw(st.booleans()):
        known = tuple(each.id for each in customer.shipping_addresses)
        body["shippingAddresses"] = draw(elements(known, address, ""))
    if draw(st.booleans()):
        stored = {each.id: each.type for each in customer.contacts}
        listed = draw(elements(tuple(stored), contact, "contact"))
        body["contacts"] = _one_default_a_type(listed, stored)
    return body


def _one_default_a_type(bodies: Json, stored: dict[int, str]) -> Json:
    defaults: set[str] = set()
    for body in bodies or ():
        kind = (body["type"] or "OTHER") if "type" in body else stored.get(body.get("id"), "OTHER")
        if body.get("default"):
            body["default"] = kind not in defaults
            defaults.add(kind)
    return bodies


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    """What valid updates make of a new customer."""
    customer = create({"email": draw(emails)}, now=CREATED)
    for later in range(draw(st.integers(0, 3))):
        customer = update(customer, draw(valid_bodies(customer)), now=CREATED + later)
    return customer


names = st.sampled_from(
    [*CustomerBody.__struct_encode_fields__, *person, "id", "contact", "type", "default", "orderBy", "unknown"]
)
any_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
    | st.sampled_from(["US", "jo@example.com", "PHONE", "x" * 256, "\x7f", 2**31, -1, 10**30]),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(names, below, max_size=6),
    max_leaves=20,
)
any_bodies = st.dictionaries(names, any_json, max_size=8)
