"""Updates on a slow disk: `strace` adds 5 ms to every `fdatasync` of the server. Needs strace and wrk.

`python -m benchmarks.slow_disk` prints the rate of one client, which waits for a commit with each update, and of 32.
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import seeds
from benchmarks.load import put_under_load
from benchmarks.own import CustomaryTarget
from benchmarks.processes import BenchmarkError, Server, child, free_port, wait_until_ready
from benchmarks.workloads import WORKLOADS, Cell, chosen_customers, write_requests

DELAY = 5_000
"""Microseconds."""
SAMPLE = 20_000
SAY = Console(width=140, highlight=False).print


def main(arguments: Sequence[str] | None = None) -> None:
    flags = argparse.ArgumentParser(prog="python -m benchmarks.slow_disk", description=__doc__)
    flags.add_argument("--customers", type=int, default=100_000, help="size of the store")
    flags.add_argument("--seconds", type=int, default=10, help="length of a round")
    flags.add_argument("--work", type=Path, default=Path("build/bench"), help="where seeded databases are kept")
    options = flags.parse_args(arguments)
    if shutil.which("strace") is None:
        raise SystemExit("strace is not installed.")
    target = CustomaryTarget()
    seed = seeds.seeded(options.work, target, options.customers)
    directory = seeds.fresh_copy(seed, options.work / "running" / "slow-disk")
    try:
        one, many = rates(target, directory, options.customers, options.seconds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    SAY(f"{DELAY / 1000:g} ms more for each fdatasync: 1 client {one:,.0f} updates/s, 32 clients {many:,.0f}")
    SAY(f"32 clients get {many / one:.1f} times the rate of one commit an update")


def rates(target: CustomaryTarget, directory: Path, customers: int, seconds: int) -> list[float]:
    port, log, wire = free_port(), directory.with_suffix(".log"), target.wire(directory)
    requests = directory / "requests"
    write_requests(requests, WORKLOADS["update"], wire, chosen_customers(customers, SAMPLE))
    slowed = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]
    slowed += ["-e", f"inject=fdatasync:delay_enter={DELAY}", *target.launch(directory, port).command]
    with child(slowed, {}, log) as process:
        server = Server(port=port, headers=wire.headers, process=process)
        wait_until_ready(server, wire.get(1), log)
        found = []
        for turn, connections in enumerate((1, 32)):
            cell = Cell(workload="update", connections=connections, customers=customers)
            figure = put_under_load(
                server, requests, cell, target=target.name, turn=turn, seconds=seconds, first=turn * SAMPLE // 2
            )
            if not figure.valid:
                raise BenchmarkError(f"{figure.errors} of {figure.requests} requests failed")
            found.append(figure.rate)
        return found


if __name__ == "__main__":
    main()
