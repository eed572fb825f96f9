"""Countries and their states, without a token."""

from typing import Any

import pytest

from tests.api.shop import Answer, Shop, check_error


def ask(shop: Shop, path: str, **query: Any) -> Answer:
    return shop.call("GET", path, query=query, headers={})


def test_countries_are_an_array_by_name(shop: Shop) -> None:
    countries = ask(shop, "/countries").json
    assert {"code": "US", "name": "United States"} in countries
    assert {"code": "XK", "name": "Kosovo"} in countries
    assert [country["code"] for country in countries[:3]] == ["AF", "AX", "AL"]
    assert all(country.keys() == {"code", "name"} for country in countries)
    assert ask(shop, "/countries", withStates="false").json == countries
    assert ask(shop, "/countries", lang="fr").json == countries


def test_countries_with_their_states(shop: Shop) -> None:
    countries = {country["code"]: country for country in ask(shop, "/countries", withStates="true").json}
    assert {"code": "NY", "name": "New York"} in countries["US"]["states"]
    assert countries["AX"]["states"] == []
    assert all(country.keys() == {"code", "name", "states"} for country in countries.values())


def test_states_are_an_array_by_name(shop: Shop) -> None:
    states = ask(shop, "/states", countryCode="us").json
    assert states[0] == {"code": "AL", "name": "Alabama"}
    assert {"code": "NY", "name": "New York"} in states
    assert ask(shop, "/states", countryCode="AX").json == []


def test_only_the_fields_that_are_asked_for(shop: Shop) -> None:
    assert ask(shop, "/states", countryCode="US", responseFields="name").json[0] == {"name": "Alabama"}
    states = ask(shop, "/countries", withStates="true", responseFields="states(code)").json
    assert {"code": "NY"} in [state for country in states for state in country["states"]]


@pytest.mark.parametrize("code", [None, "", "USA", "ZZ", "ß"])
def test_a_country_must_be_named(shop: Shop, code: str | None) -> None:
    answer = ask(shop, "/states", **({} if code is None else {"countryCode": code}))
    message = "Wrong parameter 'countryCode' value: expected a country code such as 'US'"
    check_error(answer, 400, "WRONG_PARAMETER", message)


@pytest.mark.parametrize("path", ["/countries", "/states"])
def test_a_store_that_is_not_there(shop: Shop, path: str) -> None:
    for store_id in (999_999, 0, 10**17):
        answer = shop.client.get(f"/api/v3/{store_id}{path}", params={"countryCode": "US"})
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "STORE_NOT_FOUND")


@pytest.mark.parametrize("path", ["/countries", "/states"])
def test_a_store_that_is_suspended(shop: Shop, path: str) -> None:
    shop.server.run(shop.server.storage.set_suspended(shop.store_id, True))
    check_error(ask(shop, path, countryCode="US"), 402, "STORE_IS_SUSPENDED")
