"""Countries and states as answers, and the countries whose name holds a text."""

from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from customary.errors import WrongParameter
from customary.model.keys import search_key
from customary.rules.countries import country_name, is_country, list_countries, list_states


class StateAnswer(Struct, frozen=True, kw_only=True):
    code: str
    name: str


class CountryAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    name: str
    states: tuple[StateAnswer, ...] | None = None


class LocationAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    country: str
    country_code: str


@cache
def answer_countries(with_states: bool) -> tuple[CountryAnswer, ...]:
    """By name."""
    return tuple(
        CountryAnswer(code=code, name=name, states=_states(code) if with_states else None)
        for code, name in list_countries()
    )


def answer_states(country_code: str | None) -> tuple[StateAnswer, ...]:
    """By name. Raises WrongParameter without the code of a country."""
    if country_code is None or not is_country(country_code):
        raise WrongParameter("Wrong parameter 'countryCode' value: expected a country code such as 'US'")
    return _states(country_code)


def answer_locations(country_codes: Iterable[str], name: str | None) -> list[LocationAnswer]:
    """Those whose name holds the text, by name."""
    named = ((country_name(code), code) for code in country_codes)
    part = search_key(name or "")
    return [
        LocationAnswer(country=country, country_code=code)
        for country, code in sorted(named)
        if part in search_key(country)
    ]


def _states(country_code: str) -> tuple[StateAnswer, ...]:
    return tuple(StateAnswer(code=code, name=name) for code, name in list_states(country_code))
