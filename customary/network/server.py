"""Listens, knows every connection, ends those that let others wait, and stops without dropping an answer."""

import asyncio
import logging
import socket
import ssl
from email.utils import formatdate
from pathlib import Path

from customary.errors import ServiceUnavailable
from customary.network.connection import Connection
from customary.network.message import Handler, Limits

log = logging.getLogger(__name__)

SWEEP_SECONDS = 0.1
HANDSHAKE_SECONDS = 10.0
BACKLOG = 1024


class HttpServer:
    """An HTTP/1.1 server on the running event loop."""

    def __init__(self, handler: Handler, limits: Limits) -> None:
        self.handler = handler
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.date = ""
        """For the header of that name; renewed by the sweep."""
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    async def start(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Takes connections from now on. The socket is its own from now on."""
        self._sweep()
        self._server = await self.loop.create_server(
            lambda: Connection(self),
            sock=listening,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if tls else None,
            backlog=BACKLOG,
        )

    async def drain(self, seconds: float) -> None:
        """Has new requests refused with 503 and waits for those in flight, but no longer than that.

        Those that are late are answered with 503 as well.
        """
        self.handler.draining = True
        until = self.loop.time() + seconds
        while (late := self._answering()) and self.loop.time() < until:
            await asyncio.sleep(0.02)
        if late:
            log.warning("requests were not finished in time", extra={"requests": len(late)})
            answer = self.handler.refuse(ServiceUnavailable("The server is shutting down before the answer is known"))
            for connection in late:
                connection.end(answer)

    async def stop(self) -> None:
        """Closes everything. Answers that were written are still sent, to those who take them within a second."""
        if self._server:
            self._server.close()
        for connection in tuple(self.connections):
            if not connection.answering:
                connection.close()
        until = self.loop.time() + 1
        while self.connections and self.loop.time() < until:
            await asyncio.sleep(0.01)
        for connection in tuple(self.connections):
            connection.abort()
        if self._sweeping:
            self._sweeping.cancel()

    def _answering(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.answering]

    def _sweep(self) -> None:
        """One timer for all deadlines: a timer a request would cost more than the rest of reading it."""
        self.date = formatdate(usegmt=True)
        now = self.loop.time()
        for connection in [each for each in self.connections if each.deadline < now]:
            connection.expire()
        self._sweeping = self.loop.call_later(SWEEP_SECONDS, self._sweep)


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and later. Raises OSError (ssl.SSLError is one) when a file can't be used."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key, password="")  # of a key that has one: refused, not asked for
    context.set_alpn_protocols(["http/1.1"])
    return context
