"""What a target is: a server with a base address that the load generator speaks to, or code measured in process."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Figure
from benchmarks.processes import Beside, Server
from benchmarks.wire import Wire
from benchmarks.workloads import WORKLOADS, Cell


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a server is started."""

    command: list[str]
    environment: Mapping[str, str]


class Target(ABC):
    """Anything that has a line in the table of results."""

    name: str
    """As on the command line and in the JSON."""
    title: str
    workloads: frozenset[str] = frozenset(WORKLOADS)
    note: str = ""
    """What a reader must know to compare it fairly; a line of the page of results."""

    @property
    def data(self) -> str:
        """Name of the seeded data; targets that name the same start from copies of the same files."""
        return self.name

    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """Versions and settings that the target runs with, for the page of results."""

    @abstractmethod
    def seed(self, directory: Path, count: int, /) -> None:
        """Puts `population.everyone(count)` into an empty directory; nothing runs there afterwards."""

    def beside(self, _directory: Path, /) -> AbstractContextManager[Beside]:
        """Runs what the target needs beside itself for as long as the block lasts, such as its database."""
        return nullcontext(Beside())

    def audit(self, _directory: Path, _written: int, /) -> None:
        """Raises BenchmarkError when fewer writes are stored than were answered, or what is stored is not whole."""
        return

    def missing(self) -> str | None:
        """What keeps this target from being measured here, if anything does."""
        return None

    def fingerprint(self) -> str:
        """Changes when seeded data of before can no longer be used."""
        return "1"


class ServerTarget(Target):
    """A target that is started as a process and asked over HTTP."""

    holds_customers = True
    """False for a server without storage: then nothing is read back before the run."""

    @abstractmethod
    def launch(self, directory: Path, port: int, /) -> Launch: ...

    @abstractmethod
    def wire(self, directory: Path, /) -> Wire: ...

    def confirm(self, _server: Server, /) -> None:
        """Raises BenchmarkError when the running server is not set up as `settings` claims."""
        return


class InProcessTarget(Target):
    """A target without HTTP: some code of ours that is called in a loop and yields a rate."""

    @abstractmethod
    def measure(self, directory: Path, cell: Cell, *, turn: int, seconds: int) -> Figure: ...
