"""The request and the answer as handlers see them, whatever server carries them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from msgspec import json

from customary.api.feed_readers import FeedReaders
from customary.errors import HttpError, WrongParameter
from customary.model.change import Origin
from customary.model.store import Token
from customary.operations.passwords import PasswordHashing
from customary.rules.body import decode_body, decode_fitting
from customary.rules.preferences import NO_PREFERENCES, Preferences, parse_preferences
from customary.rules.problems import Problems
from customary.rules.response_fields import parse_response_fields, select_fields
from customary.storage.protocol import Storage

Body = TypeVar("Body")
Headers = tuple[tuple[str, str], ...]

JSON_TYPE = ("content-type", "application/json;charset=UTF-8")
MOST_PARAMETERS = 200

_encode = json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with. ``clock`` gives UNIX seconds; ``new_tickets`` are the batches to carry out, by store;
    ``feed_readers`` wait for changes."""

    storage: Storage
    passwords: PasswordHashing
    clock: Callable[[], float]
    new_tickets: "asyncio.Queue[tuple[int, str]]" = field(default_factory=asyncio.Queue)
    feed_readers: FeedReaders = field(default_factory=FeedReaders)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and the headers that are not on every answer."""

    body: bytes
    status: int = 200
    headers: Headers = (JSON_TYPE,)


def no_header(_name: str) -> str | None:
    """What a request without headers has."""
    return None


@dataclass(slots=True)
class Call:
    """One request after routing and authentication. ``parameters`` are those of the path.

    ``header`` gives the header with a name in small letters, its lines joined by commas, or None.
    """

    services: Services
    request_id: str
    method: str
    query_string: str
    body: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)
    store_id: int = 0
    token: Token | None = None
    header: Callable[[str], str | None] = no_header

    @property
    def storage(self) -> Storage:
        return self.services.storage

    @property
    def query(self) -> dict[str, str]:
        return parse_query(self.query_string)

    @property
    def origin(self) -> Origin:
        token_id = self.token.id if self.token else 0
        return Origin(at=int(self.services.clock()), token_id=token_id, request_id=self.request_id)

    @property
    def preferences(self) -> Preferences:
        header = self.header("prefer")
        return NO_PREFERENCES if header is None else parse_preferences(header)

    def number(self, name: str) -> int:
        """A path parameter that the route promises to be a number."""
        return int(self.parameters[name])

    def decode(self, decoder: "json.Decoder[Body]", name: str) -> Body:
        """The body; ``name`` is what the paths of its problems begin with. Raises WrongJson, InvalidBody."""
        return decode_body(self.body, decoder, name)

    def decode_fitting(self, decoder: "json.Decoder[Body]", name: str) -> tuple[Body, Problems]:
        """The body without what has a wrong type, and the problems of that, for the operation to refuse it with.

        Raises WrongJson, InvalidBody.
        """
        return decode_fitting(self.body, decoder, name)

    def answer(self, value: Any) -> Answer:
        """The value as JSON. Of what was read only ``responseFields``, when the query has them.

        They play no part in a write: it is done already, so nothing in the query may turn its answer into an error.
        """
        if self.method == "GET" and "responseFields" in self.query_string:
            selection = parse_response_fields(self.query.get("responseFields", ""))
            return Answer(_encode(select_fields(json.decode(_encode(value)), selection)))
        return Answer(_encode(value))


def parse_query(query_string: str) -> dict[str, str]:
    """Of a parameter that is there twice the last one counts. Raises WrongParameter."""
    if not query_string:
        return {}
    try:
        return dict(parse_qsl(query_string, keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        raise WrongParameter(f"The query has more than {MOST_PARAMETERS} parameters") from None


def answer_error(error: HttpError, request_id: str) -> Answer:
    """The contract's one error shape."""
    message = error.message if error.status != 500 else f"{error.message} (request {request_id})"
    body: dict[str, Any] = {"errorMessage": message, "errorCode": error.code}
    if error.details:
        body["args"] = error.details
    return Answer(_encode(body), error.status, (JSON_TYPE, *error.headers))
