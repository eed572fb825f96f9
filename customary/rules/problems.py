"""Collects every problem of a body by the path of its field, and takes the values that have none."""

from msgspec import UNSET, UnsetType

from customary.rules.text import text_problem

Problems = dict[str, str]

LARGEST_NUMBER = 2**31 - 1


def take_text(
    value: str | None | UnsetType, path: str, problems: Problems, limit: int = 255, lines: bool = False
) -> str:
    """The text, empty where it is absent or null. ``lines`` allows line feeds and tabs."""
    if not value:
        return ""
    if len(value) <= limit and (value.replace("\n", "") if lines else value).isprintable():
        return value
    problem = text_problem(value, limit, lines)
    if problem:
        problems[path] = problem
    return value


def take_number(value: int | None | UnsetType, path: str, problems: Problems) -> int | None:
    """The number, None where it is absent or null."""
    if value is None or value is UNSET:
        return None
    if not 0 <= value <= LARGEST_NUMBER:
        problems[path] = f"must be from 0 to {LARGEST_NUMBER}"
    return value


def take_choice(
    value: str | None | UnsetType, path: str, problems: Problems, choices: tuple[str, ...], default: str
) -> str:
    """One of the choices, the default where it is absent or null."""
    if value is None or value is UNSET:
        return default
    if value not in choices:
        problems[path] = "must be one of " + ", ".join(f"'{choice}'" for choice in choices)
    return value


def check_length(elements: tuple[object, ...], path: str, problems: Problems, limit: int = 100) -> None:
    if len(elements) > limit:
        problems[path] = f"must have at most {limit} elements"
