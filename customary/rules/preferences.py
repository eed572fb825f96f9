"""What a client asks for with ``Prefer`` (RFC 7240), and which of it was done. An answer without it is as ever."""

import re

from msgspec import Struct

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
_PREFERENCE = re.compile(rf"\s*+({_NAME})\s*+(?:=\s*+({_NAME}|{_QUOTED})?\s*+)?(?:;.*)?", re.DOTALL)


class Preferences(Struct, frozen=True, kw_only=True):
    """``strict``: unknown keys are refused. ``representation``: a write answers with what it made. ``keep_lists``: an
    update that would drop elements of a list is refused. ``replica``: a read may be answered by one."""

    strict: bool = False
    representation: bool = False
    keep_lists: bool = False
    replica: bool = False


NO_PREFERENCES = Preferences()
_WORDS = {
    "strict": ("handling", "strict"),
    "representation": ("return", "representation"),
    "keep_lists": ("lists", "keep"),
    "replica": ("reads", "replica"),
}


def parse_preferences(header: str) -> Preferences:
    """``header`` is every ``Prefer`` line of a request, joined by commas.

    Of a preference that is there twice the first one counts. What is unknown or malformed is ignored, parameters too:
    a preference is a wish and never an error.
    """
    asked: dict[str, str] = {}
    for item in _ITEM.findall(header):
        if preference := _PREFERENCE.fullmatch(item):
            asked.setdefault(preference[1].lower(), _unquoted(preference[2] or ""))
    return Preferences(**{field: asked.get(name) == value for field, (name, value) in _WORDS.items()})


def applied_header(applied: Preferences) -> tuple[tuple[str, str], ...]:
    """``Preference-Applied`` with the preferences that were followed; no header without one."""
    if applied is NO_PREFERENCES:
        return ()
    words = [f"{name}={value}" for field, (name, value) in _WORDS.items() if getattr(applied, field)]
    return (("preference-applied", ", ".join(words)),) if words else ()


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
