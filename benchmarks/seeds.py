"""Seeded data: made once per target and size, kept under the work directory, copied before every run."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from benchmarks import population
from benchmarks.targets import Target

STAMP = "seeded.json"


def seeded(work: Path, target: Target, count: int) -> Path:
    """The directory with the data of a target, made now unless an earlier run left it."""
    directory = work / "seeds" / f"{target.data}-{count}"
    stamp = directory / STAMP
    wanted = {"count": count, "fingerprint": fingerprint(target)}
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return directory
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    target.seed(directory, count)
    stamp.write_text(json.dumps(wanted))
    return directory


def fresh_copy(seed: Path, destination: Path) -> Path:
    """A copy to run on, written out to the disk so that no later measurement pays for it."""
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(seed, destination)
    os.sync()
    return destination


def fingerprint(target: Target) -> str:
    """Of the people and of the target's way of storing them."""
    people = Path(population.__file__).read_text()
    return hashlib.sha256(f"{people}\n{target.fingerprint()}".encode()).hexdigest()
