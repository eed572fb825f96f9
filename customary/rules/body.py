"""Turns the bytes of a body into a struct and every problem of its types by path. Values are for other rules."""

import json
from functools import cache
from itertools import islice
from math import isinf
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from customary.errors import InvalidBody, WrongJson
from customary.rules.json_text import check_json_text, malformed_json
from customary.rules.problems import MOST_PROBLEMS, Problems

Body = TypeVar("Body")

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
    body, problems = decode_fitting(raw, decoder, name)
    if problems:
        raise InvalidBody(problems)
    return body


def decode_fitting(raw: bytes, decoder: msgspec.json.Decoder[Body], name: str) -> tuple[Body, Problems]:
    """The body without what has a wrong type, and the problems of that: with any, the body must be refused.

    So its other values can be judged too. Raises WrongJson, and InvalidBody where nothing is left without it.
    """
    check_json_text(raw)
    try:
        return decoder.decode(raw), {}
    except msgspec.ValidationError:
        return _decode_again(raw, decoder, name)
    except msgspec.DecodeError as error:
        raise malformed_json(raw, error) from error


def _decode_again(raw: bytes, decoder: msgspec.json.Decoder[Body], name: str) -> tuple[Body, Problems]:
    """The decoder stops at the first wrong value, even at one that a later duplicate of its key replaces."""
    tree = _parse(raw)
    kind: Any = decoder.type  # as type[Body], mypy takes it for unhashable
    problems: Problems = {}
    fitting = _take_fitting(tree, _type_info(kind), name, problems)
    if name in problems:
        raise WrongJson(f"Wrong JSON format: the body {problems[name]}")
    if not problems:
        try:
            return decoder.decode(json.dumps(tree).encode()), {}  # each key once now
        except msgspec.ValidationError as error:
            problems = dict([_own_words(name, error)])
    try:
        return decoder.decode(json.dumps(fitting).encode()), problems
    except msgspec.ValidationError as error:
        raise InvalidBody(problems) from error


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


def _take_fitting(value: object, kind: inspect.Type, path: str, problems: Problems) -> object:
    """The value, or something empty of the right type in its place."""
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    fitting = next((each for each in kinds if _fits(value, each)), None)
    if fitting is None:
        _note(problems, path, _must_be(value, kinds))
        (empty, *_), _ = _EXPECTED[type(kinds[0])]
        return empty()
    if isinstance(fitting, inspect.StructType) and isinstance(value, dict):
        return _take_fields(value, fitting, path, problems)
    if isinstance(fitting, inspect.ListType | inspect.VarTupleType) and isinstance(value, list):
        elements = enumerate(islice(value, MOST_ELEMENTS))
        return [_take_fitting(each, fitting.item_type, f"{path}[{index}]", problems) for index, each in elements]
    return value


def _take_fields(
    value: dict[str, object], struct: inspect.StructType, path: str, problems: Problems
) -> dict[str, object]:
    """Without those that don't fit, as if they had not been sent."""
    fields: dict[str, object] = {}
    for field in struct.fields:
        name, below = field.encode_name, f"{path}.{field.encode_name}"
        if name in value:
            fitting = _take_fitting(value[name], field.type, below, problems)
            if below not in problems:
                fields[name] = fitting
        elif field.required:
            _note(problems, below, "is absent")
    return fields


def _note(problems: Problems, path: str, problem: str) -> None:
    if len(problems) < MOST_PROBLEMS:
        problems[path] = problem


def _fits(value: object, kind: inspect.Type) -> bool:
    """What has no row in the table is left to msgspec."""
    if type(kind) not in _EXPECTED:
        return True
    types, _ = _EXPECTED[type(kind)]
    right = isinstance(value, types) and isinstance(value, bool) == isinstance(kind, inspect.BoolType)
    return right and not _is_out_of_range(value, kind)


def _is_out_of_range(value: object, kind: inspect.Type) -> bool:
    if not isinstance(kind, inspect.IntType) or not isinstance(value, int):
        return False
    return (kind.ge is not None and value < kind.ge) or (kind.le is not None and value > kind.le)


def _must_be(value: object, kinds: tuple[inspect.Type, ...]) -> str:
    for kind in kinds:
        if isinstance(kind, inspect.IntType) and type(value) is int:
            return f"must be from {kind.ge} to {kind.le}"
    words = (_EXPECTED[type(kind)][1] for kind in kinds if not isinstance(kind, inspect.NoneType))
    return "must be " + " or ".join(dict.fromkeys(words))


def _own_words(name: str, error: msgspec.ValidationError) -> tuple[str, str]:
    """msgspec's ``… - at `$.a[1]` `` as path and problem, for constraints that the table doesn't know."""
    what, _, where = str(error).partition(" - at `$")
    return name + where.removesuffix("`"), f"has a wrong value: {what[:1].lower()}{what[1:]}"
