"""A request as the application sees it, whoever brings it: the HTTP server, or a batch that is carried out."""

from typing import Protocol

from customary.api.authentication import bearer_token
from customary.api.call import parse_query
from customary.errors import UnsupportedContentType
from customary.model.keys import token_digest
from customary.model.ticket import TicketRequest
from customary.network import message

CONTENT_TYPES = ("application/json", "text/json")


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


class NetworkRequest:
    """One that came over the network."""

    __slots__ = ("_arrived", "header", "method", "path", "query_string")

    def __init__(self, arrived: message.Request) -> None:
        self.header = arrived.header
        self.method = arrived.method
        self.path = arrived.path
        self.query_string = arrived.query_string
        self._arrived = arrived

    def digest(self) -> bytes:
        token = bearer_token(self.header("authorization"))
        if token is None and "token=" in self.query_string:
            token = parse_query(self.query_string).get("token")
        return token_digest(token or "")

    async def read_body(self) -> bytes:
        content_type = self.header("content-type")
        if content_type and content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
            raise UnsupportedContentType()
        return await self._arrived.read_body()


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
