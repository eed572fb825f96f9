"""The application: finds the route of a request, checks its token, answers, logs. Behind RSGI, and behind batches."""

import asyncio
import logging
import secrets
import time
from dataclasses import replace
from itertools import count
from typing import Any

from customary.api.authentication import Authentication
from customary.api.call import Answer, Call, Services, answer_error
from customary.api.request import BatchedRequest, Limits, Request, RsgiRequest
from customary.api.router import Route, Router
from customary.errors import HttpError, InternalError, ServiceUnavailable
from customary.logs import AccessLine, AccessLog, now_text
from customary.model.ticket import TicketRequest
from customary.storage.protocol import Storage

log = logging.getLogger(__name__)

NO_ROUTE = Route("", "(none)", handler=None)  # type: ignore[arg-type]  # stands in a log line, is never called
LONGEST_METHOD = 20
"""Of a method that nobody knows, so much is logged: it may be as long as a head."""


class Application:
    """Answers every request with the contract's shapes, also those that fail."""

    def __init__(self, router: Router, services: Services, limits: Limits, access_log: AccessLog | None = None) -> None:
        self._router = router
        self._services = services
        self._limits = limits
        self._access_log = access_log
        self._authentication = Authentication(services.storage)
        self._request_numbers = count(1)
        self._process = secrets.token_hex(4)
        self._in_flight: set[Any] = set()
        self.draining = False

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            protocol.close(404)
            return
        self._in_flight.add(protocol)
        try:
            status, headers, body = await self._answer(scope, protocol)
            protocol.response_bytes(status, headers, body)
        finally:
            self._in_flight.discard(protocol)

    @property
    def services(self) -> Services:
        return self._services

    async def drain(self, seconds: float) -> None:
        """Refuses new requests with 503 and waits for those in flight, but no longer than ``seconds``.

        Those that are late are answered with 503 as well: the HTTP server would end them with an empty 500.
        """
        self.draining = True
        until = time.monotonic() + seconds
        while self._in_flight and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if self._in_flight:
            log.warning("requests were not finished in time", extra={"requests": len(self._in_flight)})
        late = answer_error(ServiceUnavailable("The server is shutting down before the answer is known"), "")
        for protocol in self._in_flight:
            protocol.response_bytes(late.status, [*late.headers, ("connection", "close")], late.body)

    async def dispatch(self, request: TicketRequest, digest: bytes, storage: Storage) -> Answer:
        """Carries out a request of a batch like one from outside, with the token that has the digest."""
        services = replace(self._services, storage=storage)
        return await self._carry_out(BatchedRequest(request, digest), services, refused=False)

    async def _answer(self, scope: Any, protocol: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        request = RsgiRequest(scope, protocol, self._limits)
        answer = await self._carry_out(request, self._services, refused=self.draining)
        headers = list(answer.headers)
        if self.draining or request.left_unread:
            headers.append(("connection", "close"))
        return answer.status, headers, answer.body

    async def _carry_out(self, request: Request, services: Services, refused: bool) -> Answer:
        started = time.perf_counter()
        request_id = f"{self._process}-{next(self._request_numbers):x}"
        call = Call(services, request_id, request.method, request.query_string, b"", header=request.header)
        route = NO_ROUTE
        try:
            if refused:
                raise ServiceUnavailable("The server is shutting down")
            route, call.parameters = self._router.find(request.method, request.path)
            await self._authenticate(call, route, request)
            if request.method in {"PUT", "POST"}:
                call.body = await request.read_body()
            answer = await route.handler(call)
        except HttpError as error:
            answer = answer_error(error, request_id)
        except Exception:
            log.exception("request failed", extra={"requestId": request_id, "route": route.template})
            answer = answer_error(InternalError(), request_id)
        self._log(call, request.method, route, answer.status, started)
        return Answer(answer.body, answer.status, (*answer.headers, ("x-request-id", request_id)))

    async def _authenticate(self, call: Call, route: Route, request: Request) -> None:
        if "storeId" in call.parameters:
            call.store_id = call.number("storeId")
        if route.scope is not None:
            call.token = await self._authentication.check(call.store_id, request.digest(), route.scope, route.public)
        if route.also_scope is not None:
            await self._authentication.check(call.store_id, request.digest(), route.also_scope)

    def _log(self, call: Call, method: str, route: Route, status: int, started: float) -> None:
        if self._access_log is None:
            return
        line = AccessLine(
            now_text(self._services.clock()),
            call.request_id,
            method[:LONGEST_METHOD],
            route.template,
            status,
            round((time.perf_counter() - started) * 1000, 3),
            call.store_id,
            call.token.id if call.token else 0,
        )
        self._access_log.add(line)
