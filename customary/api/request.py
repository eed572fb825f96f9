"""A request as the application sees it, whoever brings it: the HTTP server, or a batch that is carried out."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from customary.api.authentication import bearer_token
from customary.api.call import parse_query
from customary.errors import RequestTimeout, RequestTooLarge, UnsupportedContentType
from customary.model.keys import token_digest
from customary.model.ticket import TicketRequest

CONTENT_TYPES = ("application/json", "text/json")


@dataclass(frozen=True, slots=True)
class Limits:
    """``body`` in bytes, ``body_seconds`` for the whole of it to arrive."""

    body: int = 1_048_576
    body_seconds: float = 10.0


class Request(Protocol):
    """``path`` is decoded, ``query_string`` is not."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def query_string(self) -> str: ...

    def header(self, name: str, /) -> str | None:
        """Its lines joined by commas; ``name`` in small letters."""

    def digest(self) -> bytes:
        """Of the token; without one that of nothing. Raises WrongParameter."""

    async def read_body(self) -> bytes:
        """Raises UnsupportedContentType, RequestTooLarge, RequestTimeout."""


class RsgiRequest:
    """One that came over the network."""

    __slots__ = ("_body_is_read", "_headers", "_limits", "_protocol", "method", "path", "query_string")

    def __init__(self, scope: Any, protocol: Any, limits: Limits) -> None:
        self.method: str = scope.method
        self.path: str = scope.path
        self.query_string: str = scope.query_string
        self._headers = scope.headers
        self._protocol = protocol
        self._limits = limits
        self._body_is_read = False

    @property
    def left_unread(self) -> bool:
        """A connection on which a body was left unread is dropped by the HTTP server: then the client must be told."""
        return not (self._body_is_read or self._has_no_body)

    @property
    def _has_no_body(self) -> bool:
        headers = self._headers
        return headers.get("content-length") in {None, "0"} and headers.get("transfer-encoding") is None

    def header(self, name: str, /) -> str | None:
        return ", ".join(self._headers.get_all(name)) if name in self._headers else None

    def digest(self) -> bytes:
        token = bearer_token(self._headers.get("authorization"))
        if token is None and "token=" in self.query_string:
            token = parse_query(self.query_string).get("token")
        return token_digest(token or "")

    async def read_body(self) -> bytes:
        body = await self._receive_body()
        self._body_is_read = True
        return body

    async def _receive_body(self) -> bytes:
        content_type = self._headers.get("content-type")
        if content_type and content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
            raise UnsupportedContentType()
        announced = self._headers.get("content-length")
        if announced is not None and int(announced) > self._limits.body:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                if announced is not None:
                    whole: bytes = await self._protocol()
                    return whole
                return await self._read_chunks()
        except TimeoutError:
            raise RequestTimeout() from None
        except RuntimeError:  # the HTTP server's, of a client that is gone: the answer is for the log alone
            raise RequestTimeout("The connection was closed before the body had arrived") from None

    async def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in self._protocol:
            size += len(chunk)
            if size > self._limits.body:
                raise self._too_large()
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self) -> RequestTooLarge:
        return RequestTooLarge(f"The request body is larger than {self._limits.body} bytes")


class BatchedRequest:
    """One of a batch, sent with the token of the batch. It has no headers; a token in its query plays no part."""

    __slots__ = ("_body", "_digest", "method", "path", "query_string")

    def __init__(self, request: TicketRequest, digest: bytes) -> None:
        self.method = request.method
        self.path = request.path
        self.query_string = request.query
        self._body = request.body
        self._digest = digest

    def header(self, _name: str, /) -> str | None:
        return None

    def digest(self) -> bytes:
        return self._digest

    async def read_body(self) -> bytes:
        return self._body
