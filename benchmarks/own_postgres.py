"""customary on PostgreSQL as a target, with one server and with two."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks import postgres, seeds
from benchmarks.own import TOKEN, CustomaryTarget, address, binary, run_customary, versions
from benchmarks.processes import BenchmarkError, Beside, Server, child, free_port, wait_until_ready
from benchmarks.targets import Launch
from benchmarks.wire import STORE_ID

NAME = "customary-postgres"
AUDIT = """
WITH chained AS (
    SELECT entity, entity_id, seq, previous, request_id,
        lead(seq) OVER chain AS next, lag(seq, 1, 0::bigint) OVER chain AS last
    FROM change WHERE store_id = $1 WINDOW chain AS (PARTITION BY entity, entity_id ORDER BY seq)
)
SELECT (SELECT last_seq FROM store WHERE store_id = $1) AS last_seq, max(seq) AS highest, count(*) AS changes,
    count(*) FILTER (WHERE request_id <> 'seed') AS since_seed,
    count(*) FILTER (WHERE previous <> last) AS broken_chains,
    count(*) FILTER (WHERE next IS NULL AND entity = 'customer' AND version <> seq) AS stale_customers
FROM chained LEFT JOIN customer AS c ON c.store_id = $1 AND entity = 'customer' AND c.id = entity_id
"""
"""Of a store in which nothing is ever deleted."""


class CustomaryPostgresTarget(CustomaryTarget):
    """The server with its default settings, on a PostgreSQL of its own."""

    name = NAME
    title = "customary on PostgreSQL"

    @property
    def data(self) -> str:
        return NAME

    def settings(self) -> Mapping[str, str]:
        return {
            "version": f"{versions()}, asyncpg {version('asyncpg')}",
            "durability": "answered after the commit; waiting updates of a store share a transaction",
            "concurrency": "one process, its defaults: at most 10 connections to the database",
            "access": "the token and its scopes are checked at every request",
            "else": "its defaults; every change also writes history",
            "database": postgres.described(),
        }

    def missing(self) -> str | None:
        return postgres.lacking() or super().missing()

    def fingerprint(self) -> str:
        package = find_spec("customary")
        folders = package.submodule_search_locations if package else None
        files = sorted(
            file for folder in folders or [] for file in Path(folder, "storage/postgres/migrations").glob("*.sql")
        )
        return "\n".join([super().fingerprint(), postgres.package(), *(file.read_text() for file in files)])

    def seed(self, directory: Path, count: int) -> None:
        """A copy of the data that the target on SQLite starts from."""
        source = seeds.seeded(directory.parent.parent, CustomaryTarget(), count)
        postgres.initialise(directory)
        with postgres.running(directory):
            url = postgres.address(directory)
            run_customary("database", "copy", address(source), url, patience=3600)
            postgres.settle_tables(url)
        (directory / TOKEN).write_text((source / TOKEN).read_text())

    @contextmanager
    def beside(self, directory: Path) -> Iterator[Beside]:
        with postgres.running(directory) as database:
            yield database

    def launch(self, directory: Path, port: int) -> Launch:
        command = [str(binary()), "serve", "--database", postgres.address(directory), "--port", str(port)]
        return Launch(command=command, environment={})

    def audit(self, directory: Path, written: int) -> None:
        """The log has no gap, each customer's chain is whole, and it has as many writes as were answered."""
        (found,) = postgres.rows(postgres.address(directory), AUDIT, STORE_ID)
        gapless = found["last_seq"] == found["highest"] == found["changes"]
        chained = found["broken_chains"] == found["stale_customers"] == 0
        if not (gapless and chained and found["since_seed"] >= written):
            raise BenchmarkError(f"{self.title} answered {written} writes and has stored something else: {dict(found)}")


class TwoServersTarget(CustomaryPostgresTarget):
    """Two servers that know nothing of each other, each with half of the connections."""

    note = """\
Of two servers each gets half of the connections, from a thread of wrk of its own. After the run it is checked that the
  log of changes has no gap, that each customer's chain of changes is whole, and that it has as many changes as updates
  and creations were answered, at the least."""
    name = "customary-postgres-2-servers"
    title = "customary on PostgreSQL, two servers"

    def settings(self) -> Mapping[str, str]:
        return {**super().settings(), "concurrency": "two processes with a port each, on one database"}

    @contextmanager
    def beside(self, directory: Path) -> Iterator[Beside]:
        port, log = free_port(), directory.with_suffix(".second.log")
        with postgres.running(directory) as database:
            launch = self.launch(directory, port)
            with child(launch.command, launch.environment, log) as process:
                wire = self.wire(directory)
                wait_until_ready(Server(port=port, headers=wire.headers, process=process), wire.get(1), log)
                yield Beside(processes=(*database.processes, process), ports=(port,))
