"""The rows of the API tests and what they are compared with. No test and no HTTP here.

An ``Update`` says what was there, what is sent and every path that then differs; a ``Scenario`` says what is asked,
what is answered and which changes the store's log has gained.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = Any


class _Anything:
    """Equal to every value that ``accepts`` takes."""

    def __init__(self, name: str, accepts: type) -> None:
        self.name = name
        self.accepts = accepts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.accepts) and not isinstance(other, bool)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return self.name


AN_ID: Final = _Anything("AN_ID", int)
A_TEXT: Final = _Anything("A_TEXT", str)
ANYTHING: Final = _Anything("ANYTHING", object)


class _Absent:
    """Stands for a key that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class Existing:
    """In a body: the value that the customer has at this path, such as ``contacts.0.id``."""

    path: str


@dataclass(frozen=True)
class Named:
    """In a body: something that the test made before, such as a group."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Update:
    """One update of a customer. ``differs``: every path that an answer then has another value at."""

    title: str
    given: Mapping[str, Json]
    body: Json
    differs: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A body that is refused. ``problems``: path → what the message says, for all of them."""

    title: str
    body: Json
    problems: Mapping[str, str]
    status: int = 400
    code: str = "WRONG_PARAMETER"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A request to a store, its answer and the changes that it leaves. ``answer`` None: any."""

    title: str
    method: str = "GET"
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = ABSENT
    status: int = 200
    answer: Json = None
    changes: tuple[str, ...] = ()


def resolve(body: Json, customer: Json, names: Mapping[str, Json]) -> Json:
    """The body with ``Existing`` and ``Named`` replaced by what they stand for."""
    match body:
        case Existing(path):
            return at(customer, path)
        case Named(name):
            return names[name]
        case dict():
            return {key: resolve(value, customer, names) for key, value in body.items()}
        case list() | tuple():
            return [resolve(value, customer, names) for value in body]
    return body


def at(value: Json, path: str) -> Json:
    for step in path.split("."):
        value = value[int(step) if isinstance(value, list) else step]
    return value


def differences(before: Json, after: Json) -> dict[str, Json]:
    """Path → value after; arrays of another length differ as a whole. ``updated`` and ``timestamp`` are left out."""
    return dict(_differences(before, after, ""))


def _differences(before: Json, after: Json, path: str) -> Iterator[tuple[str, Json]]:
    below = path + "." if path else ""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in ("updated", "timestamp"):
                yield from _differences(before.get(key, ABSENT), after.get(key, ABSENT), below + key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for position, pair in enumerate(zip(before, after, strict=True)):
            yield from _differences(*pair, f"{below}{position}")
    elif before != after:
        yield path, after
