"""The workloads, and the files of ready-made requests that the load generator replays."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.wire import Request, Wire

Maker: TypeAlias = Callable[[Wire, int, int], Request]
"""Makes the request for customer `i` that stands at a position in the file."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    name: str
    title: str
    make: Maker
    connections: tuple[int, ...] = (32,)


def _mixed(wire: Wire, i: int, position: int) -> Request:
    return wire.update(i) if position % 5 == 4 else wire.get(i)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(name="get", title="get by id", make=lambda wire, i, _: wire.get(i)),
        Workload(name="search-email", title="search by exact e-mail", make=lambda wire, i, _: wire.search_email(i)),
        Workload(name="search-name", title="search by a part of a name", make=lambda wire, i, _: wire.search_name(i)),
        Workload(name="search-phone", title="search by phone", make=lambda wire, i, _: wire.search_phone(i)),
        Workload(name="search-group", title="group, sorted, one page", make=lambda wire, i, _: wire.search_group(i)),
        Workload(name="update", title="update", make=lambda wire, i, _: wire.update(i), connections=(1, 32, 128)),
        Workload(name="mixed", title="80 % get, 20 % update", make=_mixed),
        Workload(name="create", title="create", make=lambda wire, i, _: wire.create(i)),
    )
}
"""In the order in which they run: reading before writing, and growing the store last."""


WRITING = frozenset({"update", "create"})
"""Those of which every answer is a change that is stored."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One line of the results: a workload at a number of connections over a number of customers."""

    workload: str
    connections: int
    customers: int

    @property
    def title(self) -> str:
        return f"{WORKLOADS[self.workload].title}, {self.connections} connection{'s'[: self.connections != 1]}"


def chosen_customers(count: int, size: int) -> list[int]:
    """Which customers the requests of a file are about: the same random ones for every target and workload."""
    dice = random.Random(count)
    return [dice.randint(1, count) for _ in range(size)]


def write_requests(path: Path, workload: Workload, wire: Wire, customers: list[int]) -> None:
    """Writes whole HTTP/1.1 requests, each after a line with its length in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "".join(f"{name}: {value}\r\n" for name, value in wire.headers.items())
    with path.open("wb") as file:
        for position, i in enumerate(customers):
            text = _as_bytes(workload.make(wire, i, position), head)
            file.write(b"%d\n" % len(text))
            file.write(text)


def _as_bytes(request: Request, head: str) -> bytes:
    lines = f"{request.method} {request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}"
    if request.body:
        lines += f"Content-Type: application/json\r\nContent-Length: {len(request.body)}\r\n"
    return lines.encode() + b"\r\n" + request.body
