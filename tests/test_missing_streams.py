"""A server that is started with its standard streams closed."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

DEADLINE = 30
SERVE = [sys.executable, "-m", "customary", "serve"]


@pytest.mark.skipif(os.name != "posix", reason="the streams are closed by a shell")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_answers_and_ends_as_any_other(workers: str, tmp_path: Path) -> None:
    """Else the database or a socket would be the standard error, and the end an abort."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    words = [*SERVE, "--database", f"sqlite:///{tmp_path}/customers.db", "--port", port, "--workers", workers]
    with subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *words]) as server:
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                assert httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
                break
            time.sleep(0.05)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=DEADLINE) == 0
