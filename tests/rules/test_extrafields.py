"""Extra fields: what a definition may be, and how a list of values replaces the customer's."""

from itertools import count
from typing import Any

import pytest

from customary.errors import InvalidBody
from customary.model.body import ExtrafieldBody, ExtrafieldValueBody
from customary.model.customer import ExtrafieldValue
from customary.model.extrafield import Extrafield
from customary.rules.extrafields import change_extrafield, new_extrafield, replace_values
from customary.rules.problems import Problems

NOW = 1_717_535_710
NOW_TEXT = "2024-06-04 21:15:10 +0000"
TYPES = {"size": "TEXT", "born": "DATETIME", "note": "TEXT"}
STORED = (ExtrafieldValue(key="size", value="43"), ExtrafieldValue(key="born", value="in spring"))
SIZE = Extrafield(id=1, key="size", title="Shoe size", created=5, modified=6)
A_DATE = "must be UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"


def new(**body: Any) -> Extrafield:
    numbers = count()
    return new_extrafield(7, ExtrafieldBody(**body), {"size", "0"}, lambda: str(next(numbers)), NOW)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"title": "Born"}, {}),
        ({"title": "Born", "key": None, "type": None, "shown_on_order_details": None}, {}),
        ({"title": "Born", "key": ""}, {}),
        ({"title": "Born", "key": "born on"}, {"key": "born on"}),
        ({"title": "Born", "key": "SIZE"}, {"key": "SIZE"}),
        ({"title": "Born", "type": "DATETIME"}, {"type": "DATETIME"}),
        ({"title": "Born", "type": "datetime"}, {"type": "DATETIME"}),
        ({"title": "Born", "type": "Text"}, {}),
        ({"title": "Born", "shown_on_order_details": True}, {"shown_on_order_details": True}),
    ],
    ids=str,
)
def test_a_new_definition(body: dict[str, Any], fields: dict[str, Any]) -> None:
    common = {"id": 7, "key": "1", "title": "Born", "created": NOW, "modified": NOW}
    assert new(**body) == Extrafield(**{**common, **fields})


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"title": "is absent"}),
        ({"title": None}, {"title": "must not be empty"}),
        ({"title": ""}, {"title": "must not be empty"}),
        ({"title": "x" * 256}, {"title": "must be at most 255 characters long"}),
        ({"title": "a\nb"}, {"title": "must not contain control characters"}),
        ({"title": "x", "type": "NUMBER"}, {"type": "must be one of 'TEXT', 'DATETIME'"}),
        ({"title": "x", "type": "ﬅext"}, {"type": "must be one of 'TEXT', 'DATETIME'"}),
        ({"title": "x", "key": "size"}, {"key": "is the key of another extra field"}),
        ({"title": "x", "key": "y" * 256}, {"key": "must be at most 255 characters long"}),
        ({"title": "x", "key": "a\tb"}, {"key": "must not contain control characters"}),
        *(
            ({"title": "x", "key": key}, {"key": "must not contain a slash, nor be '.' or '..'"})
            for key in ("a/b", ".", "..")
        ),
        ({"key": "size", "type": "x"}, {"title": "is absent", "key": None, "type": None}),
    ],
    ids=str,
)
def test_a_new_definition_is_refused(body: dict[str, Any], problems: dict[str, str | None]) -> None:
    with pytest.raises(InvalidBody) as refused:
        new(**body)
    told = refused.value.problems
    assert told.keys() == {f"ExtraField.{name}" for name in problems}
    assert all(told[f"ExtraField.{name}"] == problem for name, problem in problems.items() if problem)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {}),
        ({"title": "Size"}, {"title": "Size"}),
        ({"type": "datetime"}, {"type": "DATETIME"}),
        ({"shown_on_order_details": True}, {"shown_on_order_details": True}),
        ({"key": "other"}, {}),
    ],
    ids=str,
)
def test_only_what_is_named_changes(body: dict[str, Any], fields: dict[str, Any]) -> None:
    common = {"id": 1, "key": "size", "title": "Shoe size", "created": 5, "modified": NOW}
    assert change_extrafield(SIZE, ExtrafieldBody(**body), NOW) == Extrafield(**{**common, **fields})


def replaced(*elements: dict[str, Any]) -> tuple[dict[str, str], Problems]:
    problems: Problems = {}
    bodies = tuple(ExtrafieldValueBody(**element) for element in elements)
    return {each.key: each.value for each in replace_values(STORED, bodies, TYPES, problems)}, problems


@pytest.mark.parametrize(
    ("elements", "values"),
    [
        ([], {}),
        ([{"key": "size", "value": "44"}], {"size": "44"}),
        ([{"key": "note", "value": "x"}, {"key": "size", "value": "y"}], {"size": "y", "note": "x"}),
        ([{"key": "size", "value": ""}, {"key": "note", "value": None}, {"key": "born"}], {}),
        ([{"key": "born", "value": NOW}], {"born": NOW_TEXT}),
        ([{"key": "born", "value": str(NOW)}], {"born": NOW_TEXT}),
        ([{"key": "born", "value": "2024-06-05 01:15:10 +0400"}], {"born": NOW_TEXT}),
        ([{"key": "born", "value": "1980-01-02"}], {"born": "1980-01-02 00:00:00 +0000"}),
        ([{"key": "born", "value": 0}], {"born": "1970-01-01 00:00:00 +0000"}),
        ([{"key": "born", "value": "in spring"}], {"born": "in spring"}),
    ],
    ids=str,
)
def test_a_list_replaces_all_values(elements: list[dict[str, Any]], values: dict[str, str]) -> None:
    assert replaced(*elements) == (values, {})
    assert list(replaced(*elements)[0]) == list(values)


@pytest.mark.parametrize(
    ("elements", "problems"),
    [
        ([{"value": "x"}], {"[0].key": "is absent"}),
        ([{"key": None, "value": "x"}], {"[0].key": "is absent"}),
        ([{"key": "shoe"}], {"[0].key": "is not the key of an extra field of this store"}),
        ([{"key": "size"}, {"key": "size", "value": "x"}], {"[1].key": "is there twice"}),
        ([{"key": "size", "value": "x" * 256}], {"[0].value": "must be at most 255 characters long"}),
        ([{"key": "size", "value": "a\nb"}], {"[0].value": "must not contain control characters"}),
        ([{"key": "size", "value": 43}], {"[0].value": "must be a string"}),
        ([{"key": "born", "value": "in autumn"}], {"[0].value": A_DATE}),
        ([{"key": "born", "value": 2**62}], {"[0].value": A_DATE}),
        (
            [{"key": "x"}, {"key": "born", "value": "y"}],
            {"[0].key": "is not the key of an extra field of this store", "[1].value": A_DATE},
        ),
        ([{"key": "size", "value": "43"}] * 101, {"": "must have at most 100 elements"}),
    ],
    ids=lambda each: str(each)[:60],
)
def test_values_are_refused(elements: list[dict[str, Any]], problems: dict[str, str]) -> None:
    told = replaced(*elements)[1]
    assert {f"Customer.extrafields{path}": problem for path, problem in problems.items()}.items() <= told.items()
    assert len(elements) > 100 or len(told) == len(problems)
