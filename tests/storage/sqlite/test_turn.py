"""Whose turn it is to write, among real processes: the locks are those of a process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pytest

from customary.storage.sqlite.turn import Turn

OTHER = """
import sys
from customary.storage.sqlite.turn import Turn
turn = Turn(int(sys.argv[1]))
print("asks", flush=True)
turn.take()
print("has it", flush=True)
sys.stdin.readline()
turn.give()
print("gave it", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another_process(descriptor: int) -> Iterator["subprocess.Popen[str]"]:
    """It takes the turn, gives it at the first line and ends at the second."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(descriptor)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[descriptor],
        text=True,
    ) as other:
        assert says(other) == "asks"
        yield other
        other.kill()


def says(other: "subprocess.Popen[str]") -> str:
    assert other.stdout is not None
    return other.stdout.readline().strip()


def tell(other: "subprocess.Popen[str]") -> None:
    assert other.stdin is not None
    other.stdin.write("go on\n")
    other.stdin.flush()


@pytest.fixture
def descriptor() -> Iterator[int]:
    with TemporaryFile() as file:
        yield file.fileno()


def test_who_waits_is_next(descriptor: int) -> None:
    turn = Turn(descriptor)
    assert turn.take_at_once()
    with another_process(descriptor) as other:
        time.sleep(0.3)  # it asks, and then it waits
        turn.take()  # again does nothing
        assert turn.take_at_once()
        turn.give()
        assert not turn.take_at_once()
        assert says(other) == "has it"
        assert not turn.take_at_once()
        tell(other)
        assert says(other) == "gave it"
        assert turn.take_at_once()
        turn.give()
        turn.give()


def test_the_turn_of_a_process_that_dies_is_over(descriptor: int) -> None:
    turn = Turn(descriptor)
    with another_process(descriptor) as other:
        assert says(other) == "has it"
        assert not turn.take_at_once()
        other.kill()
        turn.take()
        assert turn.take_at_once()


def test_without_a_file_it_is_always_the_turn() -> None:
    turn = Turn()
    turn.take()
    assert turn.take_at_once()
    turn.give()
