"""Which keys of a body nobody knows: what ``handling=strict`` refuses, and everybody else's bodies may have."""

import json
from functools import cache
from typing import Any

from msgspec import Struct, inspect

from customary.model import body as bodies
from customary.model.upsert import UpsertCustomerBody
from customary.rules import answers
from customary.rules.orders import OrderAnswer
from customary.rules.problems import MOST_PROBLEMS, Problems

UNKNOWN = "is not a key that is known here"
LONGEST_KEY = 100
"""Of a longer one so much is told."""

_ANSWERS: dict[type, type[Struct]] = {
    bodies.CustomerBody: answers.CustomerAnswer,
    UpsertCustomerBody: answers.CustomerAnswer,
    bodies.ContactBody: answers.ContactAnswer,
    bodies.GroupBody: answers.GroupAnswer,
    bodies.ExtrafieldBody: answers.ExtrafieldAnswer,
    bodies.OrderBody: OrderAnswer,
    bodies.ProfileBody: answers.ProfileAnswer,
}
"""What is read-only stands in the answer alone: it is known, so that what was read can be sent back."""


def unknown_keys(raw: bytes, body: Any, name: str) -> Problems:
    """By path, of JSON that was decoded as ``body`` before; ``name`` is the root of the paths."""
    problems: Problems = {}
    answer = _ANSWERS.get(body)
    tree = json.loads(raw, parse_int=str, parse_float=str)  # a number may be longer than an int takes
    _look(tree, _type_of(body), _type_of(answer) if answer else None, name, problems)
    return problems


@cache
def _type_of(struct: Any) -> inspect.Type:
    return inspect.type_info(struct)


def _look(value: object, body: inspect.Type, answer: inspect.Type | None, path: str, problems: Problems) -> None:
    if isinstance(value, list):
        if (element := _element(body)) is not None:
            for index, each in enumerate(value):
                _look(each, element, _element(answer), f"{path}[{index}]", problems)
    elif isinstance(value, dict) and (struct := _struct(body)) is not None:
        known, read = _fields(struct), _fields(_struct(answer))
        for key, below in value.items():
            if key in known:
                _look(below, known[key], read.get(key), f"{path}.{key}", problems)
            elif key not in read and len(problems) < MOST_PROBLEMS:
                problems[f"{path}.{key[:LONGEST_KEY]}"] = UNKNOWN


def _element(kind: inspect.Type | None) -> inspect.Type | None:
    for each in _alternatives(kind):
        if isinstance(each, inspect.VarTupleType | inspect.ListType):
            return each.item_type
    return None


def _struct(kind: inspect.Type | None) -> inspect.StructType | None:
    for each in _alternatives(kind):
        if isinstance(each, inspect.StructType):
            return each
    return None


def _alternatives(kind: inspect.Type | None) -> tuple[inspect.Type, ...]:
    if kind is None:
        return ()
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _fields(struct: inspect.StructType | None) -> dict[str, inspect.Type]:
    return {field.encode_name: field.type for field in struct.fields} if struct else {}
