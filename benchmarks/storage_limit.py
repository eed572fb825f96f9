"""The storage alone: updates of random customers through operation, rule and group commit, called in process."""

import asyncio
import random
import time
from pathlib import Path

import uvloop
from msgspec import convert

from benchmarks import population
from benchmarks.load import Figure
from benchmarks.wire import STORE_ID
from benchmarks.workloads import Cell
from customary.model.body import CustomerBody
from customary.model.change import Origin
from customary.operations.customers import update_customer
from customary.operations.passwords import PasswordHashing
from customary.storage.sqlite.database import SqliteStorage

BODIES = 4_000
ENOUGH = 10.0
"""Seconds after which the run is over in any case."""


def measure_storage(path: Path, cell: Cell, *, target: str, turn: int, seconds: int) -> Figure:
    """Updates random customers, `cell.connections` at a time, as durably as the server does."""
    waits = uvloop.run(_update(path, cell, turn, min(seconds, ENOUGH)))
    took = sum(waits[:1]) or 1.0
    latencies = sorted(waits[1:])
    return Figure(
        target=target,
        cell=cell,
        turn=turn,
        rate=len(latencies) / took,
        p50=latencies[len(latencies) // 2] * 1000,
        p99=latencies[len(latencies) * 99 // 100] * 1000,
        longest=latencies[-1] * 1000,
        requests=len(latencies),
    )


async def _update(path: Path, cell: Cell, turn: int, seconds: float) -> list[float]:
    """The seconds that the run took, then those of each update."""
    dice = random.Random(turn)
    bodies = [_body(dice.randint(1, cell.customers), dice) for _ in range(BODIES)]
    storage, passwords = SqliteStorage(str(path)), PasswordHashing()
    latencies: list[float] = []
    started = time.perf_counter()

    async def client(first: int) -> None:
        number = first
        while time.perf_counter() - started < seconds:
            customer_id, body = bodies[number % BODIES]
            before = time.perf_counter()
            origin = Origin(at=int(time.time()), token_id=1, request_id="bench")
            await update_customer(storage, STORE_ID, origin, customer_id, body, passwords)
            latencies.append(time.perf_counter() - before)
            number += cell.connections

    await asyncio.gather(*(client(first) for first in range(cell.connections)))
    took = time.perf_counter() - started
    passwords.close()
    await storage.close()
    return [took, *latencies]


def _body(i: int, dice: random.Random) -> tuple[int, CustomerBody]:
    return i, convert(population.customer(i, f"{dice.randrange(10**16):016d}"), CustomerBody)
