"""How a body changes a store's profile."""

import pytest
from msgspec import convert
from msgspec.structs import replace

from customary.errors import InvalidBody
from customary.model.body import ProfileBody
from customary.model.store import Store
from customary.rules.problems import Problems
from customary.rules.profile_update import is_language, update_profile
from tests.rules.updating import CONTROL, Json, too_long

STORE = Store(id=1, name="Shop", url="https://a.example", languages=("en", "it"), default_language="en", created=5)
ENABLED = "Profile.languages.enabledLanguages"
DEFAULT = "Profile.languages.defaultLanguage"
NO_LANGUAGE = "must be a language code such as 'en'"
NOT_ENABLED = "must be one of the enabled languages"
COUNT = "must have from 1 to 100 languages"
CODES = [f"{first}{second}" for first in "abcde" for second in "abcdefghijklmnopqrstuvwxyz"]


def update(body: Json, problems: Problems | None = None) -> Store:
    return update_profile(STORE, convert(body, ProfileBody), problems)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ({}, {}),
        ({"settings": None, "languages": None, "generalInfo": None, "formatsAndUnits": None}, {}),
        ({"settings": {}, "languages": {}, "generalInfo": {}, "formatsAndUnits": {}}, {}),
        ({"settings": {"storeName": "x" * 255}}, {"name": "x" * 255}),
        ({"generalInfo": {"storeUrl": "https://b.example"}}, {"url": "https://b.example"}),
        ({"generalInfo": {"storeUrl": None}}, {"url": ""}),
        ({"formatsAndUnits": {"timezone": "Europe/Rome"}}, {"timezone": "Europe/Rome"}),
        ({"formatsAndUnits": {"timezone": None}}, {"timezone": "UTC"}),
        ({"formatsAndUnits": {"timezone": ""}}, {"timezone": "UTC"}),
        ({"languages": {"enabledLanguages": ["fr", "en", "fr"]}}, {"languages": ("fr", "en")}),
        ({"languages": {"enabledLanguages": ["fr"]}}, {"languages": ("fr",), "default_language": "fr"}),
        ({"languages": {"defaultLanguage": "it"}}, {"default_language": "it"}),
        (
            {"languages": {"enabledLanguages": ["pt_BR", "de"], "defaultLanguage": "de"}},
            {"languages": ("pt_BR", "de"), "default_language": "de"},
        ),
        (
            {"languages": {"enabledLanguages": CODES[:100]}},
            {"languages": tuple(CODES[:100]), "default_language": CODES[0]},
        ),
    ],
)
def test_update(body: Json, changes: Json) -> None:
    assert update(body) == replace(STORE, **changes)


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"settings": {"storeName": ""}}, {"Profile.settings.storeName": "must not be empty"}),
        ({"settings": {"storeName": None}}, {"Profile.settings.storeName": "must not be empty"}),
        ({"settings": {"storeName": "x" * 256}}, {"Profile.settings.storeName": too_long(255)}),
        ({"generalInfo": {"storeUrl": "\n"}}, {"Profile.generalInfo.storeUrl": CONTROL}),
        (
            {"formatsAndUnits": {"timezone": "Rome"}},
            {"Profile.formatsAndUnits.timezone": "must be a time zone such as 'Europe/Rome'"},
        ),
        ({"languages": {"enabledLanguages": []}}, {ENABLED: COUNT}),
        ({"languages": {"enabledLanguages": None}}, {ENABLED: COUNT}),
        ({"languages": {"enabledLanguages": CODES[:101]}}, {ENABLED: COUNT}),
        ({"languages": {"enabledLanguages": ["en", "en", "English"]}}, {f"{ENABLED}[2]": NO_LANGUAGE}),
        ({"languages": {"defaultLanguage": "fr"}}, {DEFAULT: NOT_ENABLED}),
        ({"languages": {"defaultLanguage": None}}, {DEFAULT: NOT_ENABLED}),
        ({"languages": {"enabledLanguages": ["en"], "defaultLanguage": "it"}}, {DEFAULT: NOT_ENABLED}),
    ],
)
def test_refused(body: Json, problems: Problems) -> None:
    with pytest.raises(InvalidBody) as caught:
        update(body)
    assert caught.value.problems == problems


def test_all_problems_come_at_once_in_the_order_of_the_fields() -> None:
    body = {
        "formatsAndUnits": {"timezone": "Rome"},
        "languages": {"enabledLanguages": ["en", "E"]},
        "settings": {"storeName": ""},
    }
    with pytest.raises(InvalidBody) as caught:
        update(body, {"Profile.generalInfo.storeUrl": "must be a string"})
    assert list(caught.value.problems) == [
        "Profile.generalInfo.storeUrl",
        "Profile.settings.storeName",
        f"{ENABLED}[1]",
        "Profile.formatsAndUnits.timezone",
    ]


@pytest.mark.parametrize("path", [ENABLED, f"{ENABLED}[1]"])
def test_whether_the_default_is_enabled_is_not_known_when_the_list_is_wrong(path: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        update({"languages": {"defaultLanguage": "fr"}}, {path: "must be a list"})
    assert caught.value.problems == {path: "must be a list"}


@pytest.mark.parametrize("code", ["en", "fil", "pt_BR", "zh_Hans", "sr_Latn"])
def test_languages(code: str) -> None:
    assert is_language(code)


@pytest.mark.parametrize("code", ["", "e", "EN", "engl", "en-GB", "en_", "en_GBRRR", "en_G", "én", "en\n", " en"])
def test_no_languages(code: str) -> None:
    assert not is_language(code)
