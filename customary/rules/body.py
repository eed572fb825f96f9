"""Turns the bytes of a body into a struct, or into every problem of its types by path. Values are for other rules."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import isinf
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from customary.errors import InvalidBody, WrongJson
from customary.rules.json_text import check_json_text, malformed_json

Body = TypeVar("Body")

MOST_PROBLEMS = 1000
MOST_ELEMENTS = 1000
_EXPECTED: dict[type[inspect.Type], tuple[tuple[type, ...], str]] = {
    inspect.StrType: ((str,), "a string"),
    inspect.IntType: ((int,), "an integer"),
    inspect.FloatType: ((int, float), "a number"),
    inspect.BoolType: ((bool,), "true or false"),
    inspect.NoneType: ((type(None),), "null"),
    inspect.StructType: ((dict,), "an object"),
    inspect.DictType: ((dict,), "an object"),
    inspect.ListType: ((list,), "a list"),
    inspect.VarTupleType: ((list,), "a list"),
}
_SYNTAX = msgspec.json.Decoder(msgspec.Raw)


def decode_body(raw: bytes, decoder: msgspec.json.Decoder[Body], name: str) -> Body:
    """``name`` is the root of the paths, such as ``Customer``. Raises WrongJson, or InvalidBody with all problems."""
    check_json_text(raw)
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        return _decode_again(raw, decoder, name, error)
    except msgspec.DecodeError as error:
        raise malformed_json(raw, error) from error


def _decode_again(raw: bytes, decoder: msgspec.json.Decoder[Body], name: str, error: msgspec.ValidationError) -> Body:
    """The decoder stops at the first wrong value, even at one that a later duplicate of its key replaces."""
    tree = _parse(raw)
    kind: Any = decoder.type  # as type[Body], mypy takes it for unhashable
    problems = dict(islice(_problems(tree, _type_info(kind), name), MOST_PROBLEMS))
    if name in problems:
        raise WrongJson(f"Wrong JSON format: the body {problems[name]}") from error
    if problems:
        raise InvalidBody(problems) from error
    try:
        return decoder.decode(json.dumps(tree).encode())  # each key once now
    except msgspec.ValidationError as other:
        raise InvalidBody(dict([_own_words(name, other)])) from other


def _parse(raw: bytes) -> object:
    """msgspec says where the text is broken; json, unlike msgspec, gives every number as it was written."""
    try:
        _SYNTAX.decode(raw)
        return json.loads(raw.decode(), parse_float=_finite)
    except msgspec.DecodeError as error:
        raise malformed_json(raw, error) from error
    except ValueError as error:
        raise WrongJson("Wrong JSON format: number out of range") from error


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("beyond what a double can hold")
    return number


@cache
def _type_info(body: type) -> inspect.Type:
    return inspect.type_info(body)


def _problems(value: object, kind: inspect.Type, path: str) -> Iterator[tuple[str, str]]:
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    fitting = next((each for each in kinds if _fits(value, each)), None)
    if fitting is None:
        yield path, _must_be(kinds)
    elif isinstance(fitting, inspect.StructType) and isinstance(value, dict):
        yield from _field_problems(value, fitting, path)
    elif isinstance(fitting, inspect.ListType | inspect.VarTupleType) and isinstance(value, list):
        for index, element in enumerate(islice(value, MOST_ELEMENTS)):
            yield from _problems(element, fitting.item_type, f"{path}[{index}]")


def _fits(value: object, kind: inspect.Type) -> bool:
    """What has no row in the table is left to msgspec."""
    if type(kind) not in _EXPECTED:
        return True
    types, _ = _EXPECTED[type(kind)]
    return isinstance(value, types) and isinstance(value, bool) == isinstance(kind, inspect.BoolType)


def _must_be(kinds: tuple[inspect.Type, ...]) -> str:
    words = (_EXPECTED[type(kind)][1] for kind in kinds if not isinstance(kind, inspect.NoneType))
    return "must be " + " or ".join(dict.fromkeys(words))


def _field_problems(value: dict[str, object], struct: inspect.StructType, path: str) -> Iterator[tuple[str, str]]:
    for field in struct.fields:
        if field.encode_name in value:
            yield from _problems(value[field.encode_name], field.type, f"{path}.{field.encode_name}")
        elif field.required:
            yield f"{path}.{field.encode_name}", "is absent"


def _own_words(name: str, error: msgspec.ValidationError) -> tuple[str, str]:
    """msgspec's ``… - at `$.a[1]` `` as path and problem, for constraints that the table doesn't know."""
    what, _, where = str(error).partition(" - at `$")
    return name + where.removesuffix("`"), f"has a wrong value: {what[:1].lower()}{what[1:]}"
