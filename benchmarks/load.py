"""Puts load on one server with wrk and reads back what wrk counted."""

import json
import math
import os
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.processes import HOST, BenchmarkError, Server, machine_seconds
from benchmarks.workloads import Cell

SCRIPT = Path(__file__).with_name("wrk") / "replay.lua"
LONGEST_WAIT = 30
"""Seconds after which wrk counts an answer as timed out."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one target did under one load in one round (`turn`). Times are milliseconds, `*_cpu` cores kept busy,
    of the load generator by each of its threads."""

    target: str
    cell: Cell
    turn: int
    rate: float
    p50: float = math.nan
    p99: float = math.nan
    longest: float = math.nan
    requests: int = 0
    errors: int = 0
    generator_cpu: float = 0.0
    server_cpu: float = 0.0
    other_cpu: float = 0.0
    """Everything else that ran on the machine meanwhile."""

    @property
    def valid(self) -> bool:
        return self.errors == 0 and self.requests > 0

    @property
    def carried_out(self) -> int:
        """So many requests at the least: among the errors are some that were not answered at all."""
        return max(self.requests - self.errors, 0)

    def as_json(self) -> dict[str, object]:
        plain = {
            key: value for key, value in asdict(self).items() if not (isinstance(value, float) and math.isnan(value))
        }
        return {**plain, **plain.pop("cell"), "valid": self.valid}


def wrk_path() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise BenchmarkError("wrk, the load generator, is not installed.")
    return found


def put_under_load(
    server: Server, requests: Path, cell: Cell, *, target: str, turn: int, seconds: int, first: int
) -> Figure:
    """Replays a file of requests from number `first` on, from a closed loop of `cell.connections` connections.

    Where there are several servers, each has a thread of wrk and its part of the connections.
    """
    mark = time.time_ns() // 1000
    ports = (server.port, *server.beside.ports)
    command = [wrk_path(), "--threads", str(len(ports)), "--connections", str(cell.connections)]
    command += ["--duration", f"{seconds}s", "--timeout", f"{LONGEST_WAIT}s"]
    command += ["--script", str(SCRIPT), f"http://{HOST}:{server.port}", "--", str(requests), str(first), str(mark)]
    server_before, machine_before, begun = server.cpu_seconds(), machine_seconds(), time.monotonic()
    try:
        output, generator_seconds = _run(command, seconds, ports)
    except BenchmarkError as error:
        raise BenchmarkError(f"{target}, {cell.title}: {error} ({server.state()})") from error
    server_seconds = server.cpu_seconds() - server_before
    other_seconds = machine_seconds() - machine_before - server_seconds - generator_seconds
    whole = time.monotonic() - begun
    counted = _counted(output)
    elapsed = counted["microseconds"] / 1e6
    return Figure(
        target=target,
        cell=cell,
        turn=turn,
        rate=counted["requests"] / elapsed,
        p50=counted["p50"] / 1000,
        p99=counted["p99"] / 1000,
        longest=counted["longest"] / 1000,
        requests=counted["requests"],
        errors=sum(counted[kind] for kind in ("connect", "read", "write", "status", "timeout")),
        generator_cpu=generator_seconds / elapsed / len(ports),
        server_cpu=server_seconds / elapsed,
        other_cpu=max(other_seconds, 0.0) / whole,
    )


def _run(command: list[str], seconds: int, ports: tuple[int, ...]) -> tuple[str, float]:
    """The output of wrk and the processor time that it used, the reading of the file of requests included."""
    before = os.times()
    environment = {**os.environ, "REPLAY_PORTS": " ".join(map(str, ports))}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + 60, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"wrk did not end within a minute after the {seconds} seconds of load") from error
    after = os.times()
    if done.returncode:
        raise BenchmarkError(f"wrk failed: {done.stderr or done.stdout}")
    return done.stdout, after.children_user + after.children_system - before.children_user - before.children_system


def _counted(output: str) -> dict[str, int]:
    for line in output.splitlines():
        if line.startswith("FIGURES "):
            return dict(json.loads(line.removeprefix("FIGURES ")))
    raise BenchmarkError(f"wrk printed no figures: {output[-500:]}")
