"""``Prefer`` as clients send it, well formed or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.rules.preferences import NO_PREFERENCES, Preferences, applied_header, parse_preferences

STRICT = Preferences(strict=True)
REPRESENTATION = Preferences(representation=True)
KEEP = Preferences(keep_lists=True)
ALL = Preferences(strict=True, representation=True, keep_lists=True)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("", NO_PREFERENCES),
        ("handling=strict", STRICT),
        ("return=representation", REPRESENTATION),
        ("lists=keep", KEEP),
        ("handling=strict, return=representation,lists=keep", ALL),
        ("reads=replica", Preferences(replica=True)),
        ("reads=primary", NO_PREFERENCES),
        (" lists = keep ;because=careful , HANDLING=strict;a;b=c,return=representation", ALL),
        ('handling="strict"', STRICT),
        (r'handling="str\ict"', STRICT),
        ("handling=strict, handling=lenient", STRICT),
        ("handling=lenient, handling=strict", NO_PREFERENCES),
        ("Handling=Strict", NO_PREFERENCES),
        ("return=minimal", NO_PREFERENCES),
        ("handling", NO_PREFERENCES),
        ("handling=", NO_PREFERENCES),
        ('handling=""', NO_PREFERENCES),
        ("respond-async, wait=10, lists=keep", KEEP),
        (',, ,handling=strict;x="a, return=representation"', STRICT),
        ('foo="a, return=representation", handling=strict', STRICT),
        ("=strict, handling==strict, lists=keep", KEEP),
        ('handling="strict', NO_PREFERENCES),
        ('lists=keep, "', KEEP),
        ("handling=strict return=representation", NO_PREFERENCES),
    ],
)
def test_what_is_asked(header: str, asked: Preferences) -> None:
    assert parse_preferences(header) == asked


@given(st.text(st.sampled_from('ab,;="\\ \thandling=strict'), max_size=60))
def test_nothing_is_an_error(header: str) -> None:
    parse_preferences(header)


def test_what_was_followed_is_told() -> None:
    assert applied_header(NO_PREFERENCES) == ()
    assert applied_header(KEEP) == (("preference-applied", "lists=keep"),)
    assert applied_header(ALL) == (("preference-applied", "handling=strict, return=representation, lists=keep"),)
