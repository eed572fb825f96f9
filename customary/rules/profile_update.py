"""How a body changes a store's profile: its name, address, time zone and languages."""

import re
from zoneinfo import available_timezones

from msgspec import UNSET
from msgspec.structs import replace

from customary.errors import InvalidBody
from customary.model.body import LanguagesBody, ProfileBody
from customary.model.store import Store
from customary.rules.problems import Problems, take_text

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?", re.ASCII)


def is_language(code: str) -> bool:
    """Codes such as ``en``, ``fil`` and ``pt_BR``."""
    return _LANGUAGE.fullmatch(code) is not None


def update_profile(store: Store, body: ProfileBody) -> Store:
    """What the body does not name stays. Raises InvalidBody."""
    problems: Problems = {}
    if body.settings and body.settings.store_name is not UNSET:
        path = "Profile.settings.storeName"
        name = take_text(body.settings.store_name, path, problems)
        if not name:
            problems[path] = "must not be empty"
        store = replace(store, name=name)
    if body.general_info and body.general_info.store_url is not UNSET:
        store = replace(store, url=take_text(body.general_info.store_url, "Profile.generalInfo.storeUrl", problems))
    if body.formats_and_units and body.formats_and_units.timezone is not UNSET:
        timezone = body.formats_and_units.timezone or "UTC"
        if timezone not in available_timezones():
            problems["Profile.formatsAndUnits.timezone"] = "must be a time zone such as 'Europe/Rome'"
        store = replace(store, timezone=timezone)
    if body.languages:
        store = _with_languages(store, body.languages, problems)
    if problems:
        raise InvalidBody(problems)
    return store


def _with_languages(store: Store, body: LanguagesBody, problems: Problems) -> Store:
    enabled = store.languages
    if body.enabled_languages is not UNSET:
        enabled = tuple(dict.fromkeys(body.enabled_languages or ()))
        for index, code in enumerate(enabled):
            if not is_language(code):
                problems[f"Profile.languages.enabledLanguages[{index}]"] = "must be a language code such as 'en'"
        if not 1 <= len(enabled) <= 100:
            problems["Profile.languages.enabledLanguages"] = "must have from 1 to 100 languages"
    default = store.default_language if body.default_language is UNSET else body.default_language or ""
    if body.default_language is UNSET and default not in enabled and enabled:
        default = enabled[0]
    if default not in enabled:
        problems["Profile.languages.defaultLanguage"] = "must be one of the enabled languages"
    return replace(store, languages=enabled, default_language=default)
