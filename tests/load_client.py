"""A lean HTTP client for tests under load, and a real server process to send to. No test here."""

import asyncio
import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import json

from customary.model.store import SCOPES, Store, Token
from customary.storage import open_storage

STORE = 1003
TOKEN = "secret_" + "A1b2C3d4" * 4
DEADLINE = 30
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n", re.DOTALL)
_REQUEST_ID = re.compile(rb"(?i)\r\nx-request-id: ([^\r]*)\r\n")
_CLOSE = re.compile(rb"(?i)\r\nconnection: close\r\n")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")


class Answer(NamedTuple):
    status: int
    request_id: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.decode(self.body)


class Unanswered(Exception):
    """The connection ended before the answer; ``clean`` when the server closed it in order, with nothing half sent."""

    def __init__(self, clean: bool) -> None:
        super().__init__(f"unanswered, {'closed' if clean else 'broken off'}")
        self.clean = clean


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time, until the server announces that it is ``ending``."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: Any = None
        self.lost = self.ending = False

    @classmethod
    @asynccontextmanager
    async def opened(cls, base_url: str) -> AsyncIterator["Connection"]:
        """Raises OSError."""
        address = urlsplit(base_url)
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(cls, address.hostname, address.port)
        try:
            yield connection
        finally:
            transport.abort()
            await asyncio.sleep(0)  # it closes at the next turn of the loop

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """``path`` is below the store. Raises Unanswered."""
        content = b"" if body is None else json.encode(body)
        head = (
            f"{method} /api/v3/{STORE}{path} HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {TOKEN}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        if self.lost:
            raise Unanswered(clean=True)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode() + content)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = _HEAD.match(self._received)
        length = _LENGTH.search(head.group()) if head else None
        if head is None or length is None or len(self._received) < head.end() + int(length.group(1)):
            return
        request_id = _REQUEST_ID.search(head.group())
        body = self._received[head.end() : head.end() + int(length.group(1))]
        self._received = self._received[head.end() + len(body) :]
        self.ending = _CLOSE.search(head.group()) is not None
        assert self._answer is not None
        self._answer.set_result(Answer(int(head.group(1)), request_id.group(1).decode() if request_id else "", body))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unanswered(clean=error is None and not self._received))


class ServerProcess:
    """``customary serve`` on a database that stays when the process is killed.

    ``words`` are further options; ``url`` is where the database is, unless it is a file in the directory.
    """

    def __init__(self, directory: Path, *words: str, url: str = "", port: int = 0) -> None:
        self.database = directory / "data" / "customary.db"
        self.database.parent.mkdir()
        self._words = (*words, "--port", str(port))
        self._url = url or f"sqlite:///{self.database}"
        self._errors = directory / "errors.log"
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTOMARY_")}
        where = ("--database", self._url, "--no-access-log", *self._words)
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "customary", "serve", *where],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().removeprefix("customary listens on ").strip()
        assert self.base_url, self.errors

    async def command(self, *words: str) -> tuple[int, str]:
        """Exit code and standard error of another command on the same database."""
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "customary", *words, "--database", self._url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, errors = await asyncio.wait_for(command.communicate(), DEADLINE)
        return command.returncode or 0, errors.decode()

    @property
    def workers(self) -> list[int]:
        """Ids of the processes that it has started and that live, the oldest first. Reads /proc."""
        assert self._process is not None
        parent = self._process.pid
        found = []
        with suppress(OSError):  # it has ended
            for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                with suppress(OSError):  # gone meanwhile
                    columns = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                    if columns[0] != "Z":
                        found.append((int(columns[19]), int(child)))
        return [process for _, process in sorted(found)]

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def ended(self, timeout: float = DEADLINE) -> tuple[int, str]:
        """Exit code and standard error, once it ended. Raises TimeoutExpired."""
        assert self._process is not None
        self._process.communicate(timeout=timeout)
        return self._process.returncode, self.errors

    def clean_up(self) -> None:
        """Ends it whatever a test left behind."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.communicate(timeout=DEADLINE)


async def make_store(database: Path) -> None:
    """A database with one store, which ``TOKEN`` opens."""
    storage = await open_storage(f"sqlite:///{database}", create=True)
    await storage.add_store(Store(id=STORE, name="Shop", languages=("en", "it"), created=0))
    digest = hashlib.sha256(TOKEN.encode()).digest()
    scopes = frozenset(SCOPES)
    await storage.add_token(
        Token(id=0, store_id=STORE, digest=digest, public=False, label="", scopes=scopes, created=0)
    )
    await storage.close()
