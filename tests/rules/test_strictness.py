"""Keys that nobody knows, by path."""

from typing import Any

import pytest
from msgspec import json

from customary.model.body import ContactBody, CustomerBody, ExtrafieldBody, GroupBody, OrderBody, ProfileBody
from customary.model.mass_update import MassUpdateBody
from customary.rules.strictness import UNKNOWN, unknown_keys
from tests.api.people import FULL
from tests.api.scenarios import Named

ROWS: list[tuple[type, Any, list[str]]] = [
    (CustomerBody, {}, []),
    (CustomerBody, {name: 1 if isinstance(value, Named) else value for name, value in FULL.items()}, []),
    (CustomerBody, {"phone": "1"}, ["phone"]),
    (CustomerBody, {"Email": "a", "email": "a"}, ["Email"]),
    (CustomerBody, {"billingPerson": {"phone": "1", "mobile": "2"}}, ["billingPerson.mobile"]),
    (
        CustomerBody,
        {"contacts": [{"contact": "1"}, {"kontact": "1", "type": "URL"}], "shippingAddresses": [{"zip": "1"}]},
        ["contacts[1].kontact", "shippingAddresses[0].zip"],
    ),
    (CustomerBody, {"extrafields": [{"key": "a", "value": "b", "name": "c"}]}, ["extrafields[0].name"]),
    # what an answer has is known, and nobody looks into what is ignored
    (
        CustomerBody,
        {"id": 1, "registered": "x", "stats": {"foo": 1}, "totalOrderCount": 1, "favorites": [{"a": 1}]},
        [],
    ),
    (CustomerBody, {"billingPerson": {"firstName": "Jo", "countryName": "Italy", "id": 1}}, ["billingPerson.id"]),
    (CustomerBody, {"shippingAddresses": [{"createdDate": "x", "addressFormatted": "y"}]}, []),
    (CustomerBody, {"contacts": None, "billingPerson": None}, []),
    (CustomerBody, {"contacts": {"a": 1}, "billingPerson": [{"a": 1}], "email": {"a": 1}}, []),
    (ContactBody, {"contact": "1", "timestamp": "x", "colour": "red"}, ["colour"]),
    (GroupBody, {"id": 1, "name": "A", "title": "B"}, ["title"]),
    (ExtrafieldBody, {"title": "A", "entityTypes": [], "text": "B"}, ["text"]),
    (OrderBody, {"items": [{"productId": 1, "weight": 2}], "orderNumber": 7}, ["items[0].weight"]),
    (ProfileBody, {"settings": {"storeName": "A", "closed": True}}, ["settings.closed"]),
    (MassUpdateBody, {"mode": "ALL", "customer": {"lang": "it"}, "id": 1}, ["customer.lang", "id"]),
    (CustomerBody, {"x" * 1000: 1}, ["x" * 100]),
]


@pytest.mark.parametrize(("kind", "body", "paths"), ROWS, ids=range(len(ROWS)))
def test_what_nobody_knows(kind: type, body: Any, paths: list[str]) -> None:
    assert unknown_keys(json.encode(body), kind, "Body") == {f"Body.{path}": UNKNOWN for path in paths}


def test_no_more_than_a_thousand_are_told() -> None:
    body = {f"key{number}": 1 for number in range(5000)}
    assert len(unknown_keys(json.encode(body), CustomerBody, "Body")) == 1000
