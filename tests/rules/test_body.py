"""Bytes to structs, and every problem of their types by path."""

import json
from contextlib import suppress
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.errors import InvalidBody, RequestError, WrongJson
from customary.model.body import ContactBody, CustomerBody, LanguagesBody, PersonBody, ProfileBody
from customary.rules.body import MOST_PROBLEMS, decode_body, decode_fitting

OUT_OF_RANGE = "must be from -9223372036854775808 to 9223372036854775807"
CUSTOMER = msgspec.json.Decoder(CustomerBody)


class Request(msgspec.Struct):
    path: str
    method: Literal["GET", "PUT"] = "GET"
    amount: float = 0
    at: int | str | None = None
    body: msgspec.Raw = msgspec.Raw(b"")


REQUESTS = msgspec.json.Decoder(list[Request])


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"{}", CustomerBody()),
        (b'{"id": 5, "unknown": [1e400, null]}', CustomerBody()),
        (b'{"email": null}', CustomerBody(email=None)),
        (b'{"billingPerson": {"phone": "1"}}', CustomerBody(billing_person=PersonBody(phone="1"))),
        (b'{"contacts": [{"type": "URL"}]}', CustomerBody(contacts=(ContactBody(type="URL"),))),
        (b'{"name": "a", "name": "b"}', CustomerBody(name="b")),
        (b'{"name": 1, "name": "b"}', CustomerBody(name="b")),
        (b'{"contacts": {}, "contacts": [{"id": "1", "id": 1}]}', CustomerBody(contacts=(ContactBody(id=1),))),
    ],
)
def test_decodes(raw: bytes, body: CustomerBody) -> None:
    assert decode_body(raw, CUSTOMER, "Customer") == body


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "unexpected end of the text at line 1, column 1"),
        (b"[]", "the body must be an object"),
        (b"null", "the body must be an object"),
        (b'"x"', "the body must be an object"),
        (b'{"name": 1', "unexpected end of the text at line 1, column 11"),
        (b'{"name": 1, "x": }', "invalid character at line 1, column 18"),
        (b'{"name": 1, "x": NaN}', "invalid character at line 1, column 18"),
        (b'{"x": Infinity}', "invalid character at line 1, column 7"),
        (b'{"x": "\xff"}', "not UTF-8 at line 1, column 8"),
        (b'{"x": "\\u0000"}', "NUL character at line 1, column 8"),
        (b'{"customerGroupId": 1e400}', "number out of range"),
        (b'{"customerGroupId": ' + b"9" * 5000 + b"}", "number out of range"),
        (b'{"x": ' + b"[" * 64 + b"]" * 64 + b"}", "nested deeper than 64 levels"),
    ],
)
def test_refuses_text(raw: bytes, problem: str) -> None:
    with pytest.raises(WrongJson) as caught:
        decode_body(raw, CUSTOMER, "Customer")
    assert caught.value.message == f"Wrong JSON format: {problem}"


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        (b'{"name": 1}', {"Customer.name": "must be a string"}),
        (b'{"name": "a", "name": 1}', {"Customer.name": "must be a string"}),
        (b'{"customerGroupId": "1"}', {"Customer.customerGroupId": "must be an integer"}),
        (b'{"customerGroupId": 1.0}', {"Customer.customerGroupId": "must be an integer"}),
        (b'{"customerGroupId": true}', {"Customer.customerGroupId": "must be an integer"}),
        (b'{"customerGroupId": 1e2}', {"Customer.customerGroupId": "must be an integer"}),
        (b'{"customerGroupId": 9223372036854775808}', {"Customer.customerGroupId": OUT_OF_RANGE}),
        (
            b'{"contacts": [{"id": -9223372036854775809}], "taxId": 5}',
            {"Customer.contacts[0].id": OUT_OF_RANGE, "Customer.taxId": "must be a string"},
        ),
        (b'{"taxExempt": 1}', {"Customer.taxExempt": "must be true or false"}),
        (b'{"taxExempt": "true"}', {"Customer.taxExempt": "must be true or false"}),
        (b'{"billingPerson": []}', {"Customer.billingPerson": "must be an object"}),
        (b'{"contacts": {}}', {"Customer.contacts": "must be a list"}),
        (b'{"contacts": [null]}', {"Customer.contacts[0]": "must be an object"}),
        (
            b'{"billingPerson": {"countryCode": 5, "name": []}, "contacts": [{"type": 1}, 3, {"default": "yes"}],'
            b' "email": null, "taxId": {}, "unknown": {"name": 1}}',
            {
                "Customer.billingPerson.name": "must be a string",
                "Customer.billingPerson.countryCode": "must be a string",
                "Customer.contacts[0].type": "must be a string",
                "Customer.contacts[1]": "must be an object",
                "Customer.contacts[2].default": "must be true or false",
                "Customer.taxId": "must be a string",
            },
        ),
        (
            json.dumps({"contacts": [{}] * 1500 + [1]}).encode(),
            {"Customer.contacts[1500]": "has a wrong value: expected `object`, got `int`"},
        ),
    ],
)
def test_names_every_problem(raw: bytes, problems: dict[str, str]) -> None:
    with pytest.raises(InvalidBody) as caught:
        decode_body(raw, CUSTOMER, "Customer")
    assert caught.value.problems == problems
    path, problem = next(iter(problems.items()))
    assert caught.value.message == f"Field {path} {problem}"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b'{"taxId": 5, "lang": "en"}', CustomerBody(lang="en")),
        (b'{"email": 5}', CustomerBody()),
        (b'{"billingPerson": {"name": 5, "city": "Rome"}}', CustomerBody(billing_person=PersonBody(city="Rome"))),
        (b'{"billingPerson": [], "name": null}', CustomerBody(name=None)),
        (b'{"contacts": {}}', CustomerBody()),
        (
            b'{"contacts": [5, {"id": "1", "contact": "x"}, null]}',
            CustomerBody(contacts=(ContactBody(), ContactBody(contact="x"), ContactBody())),
        ),
        (b'{"contacts": [{"id": 9223372036854775808, "note": "n"}]}', CustomerBody(contacts=(ContactBody(note="n"),))),
        (b'{"taxId": 5, "lang": 5, "taxId": "x"}', CustomerBody(tax_id="x")),
        (b'{"taxId": 5, "unknown": {"taxId": 6}}', CustomerBody()),
    ],
)
def test_what_fits_is_left(raw: bytes, body: CustomerBody) -> None:
    fitting, problems = decode_fitting(raw, CUSTOMER, "Customer")
    assert fitting == body
    with pytest.raises(InvalidBody) as caught:
        decode_body(raw, CUSTOMER, "Customer")
    assert caught.value.problems == problems


def test_a_body_that_fits_has_no_problems() -> None:
    assert decode_fitting(b'{"taxId": "x"}', CUSTOMER, "Customer") == (CustomerBody(tax_id="x"), {})
    assert decode_fitting(b'{"taxId": 5, "taxId": "x"}', CUSTOMER, "Customer") == (CustomerBody(tax_id="x"), {})


def test_a_list_of_texts_keeps_its_places() -> None:
    raw = b'{"languages": {"enabledLanguages": ["en", 5, "it"]}}'
    body, problems = decode_fitting(raw, msgspec.json.Decoder(ProfileBody), "Profile")
    assert body == ProfileBody(languages=LanguagesBody(enabled_languages=("en", "", "it")))
    assert problems == {"Profile.languages.enabledLanguages[1]": "must be a string"}


def test_nothing_is_left_of_what_is_required() -> None:
    with pytest.raises(InvalidBody):
        decode_fitting(b'[{"path": 5}]', REQUESTS, "Batch")


def test_stops_after_so_many_problems() -> None:
    raw = json.dumps({"contacts": [{"id": "", "type": 1}] * 2000}).encode()
    with pytest.raises(InvalidBody) as caught:
        decode_body(raw, CUSTOMER, "Customer")
    assert len(caught.value.problems) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        (b"[{}]", {"Batch[0].path": "is absent"}),
        (b'[{"path": null}]', {"Batch[0].path": "must be a string"}),
        (b'[{"path": "x"}, 1]', {"Batch[1]": "must be an object"}),
        (
            b'[{"path": "x", "amount": "1", "at": []}]',
            {"Batch[0].amount": "must be a number", "Batch[0].at": "must be an integer or a string"},
        ),
        (b'[{"path": "x", "method": "POST"}]', {"Batch[0].method": "has a wrong value: invalid enum value 'POST'"}),
    ],
)
def test_other_shapes(raw: bytes, problems: dict[str, str]) -> None:
    with pytest.raises(InvalidBody) as caught:
        decode_body(raw, REQUESTS, "Batch")
    assert caught.value.problems == problems


def test_a_list_where_a_list_is_due() -> None:
    with pytest.raises(WrongJson, match=r"^Wrong JSON format: the body must be a list$"):
        decode_body(b"{}", REQUESTS, "Batch")
    [request] = decode_body(b'[{"path": 1, "path": "x", "body": {"a": 1}}]', REQUESTS, "Batch")
    assert msgspec.json.decode(request.body) == {"a": 1}


keys = st.sampled_from(["name", "taxExempt", "customerGroupId", "billingPerson", "contacts", "id", "type", "x"])
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_characters="\0"))
    | st.just(10**400),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(keys, below, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.binary() | values.map(lambda tree: json.dumps(tree).encode()))
def test_raises_nothing_but_request_errors(raw: bytes) -> None:
    with suppress(WrongJson, InvalidBody):
        decode_body(raw, CUSTOMER, "Customer")


@settings(deadline=None)
@given(st.dictionaries(keys, values, max_size=4))
def test_refuses_exactly_what_the_decoder_refuses(tree: dict[str, Any]) -> None:
    raw = json.dumps(tree).encode()
    try:
        expected = CUSTOMER.decode(raw)
    except msgspec.DecodeError:
        with pytest.raises(RequestError):
            decode_body(raw, CUSTOMER, "Customer")
    else:
        assert decode_body(raw, CUSTOMER, "Customer") == expected
