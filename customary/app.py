"""Puts the parts together: storage, application and HTTP server, from start to a clean stop."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from customary.api.application import Application
from customary.api.batch_worker import BatchWorker
from customary.api.call import Services
from customary.api.feed_readers import FeedReaders
from customary.api.request import Limits
from customary.api.router import Router
from customary.api.routes import ROUTES
from customary.errors import OperatorError
from customary.listening import reserve_port
from customary.logs import AccessLog
from customary.operations.passwords import PasswordHashing
from customary.settings import Settings
from customary.sole_server import sole_server
from customary.storage import Storage, is_postgres, open_storage

TLS_DIRECTORY = "customary-tls"
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not bound
"""What listens on every address → one to try it at."""
STOP_SECONDS = 1.0
"""For the HTTP server to close its connections after the last answer."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers at ``base_url``; ``storage`` is what it works on.

    ``authority`` is the file that clients must trust, where the certificate is one of customary's own.
    """

    base_url: str
    storage: Storage
    authority: Path | None = None


async def serve(settings: Settings, announce: Callable[[RunningServer], None]) -> int:
    """Serves until SIGTERM or SIGINT and returns the exit code. ``announce`` is called once it answers.

    Raises what ``running`` raises.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as server:
        rarely_collect_garbage()
        announce(server)
        await stop.wait()
    return 0


def rarely_collect_garbage() -> None:
    """What was imported stays, and a request leaves no cycles behind: looking for them took 4 % of an update."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[RunningServer]:
    """A server for as long as the block lasts; then requests in flight are finished and everything is closed.

    Raises OperatorError when the address can't be used or the database can't be opened.
    """
    reserved = reserve_port(settings.host, settings.port)
    port = reserved.getsockname()[1]
    async with AsyncExitStack() as stack:
        stack.callback(reserved.close)
        if not is_postgres(settings.database):  # which any number of servers work on
            stack.enter_context(sole_server(_database_file(settings)))
        storage = await _open(settings)
        stack.push_async_callback(storage.close)
        passwords = PasswordHashing(settings.password_hash_concurrency, settings.password_hash_queue)
        stack.callback(passwords.close)
        access_log = AccessLog(settings.log_format) if settings.access_log else None
        if access_log:
            stack.callback(access_log.close)
        settings, authority = _with_certificate(settings)
        application = build_application(settings, storage, passwords, access_log)
        worker = BatchWorker(application.services, application.dispatch)
        await worker.start()  # before the first request: a batch that comes in meanwhile would be taken up twice
        stack.push_async_callback(worker.stop, settings.drain_timeout)
        stack.push_async_callback(_stop_answering, await _start_answering(settings, application, port))
        stack.push_async_callback(application.drain, settings.drain_timeout)
        stack.callback(application.services.feed_readers.stop)  # nobody is kept waiting
        stack.callback(worker.begin_to_stop)  # beside the requests that are in flight, not after them
        yield RunningServer(_base_url(settings, port), storage, authority)


def _database_file(settings: Settings) -> Path:
    """Of SQLite; where the records are elsewhere, one that is not there in the working directory."""
    return Path("." if is_postgres(settings.database) else settings.database.removeprefix("sqlite:///"))


async def _open(settings: Settings) -> Storage:
    return await open_storage(
        settings.database,
        create=True,
        works_per_commit=settings.writes_per_commit,
        cache_mib=settings.cache_mib,
        reader_threads=settings.reader_threads,
        connections=settings.database_connections,
    )


def _with_certificate(settings: Settings) -> tuple[Settings, Path | None]:
    """The settings with the files of a certificate that customary keeps itself, when it is to. Raises OperatorError."""
    if not settings.tls_self_signed:
        return settings, None
    from customary.certificates import keep_certificate  # noqa: PLC0415 -- its library takes 40 ms to load

    directory = settings.tls_directory or _database_file(settings).parent / TLS_DIRECTORY
    names = settings.tls_names.split(",")
    if settings.host not in EVERY_ADDRESS:
        names.append(settings.host)
    kept = keep_certificate(directory.absolute(), names)
    settings = replace(settings, tls_self_signed=False, tls_names="", tls_directory=None)
    return replace(settings, tls_certificate=kept.certificate, tls_key=kept.key), kept.authority


def _base_url(settings: Settings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_certificate else 'http'}://{host}:{port}"


async def _start_answering(
    settings: Settings, application: Application, port: int
) -> tuple[Server, "asyncio.Future[None]"]:
    server = build_server(settings, application, port)
    serving = asyncio.ensure_future(server.serve())
    await _wait_until_it_answers(settings.host, port, serving)
    return server, serving


async def _stop_answering(started: tuple[Server, "asyncio.Future[None]"]) -> None:
    server, serving = started
    server.stop()  # type: ignore[no-untyped-call]  # Granian's has no annotations
    await asyncio.wait([serving], timeout=STOP_SECONDS)


def build_application(
    settings: Settings, storage: Storage, passwords: PasswordHashing, access_log: AccessLog | None = None
) -> Application:
    """The application on a given storage; the clock is the system's."""
    services = Services(storage, passwords, time.time, feed_readers=FeedReaders(settings.feed_readers))
    limits = Limits(body=settings.body_limit, body_seconds=settings.body_timeout)
    return Application(Router(ROUTES), services, limits, access_log)


def build_server(settings: Settings, application: Application, port: int) -> Server:
    """Granian in this process: its I/O runs in a thread of its own, the application on this event loop."""
    return Server(
        application,
        address=settings.host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(settings.header_timeout * 1000), max_buffer_size=settings.header_limit
        ),
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
        log_enabled=False,
    )


async def _wait_until_it_answers(host: str, port: int, serving: "asyncio.Future[None]") -> None:
    address = EVERY_ADDRESS.get(host, host)
    for _ in range(200):
        if serving.done():
            serving.result()
            raise OperatorError(f"The HTTP server on {host}:{port} did not start")
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    raise OperatorError(f"The HTTP server on {host}:{port} does not answer")
