"""Reads one parameter of a query; complaints are worded as in the contract's table of errors.

An empty value counts as not sent. Everything here raises WrongParameter.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from customary.errors import WrongParameter
from customary.rules.dates import parse_date
from customary.rules.text import text_problem

Default = TypeVar("Default")
Query = Mapping[str, str]

MOST_INT32 = 2**31 - 1
MOST_INT64 = 2**63 - 1
MOST_TEXT_CHARACTERS = 1000
_BOOLEANS = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "on": True,
    "off": False,
    "1": True,
    "0": False,
}
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def number_parameter(query: Query, name: str, default: Default, low: int, high: int) -> int | Default:
    """``low`` and ``high`` are the first and the last number that will do."""
    text = query.get(name)
    return _number(name, text, low, high) if text else default


def _number(name: str, text: str, low: int, high: int) -> int:
    """``int`` alone would take underscores, white space and the digits of other scripts."""
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise _wrong_number(name)
    return int(text)


def decimal_parameter(query: Query, name: str) -> float | None:
    """A sum of money; no exponents."""
    text = query.get(name)
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise _wrong_number(name)
    return float(text)


def _wrong_number(name: str) -> WrongParameter:
    return WrongParameter(f"Wrong numeric parameter '{name}' value: not a number or a number out of range")


def offset_parameter(query: Query) -> int:
    return number_parameter(query, "offset", 0, 0, MOST_INT32)


def limit_parameter(query: Query, most: int = 100) -> int:
    """``most`` is the default, and what a greater number is taken for."""
    return min(number_parameter(query, "limit", most, 1, MOST_INT64), most)


def page_parameters(query: Query) -> tuple[int, int]:
    """offset and limit, as on every list."""
    return offset_parameter(query), limit_parameter(query)


def cursor_parameters(query: Query, most: int) -> tuple[int, int]:
    """after and limit, as on lists by cursor. A greater limit than ``most`` is taken for that."""
    return number_parameter(query, "after", 0, 0, MOST_INT32), min(
        number_parameter(query, "limit", 100, 1, MOST_INT64), most
    )


def ids_parameter(query: Query, name: str) -> tuple[int, ...] | None:
    """Comma separated, white space and empty places allowed; each id once, in the order sent. None without any."""
    return tuple(dict.fromkeys(_number(name, part, 0, MOST_INT32) for part in _parts(query, name))) or None


def texts_parameter(query: Query, name: str) -> tuple[str, ...] | None:
    """Comma separated like ``ids_parameter``."""
    return tuple(dict.fromkeys(_text(name, part) for part in _parts(query, name))) or None


def _parts(query: Query, name: str) -> Iterable[str]:
    return filter(None, map(str.strip, query.get(name, "").split(",")))


def text_parameter(query: Query, name: str) -> str | None:
    """As sent. Characters that no stored text has are refused: not every back end could compare them."""
    text = query.get(name)
    return _text(name, text) if text else None


def _text(name: str, text: str) -> str:
    problem = text_problem(text, MOST_TEXT_CHARACTERS, lines=True)
    if problem:
        raise _wrong_value(name, problem)
    return text


def boolean_parameter(query: Query, name: str) -> bool | None:
    """One of eight words, in capitals or not."""
    text = query.get(name)
    if not text:
        return None
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise _not_one_of(name, _BOOLEANS)
    return value


def enum_parameter(query: Query, name: str, allowed: Iterable[str]) -> str | None:
    """One of the words, in capitals or not; returned as it is spelt in ``allowed``."""
    text = query.get(name)
    if not text:
        return None
    for word in allowed:
        if word.lower() == text.lower():
            return word
    raise _not_one_of(name, allowed)


def date_parameter(query: Query, name: str) -> int | None:
    """UNIX seconds."""
    text = query.get(name)
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError as error:
        expected = "expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"
        raise _wrong_value(name, expected) from error


def _not_one_of(name: str, words: Iterable[str]) -> WrongParameter:
    return _wrong_value(name, "expected one of " + ", ".join(f"'{word}'" for word in words))


def _wrong_value(name: str, problem: str) -> WrongParameter:
    return WrongParameter(f"Wrong parameter '{name}' value: {problem}")
