"""One parameter of a query: what is taken, and the words of every refusal."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.errors import WrongParameter
from customary.rules import parameters

NUMBER = "Wrong numeric parameter 'p' value: not a number or a number out of range"
BOOLEAN = "Wrong parameter 'p' value: expected one of 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0'"
DATE = "Wrong parameter 'p' value: expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"
Reader = Callable[[dict[str, str]], object]


def number(query: dict[str, str]) -> object:
    return parameters.number_parameter(query, "p", 7, -5, 2**31 - 1)


def decimal(query: dict[str, str]) -> object:
    return parameters.decimal_parameter(query, "p")


def boolean(query: dict[str, str]) -> object:
    return parameters.boolean_parameter(query, "p")


def enum(query: dict[str, str]) -> object:
    return parameters.enum_parameter(query, "p", ("NAME_ASC", "b2b"))


def date(query: dict[str, str]) -> object:
    return parameters.date_parameter(query, "p")


def ids(query: dict[str, str]) -> object:
    return parameters.ids_parameter(query, "p")


def text(query: dict[str, str]) -> object:
    return parameters.text_parameter(query, "p")


def texts(query: dict[str, str]) -> object:
    return parameters.texts_parameter(query, "p")


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (number, "", 7),
        (number, "0", 0),
        (number, "-5", -5),
        (number, "007", 7),
        (number, "2147483647", 2**31 - 1),
        (decimal, "", None),
        (decimal, "12", 12),
        (decimal, "12.50", 12.5),
        (decimal, "-0.01", -0.01),
        (boolean, "", None),
        (boolean, "true", True),
        (boolean, "YES", True),
        (boolean, "On", True),
        (boolean, "1", True),
        (boolean, "False", False),
        (boolean, "no", False),
        (boolean, "off", False),
        (boolean, "0", False),
        (enum, "", None),
        (enum, "NAME_ASC", "NAME_ASC"),
        (enum, "name_asc", "NAME_ASC"),
        (enum, "B2B", "b2b"),
        (date, "", None),
        (date, "1717535710", 1717535710),
        (date, "2024-06-05 01:15:10  0400", 1717535710),
        (ids, "", None),
        (ids, " , ", None),
        (ids, "5", (5,)),
        (ids, "3, 1,,3 ,0,", (3, 1, 0)),
        (text, "", None),
        (text, " Jo\tSmith ", " Jo\tSmith "),
        (texts, "", None),
        (texts, "US, ge,,US", ("US", "ge")),
    ],
)
def test_takes(read: Reader, value: str, expected: object) -> None:
    assert read({"p": value}) == expected


@pytest.mark.parametrize("read", [decimal, boolean, enum, date, ids, text, texts])
def test_absent(read: Reader) -> None:
    assert read({"q": "1"}) is None


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        *((number, value, NUMBER) for value in ("x", "1.0", "1e3", "-6", "2147483648", "9" * 5000, "1_0")),
        *((number, value, NUMBER) for value in (" 1", "1\n", "+1", "--1", "-", "0x1", "\u0661", "\uff11", "²", "nan")),
        *((decimal, value, NUMBER) for value in ("x", ".5", "5.", "1e3", "nan", "inf", "-Infinity", "1,5", "\u0661")),
        *((decimal, value, NUMBER) for value in ("9" * 400, "1_0.0", " 1", "1\n")),
        *((boolean, value, BOOLEAN) for value in ("maybe", "2", " true", "t", "True\n", "oN ")),
        *((date, value, DATE) for value in ("yesterday", "2024-06-04T21:15:10Z", "9" * 30, "1717535710000")),
        *((ids, value, NUMBER) for value in ("a", "1,b", "-1", "2147483648", "1.0", "1;2", "\u0661")),
        (enum, "NAME", "Wrong parameter 'p' value: expected one of 'NAME_ASC', 'b2b'"),
        (text, "x" * 1001, "Wrong parameter 'p' value: must be at most 1000 characters long"),
        (text, "a\x00", "Wrong parameter 'p' value: must not contain control characters"),
        (texts, "US,\ud800", "Wrong parameter 'p' value: must not contain control characters"),
    ],
)
def test_refuses(read: Reader, value: str, message: str) -> None:
    with pytest.raises(WrongParameter) as caught:
        read({"p": value})
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("value", "limit"),
    [("", 100), ("1", 1), ("100", 100), ("101", 100), ("99999999999", 100)],
)
def test_limit(value: str, limit: int) -> None:
    assert parameters.limit_parameter({"limit": value}) == limit


@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 20])
def test_limit_refuses(value: str) -> None:
    with pytest.raises(WrongParameter, match=r"^Wrong numeric parameter 'limit' value: "):
        parameters.limit_parameter({"limit": value})


def test_limit_of_a_longer_page() -> None:
    assert parameters.limit_parameter({}, most=1000) == 1000
    assert parameters.limit_parameter({"limit": "5000"}, most=1000) == 1000


def test_offset() -> None:
    assert parameters.offset_parameter({}) == 0
    assert parameters.offset_parameter({"offset": "250"}) == 250
    with pytest.raises(WrongParameter, match=r"^Wrong numeric parameter 'offset' value: "):
        parameters.offset_parameter({"offset": "-1"})


@settings(deadline=None)
@given(st.sampled_from([number, decimal, boolean, enum, date, ids, text, texts]), st.text())
def test_raises_nothing_but_wrong_parameter(read: Reader, value: str) -> None:
    with suppress(WrongParameter):
        read({"p": value})
