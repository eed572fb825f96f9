"""The names of countries and states."""

import sys

import pytest

from customary.rules.countries import country_name, is_country, list_countries, list_states, state_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US", "United States"),
        ("ge", "Georgia"),
        ("gB", "United Kingdom"),
        ("XK", "Kosovo"),
        ("BO", "Bolivia"),
        ("TW", "Taiwan"),
        ("KR", "South Korea"),
        ("AX", "Åland Islands"),
        ("CI", "Côte d'Ivoire"),
        ("UK", ""),
        ("EU", ""),
        ("", ""),
        ("U", ""),
        ("USA", ""),
        ("US ", ""),
        ("ß", ""),
        ("\u0131t", ""),
    ],
)
def test_country(code: str, name: str) -> None:
    assert country_name(code) == name
    assert is_country(code) == bool(name)


def test_what_clients_ask_for_is_not_kept() -> None:
    code = "x" * 1_000
    references = sys.getrefcount(code)
    assert not is_country(code)
    assert sys.getrefcount(code) == references


@pytest.mark.parametrize(
    ("country", "state", "name"),
    [
        ("US", "NY", "New York"),
        ("us", "ny", "New York"),
        ("GE", "TB", "Tbilisi"),
        ("GB", "CRF", "Cardiff"),
        ("GB", "ENG", "England"),
        ("JP", "13", "Tokyo"),
        ("US", "XX", ""),
        ("US", "", ""),
        ("US", "US-NY", ""),
        ("", "NY", ""),
        ("XK", "01", ""),
        ("UK", "ENG", ""),
    ],
)
def test_state(country: str, state: str, name: str) -> None:
    assert state_name(country, state) == name


def test_lists_countries_by_name() -> None:
    countries = list_countries()
    assert len(countries) == 250
    assert countries[:3] == (("AF", "Afghanistan"), ("AX", "Åland Islands"), ("AL", "Albania"))
    assert all(is_country(place.code) and country_name(place.code) == place.name for place in countries)


def test_lists_states_by_name() -> None:
    states = list_states("us")
    assert states[:2] == (("AL", "Alabama"), ("AK", "Alaska"))
    assert all(state_name("US", place.code) == place.name for place in states)
    assert list_states("XK") == list_states("nowhere") == ()


def test_every_name_is_fit_for_an_address() -> None:
    states = [place for country in list_countries() for place in list_states(country.code)]
    assert len(states) > 5000
    assert all(place.name.strip() == place.name != "" and "[" not in place.name for place in states)
    assert all(place.code.isascii() and place.code == place.code.upper() for place in states)
