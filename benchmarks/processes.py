"""Servers as child processes: started, waited for, watched and always stopped again. Linux only (reads /proc)."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from benchmarks.wire import Request

HOST = "127.0.0.1"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class BenchmarkError(Exception):
    """Something that makes the run, or a figure of it, worthless."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What runs beside a target: its database, further servers on it. Its work counts as the target's."""

    processes: tuple[subprocess.Popen[bytes], ...] = ()
    ports: tuple[int, ...] = ()
    """Of the further servers."""

    def cpu_seconds(self) -> float:
        return sum(family_ticks(process.pid) for process in self.processes) / TICKS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers on a port of this machine; its process leads a group of its own."""

    port: int
    headers: Mapping[str, str]
    process: subprocess.Popen[bytes]
    beside: Beside = field(default_factory=Beside)

    def ask(self, request: Request, timeout: float = 30.0) -> Any:
        """The decoded answer to one request; any status but 200 is an error. `population.MARK` is sent as it is."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)
        headers = {**self.headers, **({"Content-Type": "application/json"} if request.body else {})}
        try:
            connection.request(request.method, request.path, request.body or None, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise BenchmarkError(f"{request.method} {request.path}: {response.status} {text[:300]!r}")
        return json.loads(text)

    def cpu_seconds(self) -> float:
        """Processor time that the server, its children and what runs beside it have used so far."""
        return family_ticks(self.process.pid) / TICKS_PER_SECOND + self.beside.cpu_seconds()

    def state(self) -> str:
        code = self.process.poll()
        return "the server is still running" if code is None else f"the server has ended with status {code}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def child(
    command: list[str], environment: Mapping[str, str], log: Path, **started_as: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a command in a process group of its own and ends that group on leaving, whatever happened.

    `started_as`: what Popen is told besides, such as a user.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **started_as,
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """Asks the process to end, and after `patience` seconds kills what is left of its group."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(server: Server, probe: Request, log: Path) -> None:
    """Returns when `probe` is answered with 200; an early end of the process or 30 seconds without is an error."""
    deadline = time.monotonic() + 30
    problem: Exception | None = None
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            server.ask(probe, timeout=5)
            return
        except (OSError, http.client.HTTPException, BenchmarkError) as error:
            problem = error
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-2000:]
    raise BenchmarkError(f"The server did not come up ({problem}; {server.state()}). Its output ends:\n{tail}")


def family(leader: int) -> dict[int, int]:
    """The clock ticks of all processes of a group, and of the leader's children in groups of their own."""
    ticks = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if leader in (int(fields[1]), int(fields[2])):
            ticks[int(entry.parent.name)] = int(fields[11]) + int(fields[12])
    return ticks


def family_ticks(leader: int) -> int:
    return sum(family(leader).values())


@contextlib.contextmanager
def standing_still(leaders: Iterable[int]) -> Iterator[None]:
    """Families of processes do nothing in the block: a database, for one, has work of its own when nobody asks it."""
    stopped: list[int] = []
    try:
        for leader in leaders:
            os.kill(leader, signal.SIGSTOP)  # first: then it makes no more children
            stopped.append(leader)
            stopped += family(leader).keys() - {leader}
        for process in stopped:
            _tell(process, signal.SIGSTOP)
        yield
    finally:
        for process in reversed(stopped):
            _tell(process, signal.SIGCONT)


def _tell(process: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, what)


def machine_seconds() -> float:
    """Processor time that all cores together have spent on anything, other guests of the host included."""
    user, nice, system, _idle, _waiting, *rest = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + sum(rest)) / TICKS_PER_SECOND


class Busy(Protocol):
    """What uses processor time."""

    def cpu_seconds(self) -> float: ...


def wait_until_quiet(servers: Iterable[Busy], patience: float = 90.0) -> bool:
    """Waits until no server is still busy with work that nobody waits for any more; False when patience ran out."""
    watched = list(servers)
    deadline = time.monotonic() + patience
    before = sum(server.cpu_seconds() for server in watched)
    while time.monotonic() < deadline:
        time.sleep(0.1)
        after = sum(server.cpu_seconds() for server in watched)
        if after - before < 0.03:
            return True
        before = after
    return False
