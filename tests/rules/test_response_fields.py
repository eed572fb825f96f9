"""What ``responseFields`` selects, merges and refuses."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.errors import WrongParameter
from customary.rules.response_fields import Selection, parse_response_fields, select_fields

PAGE = {
    "total": 2,
    "items": [
        {"id": 1, "email": "jo@example.com", "billingPerson": {"name": "Jo", "city": "Rome"}, "contacts": []},
        {"id": 2, "email": "al@example.com", "contacts": [{"id": 7, "type": "PHONE"}, {"id": 8, "type": "URL"}]},
    ],
}


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("", None),
        ("  ", None),
        (",", None),
        ("a", {"a": None}),
        ("a,b", {"a": None, "b": None}),
        ("a,,b,", {"a": None, "b": None}),
        (" a , b ( c , d ( e ) ) ", {"a": None, "b": {"c": None, "d": {"e": None}}}),
        ("a,b(c,d(e))", {"a": None, "b": {"c": None, "d": {"e": None}}}),
        ("a(b),c", {"a": {"b": None}, "c": None}),
        ("a()", {"a": None}),
        ("a( , )", {"a": None}),
        ("a(b),a(c)", {"a": {"b": None, "c": None}}),
        ("a(b),a", {"a": None}),
        ("a,a(b)", {"a": None}),
        ("a(b(c)),a(b(d))", {"a": {"b": {"c": None, "d": None}}}),
        ("a(b),a()", {"a": {"b": None}}),
    ],
)
def test_parses(text: str, selection: Selection) -> None:
    assert parse_response_fields(text) == selection


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a(b", "a closing bracket is missing"),
        ("a(b(c)", "a closing bracket is missing"),
        ("a)", "an opening bracket is missing"),
        (")", "an opening bracket is missing"),
        ("a(b))", "an opening bracket is missing"),
        ("(a)", "expected a name before an opening bracket"),
        ("a(b)(c)", "expected a name before an opening bracket"),
        ("(" * 10_000, "expected a name before an opening bracket"),
        ("a(b)c", "expected a comma after a closing bracket"),
        ("a(" * 10_000, "nested deeper than 64 levels"),
        ("a(" * 64 + "a" + ")" * 64, "nested deeper than 64 levels"),
        (")" * 10_000, "an opening bracket is missing"),
    ],
)
def test_refuses(text: str, problem: str) -> None:
    with pytest.raises(WrongParameter) as caught:
        parse_response_fields(text)
    assert caught.value.message == f"Wrong parameter 'responseFields' value: {problem}"


def test_takes_64_levels() -> None:
    selection = parse_response_fields("a(" * 63 + "a" + ")" * 63)
    for _ in range(64):
        assert selection is not None
        selection = selection["a"]
    assert selection is None


def test_a_long_flat_text_is_no_trouble() -> None:
    assert parse_response_fields("a(b)," * 100_000) == {"a": {"b": None}}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", PAGE),
        ("total", {"total": 2}),
        ("items(id)", {"items": [{"id": 1}, {"id": 2}]}),
        ("items(billingPerson(city))", {"items": [{"billingPerson": {"city": "Rome"}}, {}]}),
        ("items(contacts(type))", {"items": [{"contacts": []}, {"contacts": [{"type": "PHONE"}, {"type": "URL"}]}]}),
        ("unknown", {}),
        ("unknown(id),total", {"total": 2}),
        ("total(id)", {"total": 2}),
        ("items(unknown)", {"items": [{}, {}]}),
    ],
)
def test_selects(text: str, part: object) -> None:
    assert select_fields(PAGE, parse_response_fields(text)) == part


def test_keeps_the_order_of_the_tree_and_looks_through_lists_of_lists() -> None:
    selected = select_fields({"b": 1, "a": ([{"x": 1, "y": 2}],)}, parse_response_fields("a(x),b"))
    assert selected == {"b": 1, "a": [[{"x": 1}]]}
    assert list(selected) == ["b", "a"]


names = st.sampled_from("abc")
selections = st.recursive(st.none(), lambda below: st.none() | st.dictionaries(names, below, min_size=1), max_leaves=8)
trees = st.recursive(
    st.none() | st.integers(), lambda below: st.lists(below) | st.dictionaries(names, below), max_leaves=12
)


def _write(selection: Selection) -> str:
    if selection is None:
        return ""
    return ",".join(name if below is None else f"{name}({_write(below)})" for name, below in selection.items())


def _paths(tree: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if isinstance(tree, list):
        return set().union(*(_paths(item, path) for item in tree))
    if isinstance(tree, dict):
        return {path}.union(*(_paths(value, (*path, name)) for name, value in tree.items()))
    return {path}


@settings(deadline=None)
@given(selections)
def test_parses_what_a_selection_is_written_as(selection: Selection) -> None:
    assert parse_response_fields(_write(selection)) == selection


@settings(deadline=None)
@given(trees, selections)
def test_never_invents_a_key_and_selects_the_same_twice(tree: object, selection: Selection) -> None:
    selected = select_fields(tree, selection)
    assert _paths(selected) <= _paths(tree)
    assert select_fields(selected, selection) == selected


@settings(deadline=None)
@given(st.text(st.sampled_from("ab(), ")))
def test_raises_nothing_but_wrong_parameter(text: str) -> None:
    try:
        parse_response_fields(text)
    except WrongParameter:
        assert text.strip(" ,")
