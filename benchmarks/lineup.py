"""The table of targets: everything that can be measured, in the order of the report."""

from benchmarks.own import BareStackTarget, CustomaryTarget, StorageLimitTarget, TwoWorkersTarget
from benchmarks.peers.fastapi_sqlalchemy import FastApiTarget
from benchmarks.peers.pocketbase import PocketBaseTarget
from benchmarks.targets import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        CustomaryTarget(),
        PocketBaseTarget("NORMAL"),
        PocketBaseTarget("FULL"),
        FastApiTarget(),
        BareStackTarget(),
        StorageLimitTarget(),
        TwoWorkersTarget(),
    )
}

PUBLISHED = tuple(name for name in TARGETS if name != TwoWorkersTarget.name)
"""Those that a full run measures; two workers show something only with cores to spare beside the load generator."""

COMPARED = ("customary", "pocketbase", "pocketbase-full", "fastapi")
"""Those that a quick run measures."""
