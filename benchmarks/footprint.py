"""Start and memory: seconds until the server is ready, and what it holds in memory after searches and updates.

`python -m benchmarks.footprint --customers 1000000`. Needs wrk.
"""

import argparse
import http.client
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import seeds
from benchmarks.load import put_under_load
from benchmarks.own import DATABASE, CustomaryTarget
from benchmarks.processes import HOST, BenchmarkError, Server, child, free_port
from benchmarks.workloads import WORKLOADS, Cell, chosen_customers, write_requests

SAMPLE = 20_000
SAY = Console(width=140, highlight=False).print
LOADS = ("search-name", "search-phone", "search-group", "search-email", "get", "update")
CONNECTIONS = 8


def main(arguments: Sequence[str] | None = None) -> None:
    flags = argparse.ArgumentParser(prog="python -m benchmarks.footprint", description=__doc__)
    flags.add_argument("--customers", type=int, default=1_000_000, help="size of the store")
    flags.add_argument("--seconds", type=int, default=5, help="length of each load")
    flags.add_argument("--work", type=Path, default=Path("build/bench"), help="where seeded databases are kept")
    options = flags.parse_args(arguments)
    target = CustomaryTarget()
    seed = seeds.seeded(options.work, target, options.customers)
    directory = seeds.fresh_copy(seed, options.work / "running" / "footprint")
    try:
        measure(target, directory, options.customers, options.seconds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def measure(target: CustomaryTarget, directory: Path, customers: int, seconds: int) -> None:
    size = (directory / DATABASE).stat().st_size
    SAY(f"{customers:,} customers, a database of {size / 2**20:,.0f} MiB")
    port, wire = free_port(), target.wire(directory)
    begun = time.monotonic()
    with child(target.launch(directory, port).command, {}, directory.with_suffix(".log")) as process:
        server = Server(port=port, headers=wire.headers, process=process)
        wait_for_health(port)
        SAY(f"ready after {time.monotonic() - begun:.2f} s, {resident(process.pid):.0f} MiB resident")
        for turn, name in enumerate(LOADS):
            requests = directory / name
            write_requests(requests, WORKLOADS[name], wire, chosen_customers(customers, SAMPLE))
            cell = Cell(workload=name, connections=CONNECTIONS, customers=customers)
            figure = put_under_load(server, requests, cell, target=target.name, turn=turn, seconds=seconds, first=0)
            if not figure.valid:
                raise BenchmarkError(f"{figure.errors} of {figure.requests} requests failed")
            times = f"p50 {figure.p50:.1f} ms, p99 {figure.p99:.1f} ms"
            SAY(f"{cell.title}: {figure.rate:,.0f}/s, {times}; then {resident(process.pid):.0f} MiB resident")


def wait_for_health(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise BenchmarkError("The server was not ready within a minute")


def resident(pid: int) -> float:
    """MiB of the process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchmarkError("The server is gone")


if __name__ == "__main__":
    main()
