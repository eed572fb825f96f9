"""E-mail addresses, and which characters a text may have."""

from unicodedata import category

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.rules.text import _PLAIN_EMAIL, email_problem, text_problem

NOT_AN_EMAIL = "must be an e-mail address"
CONTROL = "must not contain control characters"

texts = st.text(st.characters(exclude_categories=())) | st.text(st.sampled_from("aÄ\u0308ςß\u0300İ\u0131\u0316"))


@pytest.mark.parametrize(
    "email",
    [
        "jo@example.com",
        "jo@example.test",
        "jo@shop.local",
        "jo@shop.invalid",
        "jö@shop.local",
        "JO+tag@Example.Com",
        "o'neil_{}|~!#$%&*/=?^`-@example.com",
        "jo@a-b.c1.example",
        "jo@bücher.example",
        "jo@xn--bcher-kva.example",
        "用户@例え.テスト",
        "a" * 242 + "@example.com",
    ],
)
def test_an_email(email: str) -> None:
    assert email_problem(email) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "@",
        "nope",
        "jo@",
        "@example.com",
        "jo@localhost",
        "jo@@example.com",
        "jo@example@example.com",
        "jo smith@example.com",
        "jo@exam ple.com",
        " jo@example.com",
        "jo@example.com ",
        "jo@example.com\n",
        "jo\x00@example.com",
        "jo..x@example.com",
        ".jo@example.com",
        "jo.@example.com",
        "jo@example.com.",
        "jo@.example.com",
        "jo@-example.com",
        "jo@example-.com",
        "jo@under_score.com",
        "jo@ab--cd.com",
        "jo@xn--zzzzzzzz99.com",
        "jo@1.2.3.4",
        "jo@[1.2.3.4]",
        "jo@" + "a" * 64 + ".com",
        '"jo smith"@example.com',
        "Jo <jo@example.com>",
        "jo\uff20example.com",
        "jo@ü..com",
        "\u202ejo@example.com",
        "\ud800@example.com",
        "jo@\ud800.com",
    ],
)
def test_not_an_email(email: str) -> None:
    assert email_problem(email) == NOT_AN_EMAIL


def test_an_email_of_255_characters_is_too_long() -> None:
    assert email_problem("a" * 243 + "@example.com") == "must be at most 254 characters long"


@settings(deadline=None)
@given(st.from_regex(_PLAIN_EMAIL, fullmatch=True).filter(lambda email: len(email) <= 246))
def test_the_fast_path_takes_nothing_that_the_library_refuses(email: str) -> None:
    validate_email(f"{email}.example", check_deliverability=False)  # it has its own mind about `.test` and the like


@settings(deadline=None)
@given(texts | st.builds("{}@{}.de".format, texts, texts) | st.emails())
def test_email_problem_never_raises(email: str) -> None:
    email_problem(email)


@pytest.mark.parametrize(
    ("value", "lines", "problem"),
    [
        ("", False, None),
        ("Jo Smith", False, None),
        ("x" * 10, False, None),
        ("x" * 11, False, "must be at most 10 characters long"),
        ("x\x00" * 6, False, "must be at most 10 characters long"),
        ("😀" * 10, False, None),
        ("a\u00a0b", False, None),
        ("a\u200db\u2028", False, None),
        ("a\nb", False, CONTROL),
        ("a\tb", False, CONTROL),
        ("a\nb\tc", True, None),
        ("a\rb", True, CONTROL),
        ("a\x0bb", True, CONTROL),
        ("a\x00b", True, CONTROL),
        ("a\x1fb", False, CONTROL),
        ("a\x7fb", True, CONTROL),
        ("a\x80b", True, CONTROL),
        ("a\x9fb", False, CONTROL),
        ("a\ud800b", True, CONTROL),
        ("a\udfffb", False, CONTROL),
    ],
)
def test_text_problem(value: str, lines: bool, problem: str | None) -> None:
    assert text_problem(value, 10, lines) == problem


@settings(deadline=None)
@given(texts, st.booleans())
def test_text_problem_by_category(value: str, lines: bool) -> None:
    allowed = "\n\t" if lines else ""
    bad = any(category(char) in ("Cc", "Cs") and char not in allowed for char in value)
    assert (text_problem(value, 10**6, lines) is not None) == bad
