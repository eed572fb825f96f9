"""How a body changes a store's profile: its name, address, time zone and languages."""

import re
from zoneinfo import available_timezones

from msgspec import UNSET
from msgspec.structs import replace

from customary.model.body import LanguagesBody, ProfileBody
from customary.model.store import Store
from customary.rules.problems import Problems, refusal, take_text

ENABLED = "Profile.languages.enabledLanguages"
MOST_LANGUAGES = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?", re.ASCII)


def is_language(code: str) -> bool:
    """Codes such as ``en``, ``fil`` and ``pt_BR``."""
    return _LANGUAGE.fullmatch(code) is not None


def update_profile(store: Store, body: ProfileBody, problems: Problems | None = None) -> Store:
    """What the body does not name stays. Raises InvalidBody with every problem, ``problems`` among them."""
    found = dict(problems or ())
    if body.settings and body.settings.store_name is not UNSET:
        name = take_text(body.settings.store_name, "Profile.settings.storeName", found)
        if not name:
            found.setdefault("Profile.settings.storeName", "must not be empty")
        store = replace(store, name=name)
    if body.general_info and body.general_info.store_url is not UNSET:
        store = replace(store, url=take_text(body.general_info.store_url, "Profile.generalInfo.storeUrl", found))
    if body.formats_and_units and body.formats_and_units.timezone is not UNSET:
        timezone = body.formats_and_units.timezone or "UTC"
        if timezone not in available_timezones():
            found.setdefault("Profile.formatsAndUnits.timezone", "must be a time zone such as 'Europe/Rome'")
        store = replace(store, timezone=timezone)
    if body.languages:
        store = _with_languages(store, body.languages, found)
    if found:
        raise refusal(found, ProfileBody)
    return store


def _with_languages(store: Store, body: LanguagesBody, problems: Problems) -> Store:
    enabled = store.languages
    if body.enabled_languages is not UNSET:
        enabled = _take_languages(body.enabled_languages or (), problems)
    default = store.default_language if body.default_language is UNSET else body.default_language or ""
    if body.default_language is UNSET and default not in enabled and enabled:
        default = enabled[0]
    if default not in enabled and not any(path.startswith(ENABLED) for path in problems):
        problems.setdefault("Profile.languages.defaultLanguage", "must be one of the enabled languages")
    return replace(store, languages=enabled, default_language=default)


def _take_languages(codes: tuple[str, ...], problems: Problems) -> tuple[str, ...]:
    """The codes in their order, each once."""
    if not 1 <= len(codes) <= MOST_LANGUAGES:
        problems.setdefault(ENABLED, f"must have from 1 to {MOST_LANGUAGES} languages")
    for index, code in enumerate(codes[:MOST_LANGUAGES]):
        if not is_language(code):
            problems.setdefault(f"{ENABLED}[{index}]", "must be a language code such as 'en'")
    return tuple(dict.fromkeys(codes))
