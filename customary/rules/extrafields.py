"""Extra fields: what a definition may be, and how a list that is sent replaces a customer's values."""

from collections.abc import Callable, Collection, Mapping

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from customary.model.body import ExtrafieldBody, ExtrafieldValueBody
from customary.model.customer import ExtrafieldValue
from customary.model.extrafield import DATETIME, EXTRAFIELD_TYPES, TEXT, Extrafield
from customary.rules.dates import format_date
from customary.rules.problems import Problems, element_paths, refusal, take_choice, take_date, take_elements, take_text

ROOT = "ExtraField"
PATH = "Customer.extrafields"
_PATHS = element_paths(PATH)
_UNREACHABLE = frozenset({".", ".."})


def new_extrafield(
    extrafield_id: int,
    body: ExtrafieldBody,
    keys: Collection[str],
    random_key: Callable[[], str],
    now: int,
    problems: Problems | None = None,
) -> Extrafield:
    """A definition made from a body: a title is required. ``keys`` are those that the store has.

    Raises InvalidBody, with ``problems`` that were found in the body before.
    """
    found = dict(problems or ())
    if body.title is UNSET:
        found.setdefault(f"{ROOT}.title", "is absent")
    key = _take_key(body.key, keys, found) if body.key else _free_key(keys, random_key)
    blank = Extrafield(id=extrafield_id, key=key, title="", created=now, modified=now)
    return _apply(blank, body, now, found)


def change_extrafield(
    before: Extrafield, body: ExtrafieldBody, now: int, problems: Problems | None = None
) -> Extrafield:
    """What the body does not name stays, and so does the key. Raises InvalidBody, with ``problems`` too."""
    return _apply(before, body, now, dict(problems or ()))


def _apply(before: Extrafield, body: ExtrafieldBody, now: int, problems: Problems) -> Extrafield:
    after = replace(before, modified=now)
    if body.title is not UNSET:
        after = replace(after, title=take_text(body.title, f"{ROOT}.title", problems))
        if not after.title:
            problems.setdefault(f"{ROOT}.title", "must not be empty")
    if body.type is not UNSET:
        capitals = body.type.upper() if body.type and body.type.isascii() else body.type
        after = replace(after, type=take_choice(capitals, f"{ROOT}.type", problems, EXTRAFIELD_TYPES, TEXT))
    if body.shown_on_order_details is not UNSET:
        after = replace(after, shown_on_order_details=body.shown_on_order_details is True)
    if problems:
        raise refusal(problems, ExtrafieldBody)
    return after


def _take_key(value: str | None | UnsetType, keys: Collection[str], problems: Problems) -> str:
    """A key is the last part of a path, so it must be one that a path can end with."""
    path = f"{ROOT}.key"
    key = take_text(value, path, problems)
    if "/" in key or key in _UNREACHABLE:
        problems.setdefault(path, "must not contain a slash, nor be '.' or '..'")
    elif key in keys:
        problems.setdefault(path, "is the key of another extra field")
    return key


def _free_key(keys: Collection[str], random_key: Callable[[], str]) -> str:
    while (key := random_key()) in keys:
        pass
    return key


def replace_values(
    stored: tuple[ExtrafieldValue, ...],
    bodies: tuple[ExtrafieldValueBody, ...] | None | UnsetType,
    types: Mapping[str, str],
    problems: Problems,
) -> tuple[ExtrafieldValue, ...]:
    """The values after the update, in the order of ``types``: key → type of every extra field that the store has.

    An element without a value sets none. One that is as stored is not checked: it may be older than its field's type.
    """
    known = {each.key: each.value for each in stored}
    taken: dict[str, str] = {}
    for path, body in zip(_PATHS, take_elements(bodies, PATH, problems), strict=False):
        if path in problems:  # no object
            continue
        problem = _key_problem(body.key, types, taken)
        if problem:
            problems.setdefault(f"{path}.key", problem)
        elif isinstance(body.key, str):
            value = body.value
            unchanged = value == known.get(body.key) and isinstance(value, str)
            taken[body.key] = str(value) if unchanged else _take_value(value, types[body.key], path, problems)
    return tuple([ExtrafieldValue(key=key, value=taken[key]) for key in types if taken.get(key)])


def _key_problem(key: str | None | UnsetType, types: Mapping[str, str], taken: Collection[str]) -> str | None:
    if not key:
        return "is absent"
    if key not in types:
        return "is not the key of an extra field of this store"
    return "is there twice" if key in taken else None


def _take_value(value: str | int | None | UnsetType, kind: str, path: str, problems: Problems) -> str:
    """A date is stored as it is answered, whichever way it was written."""
    if kind == DATETIME:
        at = take_date(value, f"{path}.value", problems)
        return "" if at is None else format_date(at)
    if isinstance(value, int):
        problems.setdefault(f"{path}.value", "must be a string")
        return ""
    return take_text(value, f"{path}.value", problems)
