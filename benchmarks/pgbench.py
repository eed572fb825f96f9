"""pgbench as a target: the statement that stores a customer's document, one row a transaction, and nothing else.

An upper bound of the database: no HTTP, no reading before writing, no history, no counters.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import postgres
from benchmarks.load import Figure
from benchmarks.own_postgres import CustomaryPostgresTarget
from benchmarks.processes import BenchmarkError, Beside
from benchmarks.targets import InProcessTarget
from benchmarks.wire import STORE_ID
from benchmarks.workloads import Cell

SCRIPT = """
\\set id random(1, :customers)
UPDATE customer SET version = version + 1, updated = :updated, lang = :lang, accept_marketing = :accept_marketing,
    tax_exempt = :tax_exempt, b2b_b2c = :b2b_b2c, states = :states, countries = :countries, document = :document
WHERE store_id = :store_id AND id = :id;
"""
"""The columns that customary writes when a customer is updated and none of the indexed ones changed."""
TYPICAL = """
SELECT store_id, updated, lang, accept_marketing, tax_exempt, b2b_b2c, states, countries, document FROM customer
WHERE store_id = $1 AND id <= 1000
ORDER BY abs(pg_column_size(document) - (SELECT avg(pg_column_size(document)) FROM customer WHERE id <= 1000)) LIMIT 1
"""
"""A row with a document of average size, whose values every update sends."""
SAMPLED = 0.1
"""Share of the transactions whose time is written down: that of all of them would slow it down."""


class PgbenchTarget(InProcessTarget):
    """PostgreSQL's own benchmark on the data that customary starts from."""

    note = """\
pgbench runs the UPDATE that stores a customer's document, as a prepared statement in a transaction of its own for one
  random customer after the other, on a copy of the same data; its p99 is that of a tenth of its transactions."""
    name = "pgbench"
    title = "pgbench, the UPDATE alone"
    workloads = frozenset({"update"})

    @property
    def data(self) -> str:
        return CustomaryPostgresTarget.name

    def settings(self) -> Mapping[str, str]:
        return {
            "version": f"pgbench of {postgres.package()}",
            "durability": "one transaction an update, flushed at its commit",
            "concurrency": "a connection for each client, prepared statements, one thread for all clients",
            "access": "no HTTP, no token",
            "else": "writes one row: no history, no counters, nothing is read before",
            "database": postgres.described(),
        }

    def missing(self) -> str | None:
        return postgres.lacking() or (None if Path(postgres.program("pgbench")).exists() else "there is no pgbench")

    def fingerprint(self) -> str:
        return CustomaryPostgresTarget().fingerprint()

    def seed(self, directory: Path, count: int) -> None:
        CustomaryPostgresTarget().seed(directory, count)

    @contextmanager
    def beside(self, directory: Path) -> Iterator[Beside]:
        with postgres.running(directory) as database:
            yield database

    def measure(self, directory: Path, cell: Cell, *, turn: int, seconds: int) -> Figure:
        log = directory / "pgbench"
        for old in directory.glob("pgbench.[0-9]*"):
            old.unlink()
        command = [*pgbench(directory, cell, seconds), "--random-seed", str(turn)]
        command += ["--log", "--log-prefix", str(log), "--sampling-rate", str(SAMPLED), postgres.address(directory)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
        requests, rate = counted(done)
        times = sorted(int(line.split()[2]) for part in directory.glob("pgbench.[0-9]*") for line in part.open())
        return Figure(
            target=self.name,
            cell=cell,
            turn=turn,
            rate=rate,
            p50=times[len(times) // 2] / 1000,
            p99=times[len(times) * 99 // 100] / 1000,
            longest=times[-1] / 1000,
            requests=requests,
        )


def pgbench(directory: Path, cell: Cell, seconds: int) -> list[str]:
    """The command as it would be typed, but for what it writes down."""
    script = directory / "pgbench.sql"
    script.write_text(SCRIPT)
    command = [postgres.program("pgbench"), "--no-vacuum", "--protocol", "prepared", "--file", str(script)]
    command += ["--client", str(cell.connections), "--jobs", "1", "--time", str(seconds)]
    given = values(directory, cell.customers)
    return command + [part for name, value in given.items() for part in ("--define", f"{name}={value}")]


def values(directory: Path, customers: int) -> dict[str, str]:
    (row,) = postgres.rows(postgres.address(directory), TYPICAL, STORE_ID)
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in row.items()}
    return {**texts, "customers": str(customers)}


def counted(done: subprocess.CompletedProcess[str]) -> tuple[int, float]:
    """Transactions, and how many of them a second."""
    number = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"failed transactions: (\d+)", done.stdout)
    if done.returncode or not number or not rate or (failed and int(failed[1])):
        raise BenchmarkError(f"pgbench failed: {done.stderr or done.stdout}")
    return int(number[1]), float(rate[1])
