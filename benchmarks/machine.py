"""Describes the machine of a run: processor, memory, kernel, file system, and what flushing to its disk costs."""

import os
import platform
import sqlite3
import subprocess
import time
from pathlib import Path
from statistics import median

FLUSHES = 200


def describe(work: Path) -> dict[str, str]:
    """`work` is where the databases of the run lie."""
    work.mkdir(parents=True, exist_ok=True)
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.freedesktop_os_release().get('PRETTY_NAME', 'Linux')}, kernel {platform.release()}",
        "file system": file_system(work),
        "flush": f"{flush_microseconds(work):.0f} µs for 4 KiB and fdatasync (median of {FLUSHES})",
        "Python": f"{platform.python_version()}, its SQLite {sqlite3.sqlite_version}",
        "load generator": wrk_version(),
    }


def processor() -> str:
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    values = dict(line.split(":", 1) for line in facts if ":" in line)
    named = {name.strip(): value.strip() for name, value in values.items()}
    model = named.get("model name", platform.machine())
    return f"{model} at {float(named['cpu MHz']) / 1000:.1f} GHz" if "cpu MHz" in named else model


def file_system(path: Path) -> str:
    """Type of the file system that holds `path`: that of the longest mount point above it."""
    place = str(path.resolve())
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(len(fields[1]), fields[2]) for fields in mounts if place.startswith(fields[1].rstrip("/") + "/")]
    return max(above, default=(0, "unknown"))[1]


def flush_microseconds(directory: Path) -> float:
    path = directory / "flush"
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - start) * 1e6)
    path.unlink()
    return median(took)


def wrk_version() -> str:
    """wrk prints its version with its usage, and counts that as a failure."""
    done = subprocess.run(["wrk", "--version"], capture_output=True, text=True, timeout=10, check=False)
    first = (done.stdout or done.stderr).partition("\n")[0]
    return first.partition("Copyright")[0].strip() + ", one thread, closed loop"
