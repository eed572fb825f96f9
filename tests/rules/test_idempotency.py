"""Keys as clients send them, and what makes two requests the same one."""

import pytest

from customary.errors import WrongParameter
from customary.rules.idempotency import fingerprint, holds_texts, read_key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("a", "a"),
        (" 8e03978e-40d5-43dd-bc93-6894a57f9324 ", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ('"8e03978e"', "8e03978e"),
        (r'"a\"b\\c"', 'a"b\\c'),
        ("a,b;c=d", "a,b;c=d"),
        ("!~", "!~"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_key(header: str, key: str) -> None:
    assert read_key(header) == key


@pytest.mark.parametrize(
    "header", ["", " ", '""', '"', '"a', "a b", '"a b"', "é", "a\tb", "x" * 256, r'"a\b"', '"a"b"']
)
def test_no_key(header: str) -> None:
    with pytest.raises(WrongParameter, match="'Idempotency-Key' value: expected 1 to 255 visible ASCII characters"):
        read_key(header)


def test_what_makes_it_another_request() -> None:
    one = ("PUT", "/customers/1", {"a": "1", "b": "2"}, b"{}")
    assert fingerprint(*one) == fingerprint("PUT", "/customers/1", {"b": "2", "token": "secret", "a": "1"}, b"{}")
    others = [
        ("POST", *one[1:]),
        ("PUT", "/customers/2", *one[2:]),
        ("PUT", "/customers/1", {"a": "1"}, b"{}"),
        ("PUT", "/customers/1", {"a": "1", "b": "3"}, b"{}"),
        (*one[:3], b"{ }"),
        (*one[:3], b""),
    ]
    assert len({fingerprint(*one), *(fingerprint(*other) for other in others)}) == 7


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b'{"updateCount":1}', False),
        (b'{"createCount":1,"id":5}', False),
        (b'{"ids":[1,2],"none":null,"yes":true,"below":{"a":[{"b":1}]}}', False),
        (b'{"name":"Jo"}', True),
        (b'{"names":["Jo"]}', True),
        (b'{"a":[1,"Jo"]}', True),
        (b'["Jo"]', True),
        (b'"Jo"', True),
        (b'{"ticket":"8e03978e-40d5-43dd-bc93-6894a57f9324"}', False),
        (b'{"ticket":"8e03978e-40d5-43dd-bc93-6894a57f9324 "}', True),
        (b"", False),
    ],
)
def test_which_answers_hold_texts(body: bytes, texts: bool) -> None:
    assert holds_texts(body) is texts
