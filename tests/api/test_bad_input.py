"""Bodies that can't be taken: broken JSON, every field with every wrong type, numbers and texts beyond all measure.

Each gets the contract's one error shape, and nothing is stored.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from msgspec import inspect

from customary.model.body import ContactBody, CustomerBody, GroupBody, ProfileBody
from tests.api.scenarios import Json
from tests.api.shop import Answer, Shop, check_error

Build = Callable[[Json], Json]
Send = Callable[["Write", bytes], Answer]

VALUES: dict[str, Json] = {
    "string": "5",
    "integer": 5,
    "float": 5.5,
    "boolean": True,
    "object": {},
    "array": [],
    "null": None,
}
WORDS = {
    inspect.StrType: ("string", "a string"),
    inspect.IntType: ("integer", "an integer"),
    inspect.BoolType: ("boolean", "true or false"),
    inspect.StructType: ("object", "an object"),
    inspect.VarTupleType: ("array", "a list"),
    inspect.NoneType: ("null", "null"),
}


@dataclass(frozen=True)
class Write:
    """One of the calls with a body: what its error paths begin with, and the struct that its body is read as."""

    method: str
    path: str
    root: str
    struct: type


WRITES = [
    Write("PUT", "/customers/{customer}", "Customer", CustomerBody),
    Write("POST", "/customers", "Customer", CustomerBody),
    Write("POST", "/customers/{customer}/contacts", "Contact", ContactBody),
    Write("PUT", "/customers/{customer}/contacts/{contact}", "Contact", ContactBody),
    Write("POST", "/customer_groups", "CustomerMembership", GroupBody),
    Write("PUT", "/customer_groups/{group}", "CustomerMembership", GroupBody),
    Write("PUT", "/profile", "Profile", ProfileBody),
]


def name(write: Write) -> str:
    return f"{write.method} {write.path}"


@pytest.fixture
def paths(shop: Shop) -> dict[str, int]:
    customer = shop.add_customer()
    contact = shop.customer(customer)["contacts"][0]["id"]
    return {"customer": customer, "contact": contact, "group": shop.add_group()}


@pytest.fixture
def send(shop: Shop, paths: dict[str, int]) -> Iterator[Send]:
    """Sends a body that must not be stored: the store is looked at before and afterwards."""

    def state() -> tuple[Json, ...]:
        return (shop.changes(), shop.get("/customers"), shop.get("/customer_groups"), shop.get("/profile"))

    before = state()
    yield lambda write, body: shop.send(write.path.format(**paths), body, write.method, "application/json")
    assert state() == before


def unchanged(value: Json) -> Json:
    return value


def keyed(key: str, build: Build) -> Build:
    return lambda value: {key: build(value)}


def listed(build: Build, *before: Json) -> Build:
    return lambda value: [*before, build(value)]


def fields(struct: type, path: str) -> Iterator[tuple[str, Build, inspect.Type]]:
    """Every field at every depth: its path, what builds a body with a value at it, and its type."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    for field in described.fields:
        key, below = field.encode_name, f"{path}.{field.encode_name}"
        yield below, keyed(key, unchanged), field.type
        for part in parts(field.type):
            if isinstance(part, inspect.StructType):
                for deeper, build, kind in fields(part.cls, below):
                    yield deeper, keyed(key, build), kind
            elif isinstance(part, inspect.VarTupleType):
                element = {} if isinstance(part.item_type, inspect.StructType) else "en"
                yield f"{below}[1]", keyed(key, listed(unchanged, element)), part.item_type
                if isinstance(part.item_type, inspect.StructType):
                    for deeper, build, kind in fields(part.item_type.cls, f"{below}[0]"):
                        yield deeper, keyed(key, listed(build)), kind


def parts(kind: inspect.Type) -> Iterable[inspect.Type]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def wrong_types() -> Iterator[tuple[Write, str, Json, str]]:
    for write in WRITES:
        for path, build, kind in fields(write.struct, write.root):
            right = {WORDS[type(each)][0] for each in parts(kind)}
            words = [WORDS[type(each)][1] for each in parts(kind) if not isinstance(each, inspect.NoneType)]
            for value_kind, value in VALUES.items():
                if value_kind not in right:
                    yield write, path, build(value), "must be " + " or ".join(words)


WRONG_TYPES = list(wrong_types())


def test_every_field_is_tried() -> None:
    paths = {path for write, path, _, _ in WRONG_TYPES if write.root == "Customer"}
    assert {"Customer.taxExempt", "Customer.billingPerson.phone", "Customer.contacts[0].orderBy"} <= paths
    assert "Customer.shippingAddresses[0].defaultAddress" in paths
    assert len(paths) > 45


@pytest.mark.parametrize("write", WRITES, ids=name)
def test_wrong_types(send: Send, write: Write) -> None:
    for each, path, body, problem in WRONG_TYPES:
        if each == write:
            answer = send(write, json.dumps(body).encode())
            check_error(answer, 400, "WRONG_PARAMETER")
            told = answer.json["args"]
            assert told.pop(path) == problem
            assert set(told.values()) <= {"is absent"}  # what a new one must have


BROKEN = [
    b"",
    b" ",
    b"{",
    b'{"name"',
    b'{"name":',
    b'{"name": "x"',
    b'{"name": "x",}',
    b"{name: 1}",
    b"{'name': 'x'}",
    b'{"name": "x"} x',
    b'{"name": "x"}{}',
    b'{"name": undefined}',
    b'{"name": NaN}',
    b'{"orderBy": Infinity}',
    b'{"orderBy": -Infinity}',
    b'{"unknown": NaN}',
    b'{"orderBy": 01}',
    b'{"orderBy": +1}',
    b'{"orderBy": 1.}',
    b'{"orderBy": .5}',
    b'{"name": "a\nb"}',
    b'{"name": "a\\x"}',
    b'{"name": "a\\u12"}',
    b'{"name": "\xff\xfe"}',
    b'{"name": "\xed\xa0\x80"}',
    b'{"name": "\xc0\x80"}',
    b'{"unknown": "\xff"}',
    b'{"\xff": 1}',
    b'{"name": "\\ud800"}',
    b'{"name": "\\udc00\\ud800"}',
    b'{"name": "\\ud800x"}',
    b'{"unknown": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"name": "a\\u0000b"}',
    b'{"unknown": "a\\u0000b"}',
    b'{"a\\u0000": 1}',
    b'{"name": "\x00"}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"[" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"unknown":' + b"[" * 65 + b"]" * 65 + b"}",
    b'{"billingPerson":' * 5_000,
    b"null",
    b"[]",
    b'"text"',
    b"5",
    b"true",
    b'[{"name": "x"}]',
    b"name=x&email=y",
    b"<customer/>",
]


@pytest.mark.parametrize("write", WRITES, ids=name)
def test_broken_json(send: Send, write: Write) -> None:
    for body in BROKEN:
        answer = send(write, body)
        check_error(answer, 400, "WRONG_PARAMETER")
        assert answer.json["errorMessage"].startswith("Wrong JSON format: "), body


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Wrong JSON format: unexpected end of the text at line 1, column 1"),
        (b"{\n  \"name\": 'x'\n}", "at line 2, column 11"),
        ('{"é": 1, "name" 5}'.encode(), "at line 1, column 17"),
        (b"[]", "Wrong JSON format: the body must be an object"),
        (b"[" * 100, "Wrong JSON format: nested deeper than 64 levels"),
    ],
)
def test_where_json_is_broken(send: Send, body: bytes, message: str) -> None:
    answer = send(WRITES[0], body)
    check_error(answer, 400, "WRONG_PARAMETER")
    assert message in answer.json["errorMessage"]


NUMBERS = [b"2147483648", b"-1", b"9223372036854775808", b"1e3", b"1.5", b"1E400", b"-0.1", b"9" * 400, b"1e999999999"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"customerGroupId": %s}',
        b'{"shippingAddresses": [{"id": %s}]}',
        b'{"shippingAddresses": [{"orderBy": %s}]}',
        b'{"contacts": [{"id": %s, "contact": "x"}]}',
        b'{"contacts": [{"orderBy": %s, "contact": "x"}]}',
    ],
)
def test_numbers_beyond_all_measure(send: Send, body: bytes, number: bytes) -> None:
    check_error(send(WRITES[0], body % number), 400, "WRONG_PARAMETER")


@pytest.mark.parametrize(
    ("body", "tax_id"),
    [
        (b'{"taxId": "a", "taxId": "b"}', "b"),
        (b'{"taxId": 5, "taxId": "b"}', "b"),
        (b'{"taxId": [{"x": 1}], "taxId": null, "taxId": "c"}', "c"),
        (b'{"taxId": "a", "\\u0074axId": "b"}', "b"),
        (b'{"unknown": %s, "taxId": "d"}' % (b"[" * 63 + b"]" * 63), "d"),
        (b' \t\r\n{"taxId": "\\ud83d\\ude00\\u00e9"} \n', "😀é"),
        (b'{"taxId": "\xf0\x9f\x98\x80\xc3\xa9"}', "😀é"),
        (b'{"unknown": 1e400, "taxId": "x"}', "x"),
        (b'{"taxId": "' + "\u202e\u200b\ufeff\u00a0".encode() + b'"}', "\u202e\u200b\ufeff\u00a0"),
    ],
)
def test_what_is_odd_and_will_do(shop: Shop, body: bytes, tax_id: str) -> None:
    customer = shop.add_customer()
    answer = shop.send(f"/customers/{customer}", body)
    assert answer.status == 200, answer.json
    assert shop.customer(customer)["taxId"] == tax_id


def test_a_last_wrong_duplicate_counts_too(send: Send) -> None:
    answer = send(WRITES[0], b'{"taxId": "b", "taxId": 5}')
    check_error(answer, 400, "WRONG_PARAMETER", "Field Customer.taxId must be a string")


def test_very_many_problems(send: Send) -> None:
    answer = send(WRITES[0], json.dumps({"contacts": [5] * 100_000}).encode())
    check_error(answer, 400, "WRONG_PARAMETER")
    assert len(answer.json["args"]) <= 1000
    answer = send(WRITES[0], json.dumps({"contacts": [{}] * 50_000}).encode())
    check_error(answer, 400, "WRONG_PARAMETER")
    assert answer.json["args"]["Customer.contacts"] == "must have at most 100 elements"


def test_a_message_does_not_repeat_what_was_sent(send: Send) -> None:
    answer = send(WRITES[0], json.dumps({"password": "swordfish" + "x" * 300, "email": "no"}).encode())
    check_error(answer, 400, "WRONG_PARAMETER")
    assert "swordfish" not in json.dumps(answer.json)
