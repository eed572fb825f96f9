"""The store's profile, and what its languages mean for customers."""

import pytest

from tests.api.scenarios import Json, differences
from tests.api.shop import Shop, check_error


def test_profile(shop: Shop) -> None:
    assert shop.get("/profile") == {
        "generalInfo": {"storeId": shop.store_id, "storeUrl": ""},
        "settings": {"storeName": "Test shop"},
        "languages": {"enabledLanguages": ["en", "it", "pt_BR"], "defaultLanguage": "en"},
        "formatsAndUnits": {"timezone": "UTC"},
    }


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        ({}, {}),
        ({"settings": {}, "languages": {}, "generalInfo": {}, "formatsAndUnits": {}}, {}),
        ({"settings": None, "languages": None, "generalInfo": None, "formatsAndUnits": None}, {}),
        ({"settings": {"storeName": "Juniper"}}, {"settings.storeName": "Juniper"}),
        ({"generalInfo": {"storeUrl": "https://j.example"}}, {"generalInfo.storeUrl": "https://j.example"}),
        ({"generalInfo": {"storeId": 7}, "account": {"accountName": "x"}}, {}),
        ({"formatsAndUnits": {"timezone": "Europe/Rome"}}, {"formatsAndUnits.timezone": "Europe/Rome"}),
        ({"languages": {"defaultLanguage": "it"}}, {"languages.defaultLanguage": "it"}),
        ({"languages": {"enabledLanguages": ["en", "fr"]}}, {"languages.enabledLanguages": ["en", "fr"]}),
        (
            {"languages": {"enabledLanguages": ["fr", "it"]}},
            {"languages.enabledLanguages": ["fr", "it"], "languages.defaultLanguage": "fr"},
        ),
        (
            {"languages": {"enabledLanguages": ["de"], "defaultLanguage": "de"}},
            {"languages.enabledLanguages": ["de"], "languages.defaultLanguage": "de"},
        ),
        ({"languages": {"enabledLanguages": ["en", "it", "en"]}}, {"languages.enabledLanguages": ["en", "it"]}),
    ],
    ids=str,
)
def test_update(shop: Shop, body: Json, differs: Json) -> None:
    before = shop.get("/profile")
    assert shop.put("/profile", body) == {"updateCount": 1}
    assert differences(before, shop.get("/profile")) == differs
    assert shop.changes() == ["store updated"]


LANGUAGES = "Profile.languages.enabledLanguages"


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"settings": {"storeName": ""}}, {"Profile.settings.storeName": "must not be empty"}),
        ({"settings": {"storeName": None}}, {"Profile.settings.storeName": "must not be empty"}),
        ({"settings": {"storeName": 5}}, {"Profile.settings.storeName": "must be a string"}),
        ({"languages": {"enabledLanguages": []}}, {LANGUAGES: "must have from 1 to 100 languages"}),
        ({"languages": {"enabledLanguages": ["english"]}}, {f"{LANGUAGES}[0]": "must be a language code such as 'en'"}),
        (
            {"languages": {"defaultLanguage": "fr"}},
            {"Profile.languages.defaultLanguage": "must be one of the enabled languages"},
        ),
        (
            {"formatsAndUnits": {"timezone": "Mars/Olympus"}},
            {"Profile.formatsAndUnits.timezone": "must be a time zone such as 'Europe/Rome'"},
        ),
        ({"generalInfo": []}, {"Profile.generalInfo": "must be an object"}),
        ({"languages": {"enabledLanguages": [5]}}, {f"{LANGUAGES}[0]": "must be a string"}),
    ],
    ids=str,
)
def test_refused(shop: Shop, body: Json, problems: dict[str, str]) -> None:
    before = shop.get("/profile")
    answer = shop.call("PUT", "/profile", body)
    check_error(answer, 400, "WRONG_PARAMETER")
    for path, problem in problems.items():
        assert answer.json["args"][path] == problem
    assert shop.get("/profile") == before
    assert shop.changes() == []


def test_a_new_language_can_be_a_customers_at_once(shop: Shop) -> None:
    customer = shop.add_customer()
    check_error(shop.call("PUT", f"/customers/{customer}", {"lang": "fr"}), 400, "LANGUAGES_NOT_ALLOWED")
    shop.put("/profile", {"languages": {"enabledLanguages": ["en", "fr"]}})
    shop.put(f"/customers/{customer}", {"lang": "fr"})
    assert shop.customer(customer)["lang"] == "fr"


def test_a_language_that_is_no_more_stays_with_its_customers(shop: Shop) -> None:
    customer = shop.add_customer(lang="it")
    shop.put("/profile", {"languages": {"enabledLanguages": ["en"]}})
    shop.put(f"/customers/{customer}", {"taxId": "X"})
    assert shop.customer(customer)["lang"] == "it"
