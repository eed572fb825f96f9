"""A real server for tests: in a thread of the test's process, on a free port and a real SQLite file."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from customary.app import running
from customary.model.change import Change
from customary.model.keys import token_digest
from customary.model.store import SCOPES, Store, Token
from customary.settings import Settings
from customary.storage.protocol import Storage

Result = TypeVar("Result")


class ServerInThread:
    """What a test does to a running server beside its HTTP calls."""

    def __init__(self, base_url: str, storage: Storage, loop: asyncio.AbstractEventLoop) -> None:
        self.base_url = base_url
        self.storage = storage
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs a coroutine on the server's event loop and waits for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def call_soon(self, call: Callable[[], None]) -> None:
        """Has the server's event loop call it, without waiting."""
        self._loop.call_soon_threadsafe(call)

    def add_store(
        self, store_id: int, name: str = "Test shop", languages: tuple[str, ...] = ("en", "it"), created: int = 0
    ) -> None:
        """The first language is the default one."""
        store = Store(id=store_id, name=name, languages=languages, default_language=languages[0], created=created)
        self.run(self.storage.add_store(store))

    def add_token(self, store_id: int, scopes: Sequence[str] = SCOPES, *, public: bool = False) -> str:
        """The text of a new token; the server knows only its digest."""
        text = ("public_" if public else "secret_") + secrets.token_hex(16)
        token = Token(
            id=0,
            store_id=store_id,
            digest=token_digest(text),
            public=public,
            label="test",
            scopes=frozenset(scopes),
            created=0,
        )
        self.run(self.storage.add_token(token))
        return text

    def changes(self, store_id: int, after: int = 0, limit: int = 1_000_000) -> tuple[Change, ...]:
        """The store's change log, oldest first."""
        return self.run(self.storage.list_changes(store_id, after, limit))


@contextmanager
def server_in_thread(database: Path | str, **settings: Any) -> Iterator[ServerInThread]:
    """Serves an SQLite file, or the database of a URL, until the block ends.

    ``settings`` are those of ``customary serve``.
    """
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    defaults: dict[str, Any] = {"database": url, "port": 0, "access_log": False}
    chosen = Settings(**(defaults | settings))
    started: list[ServerInThread] = []
    failure: list[BaseException] = []
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async with running(chosen) as server:
            started.append(ServerInThread(server.base_url, server.storage, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    def thread() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(serve())
        except BaseException as error:
            failure.append(error)
        finally:
            ready.set()

    serving = threading.Thread(target=thread, name="customary-server")
    serving.start()
    ready.wait(timeout=30)
    if failure:
        raise failure[0]
    if not started:
        raise TimeoutError("The server did not start within 30 seconds")
    server = started[0]
    try:
        yield server
    finally:
        server.call_soon(stop.set)
        serving.join(timeout=30)
    if failure:
        raise failure[0]
