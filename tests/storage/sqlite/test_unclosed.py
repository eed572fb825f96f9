"""A process that fails with its storage open ends all the same."""

import subprocess
import sys
from pathlib import Path

FAILING = """
import asyncio, sys
from customary.storage import open_storage

async def fail():
    await open_storage(sys.argv[1], create=True)
    raise RuntimeError("before it was closed")

asyncio.run(fail())
"""


def test_a_storage_that_nobody_closed_holds_no_process_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FAILING, f"sqlite:///{tmp_path / 'shop.db'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "before it was closed" in done.stderr
