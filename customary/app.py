"""Puts the parts together: storage, application and HTTP server, from start to a clean stop."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from customary.api.application import Application, Limits
from customary.api.http import Services
from customary.api.router import Router
from customary.api.routes import ROUTES
from customary.errors import OperatorError
from customary.listening import reserve_port
from customary.logs import AccessLog, set_up_logging
from customary.operations.passwords import PasswordHashing
from customary.settings import Settings
from customary.storage import Storage, open_storage

log = logging.getLogger(__name__)

STOP_SECONDS = 1.0
"""For the HTTP server to close its connections after the last answer."""


async def serve(settings: Settings, announce: Callable[[str], None], stop: asyncio.Event | None = None) -> int:
    """Serves until SIGTERM, SIGINT or ``stop``; returns the exit code. ``announce`` gets the base URL once it answers.

    Raises OperatorError when the address can't be used or the database can't be opened.
    """
    set_up_logging(settings.log_format, settings.log_level)
    stop = stop or _stop_on_signals()
    placeholder = reserve_port(settings.host, settings.port)
    port = placeholder.getsockname()[1]
    storage = await open_storage(
        settings.database,
        create=True,
        works_per_commit=settings.writes_per_commit,
        cache_mib=settings.cache_mib,
        reader_threads=settings.reader_threads,
    )
    passwords = PasswordHashing(settings.password_hash_concurrency, settings.password_hash_queue)
    access_log = AccessLog(settings.log_format) if settings.access_log else None
    application = build_application(settings, storage, passwords, access_log)
    server = build_server(settings, application, port)
    serving = asyncio.ensure_future(server.serve())
    try:
        await _wait_until_it_answers(settings.host, port, serving)
        announce(f"{'https' if settings.tls_certificate else 'http'}://{settings.host}:{port}")
        await asyncio.wait([serving, asyncio.ensure_future(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        await application.drain(settings.drain_timeout)
        server.stop()  # type: ignore[no-untyped-call]  # Granian's has no annotations
        await asyncio.wait([serving], timeout=STOP_SECONDS)
    finally:
        placeholder.close()
        await storage.close()
        passwords.close()
        if access_log:
            access_log.flush()
    return 0


def build_application(
    settings: Settings, storage: Storage, passwords: PasswordHashing, access_log: AccessLog | None = None
) -> Application:
    """The application on a given storage; the clock is the system's."""
    limits = Limits(body=settings.body_limit, body_seconds=settings.body_timeout)
    return Application(Router(ROUTES), Services(storage, passwords, time.time), limits, access_log)


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
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
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


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
