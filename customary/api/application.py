"""The application: finds the route of a request, checks its token, answers, logs. Behind HTTP, and behind batches."""

import logging
import secrets
import time
from dataclasses import replace
from itertools import count

from customary.api.authentication import Authentication
from customary.api.call import Call, Services, answer_error
from customary.api.idempotency import Idempotency
from customary.api.request import BatchedRequest, NetworkRequest, Request
from customary.api.router import Route, Router
from customary.errors import HttpError, InternalError, ServiceUnavailable
from customary.logs import AccessLine, AccessLog, now_text
from customary.model.ticket import TicketRequest
from customary.network import message
from customary.network.message import Answer
from customary.storage.protocol import Storage

log = logging.getLogger(__name__)

NO_ROUTE = Route("", "(none)", handler=None)  # type: ignore[arg-type]  # stands in a log line, is never called


class Application:
    """Answers every request with the contract's shapes, also those that fail."""

    def __init__(self, router: Router, services: Services, access_log: AccessLog | None = None) -> None:
        self._router = router
        self._services = services
        self._access_log = access_log
        self._authentication = Authentication(services.storage)
        self._idempotency = Idempotency()
        self._request_numbers = count(1)
        self._process = secrets.token_hex(4)
        self.draining = False

    @property
    def services(self) -> Services:
        return self._services

    async def answer(self, request: message.Request) -> Answer:
        """The answer to a request from the network. Raises nothing."""
        return await self._carry_out(NetworkRequest(request), self._services, refused=self.draining)

    def refuse(self, error: HttpError) -> Answer:
        """The answer to what is no request, or to one whose answer comes too late."""
        request_id = self._new_request_id()
        answer = answer_error(error, request_id)
        self._log(Call(self._services, request_id, "", "", b""), NO_ROUTE, answer.status, time.perf_counter())
        return answer.adding((("x-request-id", request_id),))

    async def dispatch(self, request: TicketRequest, digest: bytes, storage: Storage) -> Answer:
        """Carries out a request of a batch like one from outside, with the token that has the digest."""
        services = replace(self._services, storage=storage)
        return await self._carry_out(BatchedRequest(request, digest), services, refused=False)

    async def _carry_out(self, request: Request, services: Services, refused: bool) -> Answer:
        started = time.perf_counter()
        request_id = self._new_request_id()
        call = Call(services, request_id, request.method, request.query_string, b"", header=request.header)
        route = NO_ROUTE
        try:
            if refused:
                raise ServiceUnavailable("The server is shutting down")
            route, call.parameters = self._router.find(request.method, request.path)
            await self._authenticate(call, route, request)
            if request.method in {"PUT", "POST"}:
                call.body = await request.read_body()
            key = call.header("idempotency-key") if call.method != "GET" else None
            answer = await (route.handler(call) if key is None else self._idempotency.answer(call, route, key))
        except HttpError as error:
            answer = answer_error(error, request_id)
        except Exception:
            log.exception("request failed", extra={"requestId": request_id, "route": route.template})
            answer = answer_error(InternalError(), request_id)
        self._log(call, route, answer.status, started)
        return answer.adding((("x-request-id", request_id),))

    async def _authenticate(self, call: Call, route: Route, request: Request) -> None:
        if "storeId" in call.parameters:
            call.store_id = call.number("storeId")
        if route.scope is not None:
            call.token = await self._authentication.check(call.store_id, request.digest(), route.scope, route.public)
        if route.also_scope is not None:
            await self._authentication.check(call.store_id, request.digest(), route.also_scope)

    def _new_request_id(self) -> str:
        return f"{self._process}-{next(self._request_numbers):x}"

    def _log(self, call: Call, route: Route, status: int, started: float) -> None:
        if self._access_log is None:
            return
        line = AccessLine(
            now_text(self._services.clock()),
            call.request_id,
            call.method,
            route.template,
            status,
            round((time.perf_counter() - started) * 1000, 3),
            call.store_id,
            call.token.id if call.token else 0,
        )
        self._access_log.add(line)
