"""The table of targets: everything that can be measured, in the order of the report."""

from benchmarks.own import BareStackTarget, CustomaryTarget, StorageLimitTarget
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
    )
}

COMPARED = ("customary", "pocketbase", "pocketbase-full", "fastapi")
"""Those that a quick run measures."""
