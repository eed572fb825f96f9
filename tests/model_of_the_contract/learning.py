"""What the server chooses (ids, times), learned from its answers, and how an answer is held against the model."""

from calendar import timegm
from re import fullmatch
from time import gmtime, strftime, strptime
from typing import Any, Final

Json = Any

DATE: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000"


class LearnedDate:
    """A time between two readings of the clock, until an answer tells which one it is."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __deepcopy__(self, _memo: Json) -> "LearnedDate":
        return self

    @property
    def seconds(self) -> int:
        assert self.low == self.high, "nobody has read it yet"
        return self.low

    def learn(self, answer: Json) -> bool:
        if not isinstance(answer, str) or not fullmatch(DATE, answer):
            return False
        seconds = timegm(strptime(answer, "%Y-%m-%d %H:%M:%S +0000"))
        if not self.low <= seconds <= self.high:
            return False
        self.low = self.high = seconds
        return True


class LearnedId:
    """A number that nothing of its kind ever had before."""

    def __init__(self, used: set[int]) -> None:
        self.used = used
        self.value: int | None = None

    def __deepcopy__(self, _memo: Json) -> "LearnedId":
        return self

    def __eq__(self, other: object) -> bool:
        return self.value is not None and self.value == (other.value if isinstance(other, LearnedId) else other)

    def __hash__(self) -> int:
        return id(self)

    def learn(self, answer: Json) -> bool:
        if type(answer) is not int or answer <= 0:
            return False
        if self.value is None and answer not in self.used:
            self.used.add(answer)
            self.value = answer
        return answer == self.value


class LearnedKey:
    """The five signs of an order's id or the seven of an extra field's key, which the server chooses."""

    def learn(self, answer: Json) -> bool:
        return isinstance(answer, str) and fullmatch(r"[A-Za-z0-9]{5}|[A-Za-z0-9]{7}", answer) is not None


def learn(expected: Json, answer: Json, path: str = "answer") -> list[str]:
    """Where an answer differs from what the model expects. Learned values take theirs from it."""
    if isinstance(expected, LearnedDate | LearnedId | LearnedKey):
        return [] if expected.learn(answer) else [f"{path}: {answer!r} can't be"]
    if isinstance(expected, dict) and isinstance(answer, dict):
        found = [f"{path}: {key} is missing" for key in expected.keys() - answer.keys()]
        found += [f"{path}: {key} is too much: {answer[key]!r}" for key in answer.keys() - expected.keys()]
        for key in expected.keys() & answer.keys():
            found += learn(expected[key], answer[key], f"{path}.{key}")
        return found
    if isinstance(expected, list) and isinstance(answer, list):
        found = [f"{path}: {len(answer)} elements, not {len(expected)}"] * (len(expected) != len(answer))
        for index, (left, right) in enumerate(zip(expected, answer, strict=False)):
            found += learn(left, right, f"{path}[{index}]")
        return found
    same = expected == answer and isinstance(expected, bool) == isinstance(answer, bool)
    return [] if same else [f"{path}: {answer!r}, not {expected!r}"]


def show_date(seconds: int) -> str:
    return strftime("%Y-%m-%d %H:%M:%S +0000", gmtime(seconds))


class Refused(Exception):
    """What the contract answers instead: a status, a code, and the paths of everything that is wrong."""

    def __init__(self, status: int, code: str, *paths: str) -> None:
        super().__init__(status, code, paths)
        self.status, self.code, self.paths = status, code, set(paths)
