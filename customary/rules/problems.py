"""Collects every problem of a body by the path of its field, and takes the values that have none.

Of one path the first problem stays.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType, inspect
from msgspec.structs import fields

from customary.errors import InvalidBody
from customary.rules.dates import parse_date
from customary.rules.text import text_problem

Problems = dict[str, str]
Element = TypeVar("Element")

LARGEST_NUMBER = 2**31 - 1
LONGEST_TEXT = 255
MOST_ELEMENTS = 100
MOST_PROBLEMS = 1000
_STEP = re.compile(r"[^.\[\]]+")


def take_text(
    value: str | None | UnsetType, path: str, problems: Problems, limit: int = LONGEST_TEXT, lines: bool = False
) -> str:
    """The text, empty where it is absent or null. ``lines`` allows line feeds and tabs."""
    if not value:
        return ""
    if len(value) <= limit and (value.isprintable() or (lines and value.replace("\n", "").isprintable())):
        return value
    problem = text_problem(value, limit, lines)
    if problem:
        problems.setdefault(path, problem)
    return value


def take_number(value: int | None | UnsetType, path: str, problems: Problems) -> int | None:
    """The number, None where it is absent or null."""
    if value is None or value is UNSET:
        return None
    if not 0 <= value <= LARGEST_NUMBER:
        problems.setdefault(path, f"must be from 0 to {LARGEST_NUMBER}")
    return value


def take_date(value: str | int | None | UnsetType, path: str, problems: Problems) -> int | None:
    """UNIX seconds, None where it is absent, null or empty."""
    if value is None or value is UNSET or value == "":
        return None
    try:
        return parse_date(value)
    except ValueError:
        problems.setdefault(path, "must be UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'")
        return None


def take_choice(
    value: str | None | UnsetType, path: str, problems: Problems, choices: tuple[str, ...], default: str
) -> str:
    """One of the choices, the default where it is absent or null."""
    if value is None or value is UNSET:
        return default
    if value not in choices:
        words = ", ".join(f"'{choice}'" for choice in choices)
        problems.setdefault(path, f"must be one of {words}")
    return value


def take_elements(
    elements: tuple[Element, ...] | None | UnsetType, path: str, problems: Problems
) -> tuple[Element, ...]:
    """As many elements as there may be: what is too much is refused and not looked at."""
    if not elements:
        return ()
    check_length(elements, path, problems)
    return elements[:MOST_ELEMENTS]


def element_paths(path: str) -> tuple[str, ...]:
    """The paths of all elements that a list may have, to be made once."""
    return tuple(f"{path}[{index}]" for index in range(MOST_ELEMENTS))


def check_length(elements: tuple[object, ...], path: str, problems: Problems, limit: int = MOST_ELEMENTS) -> None:
    if len(elements) > limit:
        problems.setdefault(path, f"must have at most {limit} elements")


def refusal(problems: Problems, body: type[Struct]) -> InvalidBody:
    """The error that tells of all of them, in the order of the body's fields."""
    in_order = sorted(problems.items(), key=lambda item: _place(item[0], body))
    return InvalidBody(dict(in_order[:MOST_PROBLEMS]))


def _place(path: str, body: type[Struct]) -> tuple[int, ...]:
    """The positions of the path's names and elements from the outside in; a name that no field has comes last."""
    place: list[int] = []
    for step in _STEP.findall(path.partition(".")[2]):
        if step.isdigit():
            place.append(int(step))
        else:
            position, body = _fields(body).get(step, (LARGEST_NUMBER, body))
            place.append(position)
    return tuple(place)


@cache
def _fields(body: type[Struct]) -> dict[str, tuple[int, type[Struct]]]:
    """Name on the wire → position, and the struct that the field holds (the body itself where it holds none)."""
    return {
        field.encode_name: (position, next(_structs(inspect.type_info(field.type)), body))
        for position, field in enumerate(fields(body))
    }


def _structs(kind: inspect.Type) -> Iterator[type[Struct]]:
    if isinstance(kind, inspect.StructType):
        yield kind.cls
    elif isinstance(kind, inspect.VarTupleType):
        yield from _structs(kind.item_type)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _structs(each)
