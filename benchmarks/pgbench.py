"""pgbench as a target: the statement that stores an updated customer, for one row a transaction, and nothing else.

An upper bound of the database: no HTTP, no reading before writing, no rule, no counters.
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

UPDATE = """
\\set id random(1, :customers)
UPDATE customer SET version = version + 1, updated = :updated, document = :document
WHERE store_id = :store_id AND id = :id;
"""
WITH_HISTORY = """
\\set id random(1, :customers)
\\set n :n + 1
\\set seq :first + :client_id * 10000000 + :n
WITH told AS (
    INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous, group_id, before)
    SELECT store_id, :seq, 'customer', id, 'updated', :updated, 1, 'pgbench', version, customer_group_id, document
    FROM customer WHERE store_id = :store_id AND id = :id
)
UPDATE customer SET version = :seq, updated = :updated, document = :document WHERE store_id = :store_id AND id = :id;
"""
"""Both are in the database of customary: the customer as it is, and its state before in the log of changes."""
TYPICAL = """
SELECT store_id, updated, document FROM customer WHERE store_id = $1 AND id <= 1000
ORDER BY abs(pg_column_size(document) - (SELECT avg(pg_column_size(document)) FROM customer WHERE id <= 1000)) LIMIT 1
"""
"""A row with a document of average size, whose values every update sends."""
SAMPLED = 0.1
"""Share of the transactions whose time is written down: that of all of them would slow it down."""


class PgbenchTarget(InProcessTarget):
    """PostgreSQL's own benchmark on the data that customary starts from. `script` is what each transaction does."""

    note = """\
pgbench runs as prepared statements, in a transaction of its own for one random customer after the other on a copy of
  the same data, the UPDATE that stores a customer, alone or together with the INSERT of the history; its p99 is that of
  a tenth of its transactions."""
    workloads = frozenset({"update"})

    def __init__(self, name: str, title: str, script: str) -> None:
        self.name = name
        self.title = title
        self._script = script

    @property
    def data(self) -> str:
        return CustomaryPostgresTarget.name

    def settings(self) -> Mapping[str, str]:
        return {
            "version": f"pgbench of {postgres.package()}",
            "durability": "one transaction an update, flushed at its commit",
            "concurrency": "a connection for each client, prepared statements, one thread for all clients",
            "access": "no HTTP, no token",
            "else": "no rule and no counters, nothing is read before",
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
        command = [*pgbench(directory, self._script, cell, seconds), "--random-seed", str(turn)]
        command += ["--define", "n=0", "--define", f"first={(turn + 1) * 10**12}"]
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


def pgbench(directory: Path, statements: str, cell: Cell, seconds: int) -> list[str]:
    """The command as it would be typed, but for what it writes down."""
    script = directory / "pgbench.sql"
    script.write_text(statements)
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
