"""What holds for every customer and every body of update customer."""

import json
from collections.abc import Mapping

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import json as wire
from msgspec import to_builtins
from msgspec.structs import asdict, replace

from customary.errors import InvalidBody, LanguagesNotAllowed, RequestError
from customary.model.body import CustomerBody
from customary.model.customer import Customer
from customary.rules.answers import answer_customer
from customary.rules.body import decode_fitting
from customary.rules.customer_update import StoreFacts, new_customer, update_customer
from customary.rules.problems import Problems
from tests.rules.bodies import any_bodies, any_json, customers, valid_bodies
from tests.rules.updating import FACTS, FIELDS, NOW, CountedIds, Json, update

DECODER = wire.Decoder(CustomerBody)
PERSON = {
    "name": "",
    "companyName": "",
    "street": "",
    "city": "",
    "countryCode": "",
    "postalCode": "",
    "stateOrProvinceCode": "",
    "phone": "",
}
UNTOUCHED: Mapping[str, Json] = {
    "customerGroupId": 0,
    "taxId": "",
    "taxIdValid": True,
    "taxExempt": False,
    "b2b_b2c": "b2c",
    "fiscalCode": "",
    "electronicInvoicePecEmail": "",
    "electronicInvoiceSdiCode": "",
    "acceptMarketing": None,
    "lang": "",
    "privateAdminNotes": "",
}
ATTRIBUTES = dict(zip(Customer.__struct_encode_fields__, Customer.__struct_fields__, strict=True))
TOUCHES = {
    "name": {"billing_person"},
    "password": {"password_hash"},
    "email": {"email", "contacts"},
    "primaryPhone": {"contacts"},
}
within_seconds = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def updates(draw: st.DrawFn) -> tuple[Customer, Json]:
    customer = draw(customers())
    return customer, draw(valid_bodies(customer))


def read(customer: Customer) -> Json:
    """As a client reads it."""
    return to_builtins(answer_customer(customer, {customer.customer_group_id: "Some"}, FIELDS))


@within_seconds
@given(updates())
def test_absent_keys_are_kept(given_update: tuple[Customer, Json]) -> None:
    before, body = given_update
    touched = {"updated"}.union(*(TOUCHES.get(key) or {ATTRIBUTES[key]} for key in body))
    after = asdict(update(before, body))
    assert {name for name, value in asdict(before).items() if after[name] != value} <= touched


@within_seconds
@given(updates())
def test_what_is_sent_reads_back(given_update: tuple[Customer, Json]) -> None:
    before, body = given_update
    answer = read(update(before, body))
    for key, untouched in UNTOUCHED.items():
        if key in body:
            assert answer.get(key, untouched) == (untouched if body[key] is None else body[key])
    if "email" in body:
        assert answer["email"] == body["email"]
    person = sent_person(body)
    assert part(answer.get("billingPerson", {}), person, PERSON) == part(person, person, PERSON)
    if "billingPerson" in body and body["billingPerson"] is None and "name" not in body:
        assert "billingPerson" not in answer
    if "shippingAddresses" in body:
        check_addresses(answer["shippingAddresses"], body["shippingAddresses"] or [])
    if "extrafields" in body:
        sent = {each["key"] for each in body["extrafields"] or () if each["value"] not in (None, "")}
        assert {each["key"] for each in answer.get("extrafields", ())} == sent
    if "contacts" in body and "primaryPhone" not in body:
        check_contacts(answer["contacts"], body["contacts"] or [])


def sent_person(body: Json) -> Json:
    alias = {"name": body["name"]} if "name" in body else {}
    return alias | (body.get("billingPerson") or {})


def part(read: Json, sent: Json, untouched: Json) -> Json:
    """Of the keys that were sent, with what stands for absent and null; country codes in capitals."""
    values = {key: read.get(key) or untouched[key] for key in sent if key in untouched}
    return values | ({"countryCode": values["countryCode"].upper()} if "countryCode" in values else {})


def check_addresses(answered: Json, sent: Json) -> None:
    untouched = PERSON | {"note": ""}
    marked = [index for index, body in enumerate(sent) if body.get("defaultAddress")]
    assert len(answered) == len(sent)
    for index, (address, body) in enumerate(zip(answered, sent, strict=True)):
        assert part(address, untouched, untouched) == part(body, untouched, untouched)
        assert address["orderBy"] == (index if body.get("orderBy") is None else body["orderBy"])
        assert address["defaultAddress"] == (index == (marked[0] if marked else 0))
        assert address["id"] == body.get("id", address["id"])


def check_contacts(answered: Json, sent: Json) -> None:
    untouched = {"handle": "", "note": "", "default": False}
    assert len(answered) == len(sent)
    for index, (contact, body) in enumerate(zip(answered, sent, strict=True)):
        position = sum(other["type"] == contact["type"] for other in answered[:index])
        assert part(contact, untouched, untouched) == part(body, untouched, untouched)
        assert contact["contact"] == body.get("contact", contact["contact"])
        assert contact["type"] == (body.get("type", contact["type"]) or "OTHER")
        assert contact["orderBy"] == (position if body.get("orderBy") is None else body["orderBy"])
        assert contact["id"] == body.get("id", contact["id"])


@within_seconds
@given(updates())
def test_a_second_time_changes_nothing_but_updated(given_update: tuple[Customer, Json]) -> None:
    before, body = given_update
    assume(not body.get("contacts") or body.get("primaryPhone", "1"))  # else one that is listed may go at once
    once = update(before, body)
    twice = update(once, body, now=NOW + 60)
    assert twice.updated == NOW + 60
    assert nameless(twice, body) == nameless(once, body)


def nameless(customer: Customer, body: Json) -> Customer:
    """Without ``updated``, and without the numbers and times of list elements that the body gives no id."""
    known = {each.get("id") for key in ("shippingAddresses", "contacts") for each in body.get(key) or ()}
    addresses, contacts = customer.shipping_addresses, customer.contacts
    if "shippingAddresses" in body:
        addresses = tuple(each if each.id in known else replace(each, id=0, created_date=0) for each in addresses)
    if "contacts" in body:
        contacts = tuple(each if each.id in known else replace(each, id=0, timestamp=0) for each in contacts)
    return replace(customer, updated=0, shipping_addresses=addresses, contacts=contacts)


@within_seconds
@given(customers())
def test_what_was_read_can_be_sent_back(customer: Customer) -> None:
    """The way of most clients: read, change one thing, send all of it."""
    sent_back = read(customer)
    assert update(customer, sent_back) == replace(customer, updated=NOW)
    assert update(customer, sent_back | {"taxId": "new"}) == replace(customer, updated=NOW, tax_id="new")


@within_seconds
@given(updates())
def test_invariants(given_update: tuple[Customer, Json]) -> None:
    before, body = given_update
    after = update(before, body)
    assert after.updated >= before.updated
    assert (after.id, after.registered, after.version) == (before.id, before.registered, before.version)
    assert sum(address.default_address for address in after.shipping_addresses) == bool(after.shipping_addresses)
    defaults = [contact.type for contact in after.contacts if contact.default]
    assert len(defaults) == len(set(defaults))
    for elements in (after.shipping_addresses, after.contacts):
        assert len({element.id for element in elements}) == len(elements)
    assert after.billing_person is None or any(asdict(after.billing_person).values())


@within_seconds
@given(updates(), st.integers(-10, 10))
def test_updated_never_goes_back(given_update: tuple[Customer, Json], seconds: int) -> None:
    before, body = given_update
    after = update(before, body, now=before.updated + seconds)
    assert after.updated == before.updated + max(seconds, 0)


@st.composite
def spoiled_bodies(draw: st.DrawFn) -> Json:
    """A valid body in which one value or several were replaced by anything."""
    body = draw(valid_bodies(draw(customers())))
    for _ in range(draw(st.integers(1, 3))):
        place = body
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or draw(st.booleans()):
                place[key] = draw(any_json)
                break
            place = place[key]
    return body


def refusal_of(
    rule: Json, first: Json, body: CustomerBody, facts: StoreFacts, problems: Problems
) -> RequestError | None:
    try:
        rule(first, body, facts, CountedIds(), NOW, problems=problems)
    except (InvalidBody, LanguagesNotAllowed) as error:
        return error
    return None


@within_seconds
@given(customers(), spoiled_bodies() | any_bodies, st.booleans())
def test_a_body_is_taken_or_refused_with_all_that_was_found(customer: Customer, body: Json, group_exists: bool) -> None:
    facts = StoreFacts(languages=FACTS.languages, group_exists=group_exists)
    decoded, found = decode_fitting(json.dumps(body).encode(), DECODER, "Customer")
    for rule, first in ((new_customer, 3), (update_customer, customer)):
        error = refusal_of(rule, first, decoded, facts, found)
        if isinstance(error, InvalidBody):
            assert error.problems.items() >= found.items()
        else:
            assert found == {}


def test_a_contact_that_ends_as_it_was_keeps_its_timestamp() -> None:
    """The list changes the default phone and ``primaryPhone`` changes it back."""
    before = update(Customer(id=3, email="jo@example.com", registered=NOW, updated=NOW), {"primaryPhone": "00"})
    contact = {"id": before.contacts[0].id, "contact": "11", "type": "PHONE", "default": True}
    body = {"contacts": [contact], "primaryPhone": "00"}
    assert update(before, body, now=NOW + 60).contacts == before.contacts
