"""What a running server logs: a line a request and one an error, as JSON, without secrets and personal data."""

import asyncio
import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from customary.logs import AccessLine, AccessLog

PERSON = {"email": "ines.quiet@example.com", "password": "n0t-for-logs", "billingPerson": {"name": "Ines Quiet"}}
COMMAND = [sys.executable, "-m", "customary"]


def run(database: str, *words: str) -> str:
    done = subprocess.run([*COMMAND, *words, "--database", database], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def served(tmp_path: Path) -> tuple[list[dict[str, Any]], str, str]:
    """The log of a server after a few requests, its token, and everything it wrote as one text."""
    database = f"sqlite:///{tmp_path}/customers.db"
    run(database, "store", "add", "1003", "--name", "Shop")
    token = run(database, "token", "add", "--store", "1003", "--scopes", "all", "--label", "test")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [*COMMAND, "serve", "--database", database, "--port", "0"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as server,
    ):
        assert server.stdout
        base_url = server.stdout.readline().split()[-1]
        customers = f"{base_url}/api/v3/1003/customers"
        with httpx.Client() as client:
            client.post(customers, json=PERSON, headers={"Authorization": f"Bearer {token}"})
            client.get(customers, params={"token": token, "keyword": "Ines", "email": PERSON["email"]})
            client.put(f"{customers}/1", content=b'{"email": "ines.quiet', headers={"Authorization": f"Bearer {token}"})
            client.get(f"{base_url}/nothing/ines.quiet@example.com")
            client.request("X" * 30_000, f"{base_url}/nothing")
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
    text = (tmp_path / "log").read_text()
    return [json.loads(line) for line in text.splitlines()], token, text


def test_a_line_a_request(served: tuple[list[dict[str, Any]], str, str]) -> None:
    lines, token, text = served
    requests = [line for line in lines if "method" in line]
    template = "/api/v3/{storeId}/customers"
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("POST", template, 200),
        ("GET", template, 200),
        ("PUT", f"{template}/{{customerId}}", 400),
        ("GET", "(none)", 404),
        ("", "(none)", 405),
    ]
    assert len({line["requestId"] for line in requests}) == 5
    assert requests[0]["storeId"] == 1003
    assert requests[0]["tokenId"] == 1
    assert 0 < requests[0]["duration"] < 10_000
    for secret in (token, "n0t-for-logs", "nes", "quiet", "example.com", "keyword"):
        assert secret not in text


def test_access_lines_as_text(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async def add() -> None:
        log = AccessLog("text")
        log.add(AccessLine("now", "a-1", "GET", "/x/{id}", 200, 1.5, 7, 8))
        log.close()

    asyncio.run(add())
    assert capfdbinary.readouterr().err == b"now 200 GET /x/{id} 1.5 ms a-1\n"


def test_a_log_goes_on_when_there_is_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that come while the disk is full are lost, but not those behind them."""
    disk = FullDisk()
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(disk, write_through=True))
    line = AccessLine("now", "a-1", "GET", "/x", 200, 1.5)
    monkeypatch.setattr("customary.logs.FLUSH_SECONDS", 0.01)

    async def add() -> None:
        log = AccessLog("text")
        for disk.full, before in ((True, 0), (False, 1)):
            log.add(line)
            async with asyncio.timeout(10):
                while disk.refused == before and not disk.written:
                    await asyncio.sleep(0.01)
        log.close()

    asyncio.run(add())
    assert disk.written == b"now 200 GET /x 1.5 ms a-1\n"


class FullDisk(io.RawIOBase):
    def __init__(self) -> None:
        self.full, self.refused, self.written = False, 0, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.full:
            self.refused += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        self.written += bytes(data)
        return len(data)


def test_a_log_that_nobody_reads_holds_up_nothing(tmp_path: Path) -> None:
    """Neither access lines nor events do: here that of a request which is not finished in time."""
    database = f"sqlite:///{tmp_path}/customers.db"
    run(database, "store", "add", "1003", "--name", "Shop")
    token = run(database, "token", "add", "--store", "1003", "--scopes", "all")
    late_head = f"PUT /api/v3/1003/customers/1?token={token} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"
    command = [*COMMAND, "serve", "--database", database, "--port", "0", "--drain-timeout", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        base_url = server.stdout.readline().split()[-1]
        with httpx.Client(timeout=5) as client:
            for _ in range(1500):  # twice what a pipe holds
                assert client.get(f"{base_url}/health/live").status_code == 200
        address = urlsplit(base_url)
        with socket.create_connection((address.hostname, address.port)) as late:
            late.sendall(late_head.encode())
            time.sleep(0.2)  # until it is waited for
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
