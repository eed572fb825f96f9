"""The table of targets: everything that can be measured, in the order of the report."""

from benchmarks.own import BareStackTarget, CustomaryTarget, StorageLimitTarget, TwoWorkersTarget
from benchmarks.own_postgres import CustomaryPostgresTarget, TwoServersTarget
from benchmarks.peers.fastapi_asyncpg import FastApiAsyncpgTarget
from benchmarks.peers.fastapi_sqlalchemy import FastApiTarget
from benchmarks.peers.pocketbase import PocketBaseTarget
from benchmarks.pgbench import UPDATE, WITH_HISTORY, PgbenchTarget
from benchmarks.targets import Target

ON_SQLITE: tuple[Target, ...] = (
    CustomaryTarget(),
    PocketBaseTarget("NORMAL"),
    PocketBaseTarget("FULL"),
    FastApiTarget(),
    BareStackTarget(),
    StorageLimitTarget(),
    TwoWorkersTarget(),
)
ON_POSTGRES: tuple[Target, ...] = (
    CustomaryPostgresTarget(),
    TwoServersTarget(),
    FastApiAsyncpgTarget(),
    PgbenchTarget("pgbench-history", "pgbench, the UPDATE and its history", WITH_HISTORY),
    PgbenchTarget("pgbench", "pgbench, the UPDATE alone", UPDATE),
)
TARGETS: dict[str, Target] = {target.name: target for target in (*ON_SQLITE, *ON_POSTGRES)}

PUBLISHED = {
    "performance": tuple(target.name for target in ON_SQLITE if not isinstance(target, TwoWorkersTarget)),
    "performance-postgresql": tuple(target.name for target in ON_POSTGRES),
}
"""Name of a report → those that a full run measures for it, the first of them compared with each of the others. Two
workers show something only with cores to spare beside the load generator."""

COMPARED = ("customary", "pocketbase", "pocketbase-full", "fastapi")
"""Those that a quick run measures."""
