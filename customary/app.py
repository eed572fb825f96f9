"""Puts the parts together: storage, application and HTTP server, from start to a clean stop."""

import asyncio
import gc
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from customary.api.application import Application
from customary.api.batch_worker import BatchWorker
from customary.api.call import Services
from customary.api.feed_readers import FeedReaders
from customary.api.purge_worker import PurgeWorker
from customary.api.retention_worker import RetentionWorker
from customary.api.router import Router
from customary.api.routes import ROUTES
from customary.errors import OperatorError
from customary.listening import listen
from customary.logs import AccessLog
from customary.network.message import Limits
from customary.network.server import HttpServer, tls_context
from customary.operations.passwords import PasswordHashing
from customary.settings import Settings
from customary.sole_server import sole_server
from customary.storage import Storage, is_postgres, open_storage

TLS_DIRECTORY = "customary-tls"
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 -- compared, not bound


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
    listening = listen(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        stack.callback(listening.close)
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
        purges = PurgeWorker(application.services)
        await purges.start()
        stack.push_async_callback(purges.stop)
        retention = RetentionWorker(application.services, settings.history_days)
        retention.start()
        stack.push_async_callback(retention.stop)
        await worker.start()  # before the first request: a batch that comes in meanwhile would be taken up twice
        stack.push_async_callback(worker.stop, settings.drain_timeout)
        server = build_server(settings, application)
        stack.push_async_callback(server.stop)
        await server.start(listening, _tls(settings))
        stack.push_async_callback(server.drain, settings.drain_timeout)
        stack.callback(application.services.feed_readers.stop)  # nobody is kept waiting
        stack.callback(worker.begin_to_stop)  # beside the requests that are in flight, not after them
        yield RunningServer(_base_url(settings, listening.getsockname()[1]), storage, authority)


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


def build_application(
    settings: Settings, storage: Storage, passwords: PasswordHashing, access_log: AccessLog | None = None
) -> Application:
    """The application on a given storage; the clock is the system's."""
    services = Services(storage, passwords, time.time, feed_readers=FeedReaders(settings.feed_readers))
    return Application(Router(ROUTES), services, access_log)


def build_server(settings: Settings, application: Application) -> HttpServer:
    """The HTTP server in front of an application, on the running event loop."""
    limits = Limits(
        body=settings.body_limit,
        body_seconds=settings.body_timeout,
        head=settings.header_limit,
        head_seconds=settings.header_timeout,
    )
    return HttpServer(application, limits)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """Raises OperatorError."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    try:
        return tls_context(settings.tls_certificate, settings.tls_key)
    except OSError as error:
        raise OperatorError(f"The certificate and its key can't be used: {error}") from error
