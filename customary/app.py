"""Puts the parts together: storage, application and HTTP server, from start to a clean stop."""

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from customary.api.application import Application
from customary.api.batch_worker import BatchWorker
from customary.api.call import Services
from customary.api.feed_readers import FeedReaders
from customary.api.purge_worker import PurgeWorker
from customary.api.retention_worker import RetentionWorker
from customary.api.router import Router
from customary.api.routes import ROUTES
from customary.claim import Claim, claim
from customary.errors import OperatorError
from customary.event_loop import stop_at_signals
from customary.logs import AccessLog
from customary.network.message import Limits
from customary.network.server import HttpServer, tls_context
from customary.operations.passwords import PasswordHashing
from customary.settings import Settings
from customary.storage import Storage, open_storage


@dataclass(frozen=True, slots=True)
class Part:
    """Which worker of a server this process is, and the descriptor of what they take turns by at writing."""

    number: int = 1
    turn: int | None = None


ALONE = Part()


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers at ``base_url``; ``storage`` is what it works on."""

    base_url: str
    storage: Storage


async def serve(settings: Settings, announce: Callable[[Claim], None]) -> int:
    """Serves until SIGTERM or SIGINT and returns the exit code. ``announce`` is called once it answers.

    Raises what ``running`` raises.
    """
    stop = stop_at_signals()
    with claim(settings) as claimed:
        await answer_until(stop, claimed.settings, claimed.sockets[0], lambda: announce(claimed))
    return 0


async def answer_until(
    stop: asyncio.Event, settings: Settings, listening: socket.socket, ready: Callable[[], object], part: Part = ALONE
) -> None:
    """Answers what comes in there; ``ready`` is called once it does. Raises OperatorError."""
    async with answering(settings, listening, part):
        rarely_collect_garbage()
        ready()
        await stop.wait()


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
    with claim(settings) as claimed:
        async with answering(claimed.settings, claimed.sockets[0]) as storage:
            yield RunningServer(claimed.base_url, storage)


@asynccontextmanager
async def answering(settings: Settings, listening: socket.socket, part: Part = ALONE) -> AsyncIterator[Storage]:
    """Answers in this process, as long as the block lasts: what it works on. Closes the socket.

    Raises OperatorError.
    """
    async with AsyncExitStack() as stack:
        storage = await _open(settings, part)
        stack.push_async_callback(storage.close)
        replica = await _open_replica(settings)
        if replica is not None:
            stack.push_async_callback(replica.close)
        passwords = PasswordHashing(settings.password_hash_concurrency, settings.password_hash_queue)
        stack.callback(passwords.close)
        access_log = AccessLog(settings.log_format, shared=settings.workers > 1) if settings.access_log else None
        if access_log:
            stack.callback(access_log.close)
        application = build_application(settings, storage, passwords, access_log, replica)
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
        yield storage


async def _open(settings: Settings, part: Part) -> Storage:
    return await open_storage(
        settings.database,
        create=True,
        works_per_commit=settings.writes_per_commit,
        cache_mib=settings.cache_mib,
        reader_threads=settings.reader_threads,
        connections=settings.database_connections,
        server=f"worker {part.number}",
        turn=part.turn,
    )


async def _open_replica(settings: Settings) -> Storage | None:
    if not settings.database_replica:
        return None
    from customary.storage.postgres.replica import open_replica  # noqa: PLC0415 -- most have none

    return await open_replica(settings.database_replica, settings.database_connections)


def build_application(
    settings: Settings,
    storage: Storage,
    passwords: PasswordHashing,
    access_log: AccessLog | None = None,
    replica: Storage | None = None,
) -> Application:
    """The application on a given storage; the clock is the system's."""
    readers = FeedReaders(settings.feed_readers)
    services = Services(storage, passwords, time.time, feed_readers=readers, replica=replica)
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
        reason = f"The certificate and its key, PEM files without a password, can't be used: {error}"
        raise OperatorError(reason) from error
