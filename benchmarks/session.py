"""One session: all servers up, then the same load on each in turn, round after round."""

import contextlib
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import seeds
from benchmarks.checking import check_targets
from benchmarks.load import Figure, put_under_load
from benchmarks.processes import (
    BenchmarkError,
    Beside,
    Server,
    child,
    free_port,
    standing_still,
    wait_until_quiet,
    wait_until_ready,
)
from benchmarks.targets import InProcessTarget, ServerTarget, Target
from benchmarks.wire import Wire
from benchmarks.workloads import WORKLOADS, WRITING, Cell, chosen_customers, write_requests

SLOW = 20
"""Requests in the second of warming up below which a target gets longer rounds of that load: PATIENCE times as long."""
PATIENCE = 4

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is measured, and for how long."""

    targets: tuple[Target, ...]
    workloads: tuple[str, ...]
    customers: tuple[int, ...]
    connections: tuple[int, ...] | None
    """Instead of those of the workload."""
    rounds: int
    seconds: int
    sample: int
    """How many requests are made ready for a workload."""
    work: Path

    def cells(self, customers: int) -> list[Cell]:
        return [
            Cell(workload=name, connections=connections, customers=customers)
            for name in self.workloads
            for connections in self.connections or WORKLOADS[name].connections
        ]


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """A target that is ready: its data in place and, if it is a server, up."""

    target: Target
    directory: Path
    beside: Beside
    server: Server | None = None
    wire: Wire | None = None
    files: dict[str, Path] = field(default_factory=dict)
    written: list[int] = field(default_factory=list)
    """How many writes were answered in each round, the one to warm up included."""

    def leaders(self) -> list[int]:
        """Each with a family of processes."""
        server = [self.server.process] if self.server else []
        return [process.pid for process in (*server, *self.beside.processes)]

    def cpu_seconds(self) -> float:
        return self.server.cpu_seconds() if self.server else self.beside.cpu_seconds()


def run(plan: Plan, say: Say) -> list[Figure]:
    """All figures of a plan, warm-up rounds left out. Stops every server before it returns or raises."""
    figures: list[Figure] = []
    for count in plan.customers:
        with contextlib.ExitStack() as stack:
            contestants = [stack.enter_context(ready(plan, target, count, say)) for target in plan.targets]
            say(f"{count:,} customers: checking that all targets answer alike")
            check_targets([(c.target, c.server, c.wire) for c in contestants if c.server and c.wire], count)
            settle(contestants)
            for cell in plan.cells(count):
                figures += measure_cell(plan, cell, contestants, say)
            for contestant in contestants:
                if contestant.server and isinstance(contestant.target, ServerTarget):
                    contestant.target.confirm(contestant.server)
                contestant.target.audit(contestant.directory, sum(contestant.written))
    return figures


@contextlib.contextmanager
def ready(plan: Plan, target: Target, count: int, say: Say) -> Iterator[Contestant]:
    """Seeds, copies and starts a target; on leaving stops it and removes the copy."""
    say(f"{count:,} customers: preparing {target.title}")
    seed = seeds.seeded(plan.work, target, count)
    directory = seeds.fresh_copy(seed, plan.work / "running" / f"{target.name}-{count}")
    try:
        with target.beside(directory) as beside:
            if not isinstance(target, ServerTarget):
                yield Contestant(target=target, directory=directory, beside=beside)
                return
            with started(target, directory, beside) as server:
                target.confirm(server)
                wire = target.wire(directory)
                files = request_files(plan, target, wire, count)
                yield Contestant(
                    target=target, directory=directory, beside=beside, server=server, wire=wire, files=files
                )
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def started(target: ServerTarget, directory: Path, beside: Beside) -> Iterator[Server]:
    port = free_port()
    launch = target.launch(directory, port)
    log = directory.with_suffix(".log")
    with child(launch.command, launch.environment, log) as process:
        wire = target.wire(directory)
        server = Server(port=port, headers=wire.headers, process=process, beside=beside)
        wait_until_ready(server, wire.get(1), log)
        yield server


def request_files(plan: Plan, target: Target, wire: Wire, count: int) -> dict[str, Path]:
    """One file for each workload of the plan that the target takes part in."""
    customers = chosen_customers(count, plan.sample)
    files = {}
    for name in plan.workloads:
        if name in target.workloads:
            files[name] = plan.work / "requests" / f"{target.name}-{count}-{name}"
            write_requests(files[name], WORKLOADS[name], wire, customers)
    return files


def measure_cell(plan: Plan, cell: Cell, contestants: list[Contestant], say: Say) -> list[Figure]:
    """A second to warm up, then the rounds that count, each starting with another target."""
    taking_part = [contestant for contestant in contestants if cell.workload in contestant.target.workloads]
    if not taking_part:
        return []
    dice = random.Random(f"{cell.workload} {cell.connections} {cell.customers}")
    seconds = {contestant.target.name: plan.seconds for contestant in taking_part}
    figures = []
    for turn in range(plan.rounds + 1):
        first = dice.randrange(plan.sample)
        shift = turn % len(taking_part)
        for contestant in taking_part[shift:] + taking_part[:shift]:
            say(f"{cell.customers:,} customers: {cell.title}, round {turn}, {contestant.target.title}")
            name = contestant.target.name
            others = [leader for other in contestants if other is not contestant for leader in other.leaders()]
            with standing_still(others):
                figure = measure(contestant, cell, turn=turn, seconds=seconds[name] if turn else 1, first=first)
            settle(contestants)
            if cell.workload in WRITING:
                contestant.written.append(figure.carried_out)
            if turn:
                figures.append(figure)
            elif figure.requests < SLOW:
                seconds[name] *= PATIENCE
    return figures


def measure(contestant: Contestant, cell: Cell, *, turn: int, seconds: int, first: int) -> Figure:
    target = contestant.target
    if isinstance(target, InProcessTarget):
        return target.measure(contestant.directory, cell, turn=turn, seconds=seconds)
    if contestant.server is None:
        raise BenchmarkError(f"{target.name} is neither in process nor a server")
    requests = contestant.files[cell.workload]
    return put_under_load(
        contestant.server, requests, cell, target=target.name, turn=turn, seconds=seconds, first=first
    )


def settle(contestants: list[Contestant]) -> None:
    """Lets answers that nobody waits for any more run out, so that no target works during another's turn."""
    if not wait_until_quiet(contestants):
        raise BenchmarkError("A server was still busy long after its load had ended.")
    os.sync()
    time.sleep(0.05)
