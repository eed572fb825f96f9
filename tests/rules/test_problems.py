"""The order in which problems are told, and values at the edges of what is taken."""

import pytest
from msgspec import UNSET

from customary.model.body import ContactBody, CustomerBody, ProfileBody
from customary.rules.problems import (
    MOST_PROBLEMS,
    Problems,
    refusal,
    take_choice,
    take_elements,
    take_number,
    take_text,
)


def test_problems_are_told_in_the_order_of_the_fields() -> None:
    in_order = [
        "Customer.email",
        "Customer.customerGroupId",
        "Customer.billingPerson",
        "Customer.billingPerson.name",
        "Customer.billingPerson.phone",
        "Customer.shippingAddresses",
        "Customer.shippingAddresses[0].name",
        "Customer.shippingAddresses[0].id",
        "Customer.shippingAddresses[2]",
        "Customer.shippingAddresses[10].name",
        "Customer.contacts[9].type",
        "Customer.contacts[10].contact",
        "Customer.lang",
        "Customer.primaryPhone",
        "Customer.unknown",
    ]
    error = refusal(dict.fromkeys(sorted(in_order), "is wrong"), CustomerBody)
    assert list(error.problems) == in_order
    assert error.message == "Field Customer.email is wrong"


def test_a_field_of_another_body_comes_last() -> None:
    error = refusal({"Customer.contacts": "b", "Contact.orderBy": "a"}, ContactBody)
    assert list(error.problems) == ["Contact.orderBy", "Customer.contacts"]


def test_below_fields_and_lists_of_texts() -> None:
    in_order = [
        "Profile.settings.storeName",
        "Profile.languages.enabledLanguages[2]",
        "Profile.formatsAndUnits.timezone",
    ]
    assert list(refusal(dict.fromkeys(reversed(in_order), "x"), ProfileBody).problems) == in_order


def test_there_is_an_end_to_it() -> None:
    problems = {f"Customer.contacts[{index}].id": "x" for index in reversed(range(MOST_PROBLEMS + 5))}
    told = refusal(problems, CustomerBody).problems
    assert list(told) == [f"Customer.contacts[{index}].id" for index in range(MOST_PROBLEMS)]


def test_the_first_problem_of_a_path_stays() -> None:
    problems: Problems = {"A.b": "is first"}
    take_text("\x01", "A.b", problems)
    take_number(-1, "A.b", problems)
    take_choice("x", "A.b", problems, ("y",), "y")
    take_elements((1,) * 101, "A.b", problems)
    assert problems == {"A.b": "is first"}


@pytest.mark.parametrize("nothing", [None, UNSET])
def test_nothing(nothing: None) -> None:
    problems: Problems = {}
    assert take_text(nothing, "A.b", problems) == ""
    assert take_number(nothing, "A.b", problems) is None
    assert take_choice(nothing, "A.b", problems, ("x", "y"), "y") == "y"
    assert take_elements(nothing, "A.b", problems) == ()
    assert problems == {}


@pytest.mark.parametrize(("number", "good"), [(0, True), (2**31 - 1, True), (-1, False), (2**31, False)])
def test_numbers(number: int, good: bool) -> None:
    problems: Problems = {}
    assert take_number(number, "A.b", problems) == number
    assert (problems == {}) == good


@pytest.mark.parametrize(
    ("text", "lines", "good"),
    [
        ("a" * 10, False, True),
        ("a" * 11, False, False),
        ("a\nb", False, False),
        ("a\nb", True, True),
        ("a\tb", True, True),
        ("a\rb", True, False),
        ("\n\n\x00", True, False),
        ("\u00a0", False, True),
        ("\u0085", True, False),
    ],
)
def test_texts(text: str, lines: bool, good: bool) -> None:
    problems: Problems = {}
    assert take_text(text, "A.b", problems, 10, lines) == text
    assert (problems == {}) == good
