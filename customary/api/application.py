"""The RSGI application: reads a request within its limits, finds its route, checks its token, answers, logs."""

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from customary.api.authentication import Authentication, bearer_token
from customary.api.call import Call, Services, answer_error, parse_query
from customary.api.router import Route, Router
from customary.errors import (
    HttpError,
    InternalError,
    RequestTimeout,
    RequestTooLarge,
    ServiceUnavailable,
    UnsupportedContentType,
)
from customary.logs import AccessLine, AccessLog, now_text

log = logging.getLogger(__name__)

CONTENT_TYPES = ("application/json", "text/json")
NO_ROUTE = Route("", "(none)", handler=None)  # type: ignore[arg-type]  # stands in a log line, is never called


@dataclass(frozen=True, slots=True)
class Limits:
    """``body`` in bytes, ``body_seconds`` for the whole of it to arrive."""

    body: int = 1_048_576
    body_seconds: float = 10.0


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
        self._in_flight = 0
        self._draining = False

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            protocol.close(404)
            return
        self._in_flight += 1
        try:
            status, headers, body = await self._answer(scope, protocol)
            protocol.response_bytes(status, headers, body)
        finally:
            self._in_flight -= 1

    async def drain(self, seconds: float) -> None:
        """Refuses new requests with 503 and waits for those in flight, but no longer than ``seconds``."""
        self._draining = True
        until = time.monotonic() + seconds
        while self._in_flight and time.monotonic() < until:
            await asyncio.sleep(0.02)

    async def _answer(self, scope: Any, protocol: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        started = time.perf_counter()
        request_id = f"{self._process}-{next(self._request_numbers):x}"
        call = Call(self._services, request_id, scope.query_string, b"")
        route = NO_ROUTE
        body_is_read = False
        try:
            if self._draining:
                raise ServiceUnavailable("The server is shutting down")
            route, call.parameters = self._router.find(scope.method, scope.path)
            await self._authenticate(call, route, scope.headers)
            if scope.method in {"PUT", "POST"}:
                call.body = await self._read_body(scope.headers, protocol)
                body_is_read = True
            answer = await route.handler(call)
        except HttpError as error:
            answer = answer_error(error, request_id)
        except Exception:
            log.exception("request failed", extra={"requestId": request_id, "route": route.template})
            answer = answer_error(InternalError(), request_id)
        self._log(call, scope.method, route, answer.status, started)
        headers = [*answer.headers, ("x-request-id", request_id)]
        if self._draining or not (body_is_read or _has_no_body(scope.headers)):
            headers.append(("connection", "close"))
        return answer.status, headers, answer.body

    async def _authenticate(self, call: Call, route: Route, headers: Any) -> None:
        if "storeId" in call.parameters:
            call.store_id = call.number("storeId")
        if route.scope is not None:
            token = bearer_token(headers.get("authorization"))
            if token is None and "token=" in call.query_string:
                token = parse_query(call.query_string).get("token")
            call.token = await self._authentication.check(call.store_id, token, route.scope, route.public)

    async def _read_body(self, headers: Any, protocol: Any) -> bytes:
        content_type = headers.get("content-type")
        if content_type and content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
            raise UnsupportedContentType()
        announced = headers.get("content-length")
        if announced is not None and int(announced) > self._limits.body:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                if announced is not None:
                    whole: bytes = await protocol()
                    return whole
                return await self._read_chunks(protocol)
        except TimeoutError:
            raise RequestTimeout() from None

    async def _read_chunks(self, protocol: Any) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in protocol:
            size += len(chunk)
            if size > self._limits.body:
                raise self._too_large()
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self) -> RequestTooLarge:
        return RequestTooLarge(f"The request body is larger than {self._limits.body} bytes")

    def _log(self, call: Call, method: str, route: Route, status: int, started: float) -> None:
        if self._access_log is None:
            return
        line = AccessLine(
            now_text(self._services.clock()),
            call.request_id,
            method,
            route.template,
            status,
            round((time.perf_counter() - started) * 1000, 3),
            call.store_id,
            call.token.id if call.token else 0,
        )
        self._access_log.add(line)


def _has_no_body(headers: Any) -> bool:
    """A connection on which a body was left unread is dropped by the HTTP server: then the client must be told."""
    return headers.get("content-length") in {None, "0"} and headers.get("transfer-encoding") is None
