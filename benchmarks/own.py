"""customary as a target, and the limits it is held against: its HTTP without storage, its storage without HTTP."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.load import Figure
from benchmarks.processes import BenchmarkError
from benchmarks.seeding import seed_customary
from benchmarks.storage_limit import measure_storage
from benchmarks.targets import InProcessTarget, Launch, ServerTarget
from benchmarks.wire import STORE_ID, ContractWire
from benchmarks.workloads import Cell

SCOPES = "read_customers,update_customers,create_customers"
PACKAGES = ("customary", "httptools", "uvloop", "msgspec", "apsw")
DATABASE = "customers.db"
TOKEN = "token"


def bare_stack_command(port: int) -> list[str]:
    """Starts customary's HTTP and decoding without storage."""
    return [sys.executable, "-m", "benchmarks.bare_server", str(port)]


class CustomaryTarget(ServerTarget):
    """The server as it is installed, with its default settings."""

    name = "customary"
    title = "customary"

    def settings(self) -> Mapping[str, str]:
        return {
            "version": versions(),
            "durability": "journal_mode=WAL, synchronous=FULL, waiting updates share a transaction",
            "concurrency": "one process, its defaults",
            "access": "the token and its scopes are checked at every request",
            "else": "its defaults; every change also writes history",
        }

    def missing(self) -> str | None:
        return "customary is not installed" if binary() is None else None

    def fingerprint(self) -> str:
        """The version, and the statements that make the schema of SQLite."""
        package = find_spec("customary")
        folders = package.submodule_search_locations if package else None
        files = sorted(
            file for folder in folders or [] for file in Path(folder, "storage", "sqlite", "migrations").glob("*.sql")
        )
        return "\n".join([versions(), *(file.read_text() for file in files)])

    def seed(self, directory: Path, count: int) -> None:
        database = ["--database", address(directory)]
        run_customary("store", "add", str(STORE_ID), "--name", "Bench", "--languages", "en", *database)
        seed_customary(directory / DATABASE, count)
        token = ["token", "add", "--store", str(STORE_ID), "--scopes", SCOPES, "--label", "bench"]
        (directory / TOKEN).write_text(run_customary(*token, *database).strip())

    def launch(self, directory: Path, port: int) -> Launch:
        command = [str(binary()), "serve", "--database", address(directory), "--port", str(port)]
        return Launch(command=command, environment={})

    def wire(self, directory: Path) -> ContractWire:
        return ContractWire((directory / TOKEN).read_text())


class TwoWorkersTarget(CustomaryTarget):
    """The same with two processes on the database."""

    name = "customary-2-workers"
    title = "customary, two workers"

    @property
    def data(self) -> str:
        return CustomaryTarget.name

    def settings(self) -> Mapping[str, str]:
        return {**super().settings(), "concurrency": "two worker processes"}

    def launch(self, directory: Path, port: int) -> Launch:
        alone = super().launch(directory, port)
        return Launch(command=[*alone.command, "--workers", "2"], environment=alone.environment)


class BareStackTarget(ServerTarget):
    """An upper bound: what routing, decoding and answering leave for everything else."""

    name = "bare-stack"
    title = "customary's HTTP, no storage"
    workloads = frozenset({"update", "get"})
    holds_customers = False

    def settings(self) -> Mapping[str, str]:
        return {"version": versions(), "durability": "none: nothing is stored", "access": "the token is checked"}

    def missing(self) -> str | None:
        return None

    def seed(self, _directory: Path, _count: int) -> None:
        """It stores nothing."""

    def launch(self, _directory: Path, port: int) -> Launch:
        return Launch(command=bare_stack_command(port), environment={})

    def wire(self, _directory: Path) -> ContractWire:
        return ContractWire("secret_" + "0" * 32)


class StorageLimitTarget(InProcessTarget):
    """An upper bound: what the storage takes when nothing has to come over HTTP."""

    name = "storage-limit"
    title = "customary's storage, no HTTP"
    workloads = frozenset({"update"})

    @property
    def data(self) -> str:
        return CustomaryTarget.name

    def settings(self) -> Mapping[str, str]:
        return {"version": versions(), "durability": "as customary", "access": "called in process"}

    def missing(self) -> str | None:
        return None

    def fingerprint(self) -> str:
        return CustomaryTarget().fingerprint()

    def seed(self, directory: Path, count: int) -> None:
        CustomaryTarget().seed(directory, count)

    def measure(self, directory: Path, cell: Cell, *, turn: int, seconds: int) -> Figure:
        return measure_storage(directory / DATABASE, cell, target=self.name, turn=turn, seconds=seconds)


def binary() -> str | None:
    return shutil.which("customary", path=str(Path(sys.executable).parent)) or shutil.which("customary")


def address(directory: Path) -> str:
    return f"sqlite:///{(directory / DATABASE).resolve()}"


def run_customary(*arguments: str, patience: float = 120) -> str:
    """What a command of customary prints."""
    done = subprocess.run([str(binary()), *arguments], capture_output=True, text=True, timeout=patience, check=False)
    if done.returncode:
        raise BenchmarkError(f"customary {' '.join(arguments[:2])} failed: {done.stderr or done.stdout}")
    return done.stdout


def versions() -> str:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} as checked out")
    return ", ".join(found)
