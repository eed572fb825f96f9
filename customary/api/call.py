"""The request and the answer as handlers see them, whatever server carries them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl

from msgspec import Struct, json
from msgspec.structs import replace

from customary.api.feed_readers import FeedReaders
from customary.errors import HttpError, InvalidBody, WrongParameter
from customary.model.change import Origin
from customary.model.store import Token
from customary.network.message import JSON_TYPE, Answer
from customary.operations.passwords import PasswordHashing
from customary.rules.answers import ErrorAnswer
from customary.rules.body import decode_body, decode_fitting
from customary.rules.conditions import NO_CONDITIONS, Conditions, entity_tag, is_known, read_conditions
from customary.rules.preferences import NO_PREFERENCES, Preferences, applied_header, parse_preferences
from customary.rules.problems import Problems
from customary.rules.response_fields import parse_response_fields, select_fields
from customary.rules.strictness import unknown_keys
from customary.storage.protocol import Storage

Body = TypeVar("Body")
Preference = Literal["strict", "representation", "keep_lists", "replica"]
MOST_PARAMETERS = 200
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

_encode = json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with. ``clock`` gives UNIX seconds; ``new_tickets`` are the batches to carry out, by store;
    ``feed_readers`` wait for changes; ``erased`` are customers whose traces are to be purged: store, id and traces;
    ``replica`` is behind the storage, and only read."""

    storage: Storage
    passwords: PasswordHashing
    clock: Callable[[], float]
    new_tickets: "asyncio.Queue[tuple[int, str]]" = field(default_factory=asyncio.Queue)
    feed_readers: FeedReaders = field(default_factory=FeedReaders)
    erased: "asyncio.Queue[tuple[int, int, frozenset[str] | None]]" = field(default_factory=asyncio.Queue)
    replica: Storage | None = None


def no_header(_name: str) -> str | None:
    """What a request without headers has."""
    return None


class Call(Struct):
    """One request after routing and authentication. ``parameters`` are those of the path.

    ``header`` gives the header with a name in small letters, its lines joined by commas, or None.
    ``followed`` are the preferences of the client that were: its answer tells of them.
    """

    services: Services
    request_id: str
    method: str
    query_string: str
    body: bytes
    parameters: Mapping[str, str] = NO_PARAMETERS
    store_id: int = 0
    token: Token | None = None
    header: Callable[[str], str | None] = no_header
    followed: Preferences = NO_PREFERENCES
    _preferences: Preferences | None = None

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

    def wants(self, preference: Preference) -> bool:
        """Whether the client prefers it. Asked only by what then follows it: the answer says that it was."""
        if not self.prefers(preference):
            return False
        self.followed = replace(self.followed, **{preference: True})
        return True

    def prefers(self, preference: Preference) -> bool:
        """The same, of what may not be followed after all."""
        if self._preferences is None:
            header = self.header("prefer")
            self._preferences = NO_PREFERENCES if header is None else parse_preferences(header)
        return self._preferences is not NO_PREFERENCES and bool(getattr(self._preferences, preference))

    def may(self, scope: str) -> bool:
        return self.token is not None and scope in self.token.scopes

    @property
    def conditions(self) -> Conditions:
        """What the client demands for a write to be made."""
        if_match, if_none_match, keep_lists = (
            self.header("if-match"),
            self.header("if-none-match"),
            self.method != "DELETE" and self.wants("keep_lists"),
        )
        if if_match is None and if_none_match is None and not keep_lists:
            return NO_CONDITIONS
        return read_conditions(if_match, if_none_match, keep_lists)

    def number(self, name: str) -> int:
        """A path parameter that the route promises to be a number."""
        return int(self.parameters[name])

    def decode(self, decoder: "json.Decoder[Body]", name: str) -> Body:
        """The body; ``name`` is what the paths of its problems begin with. Raises WrongJson, InvalidBody."""
        if self.wants("strict"):
            body, problems = self.decode_fitting(decoder, name)
            if problems:
                raise InvalidBody(problems)
            return body
        return decode_body(self.body, decoder, name)

    def decode_fitting(
        self, decoder: "json.Decoder[Body]", name: str, part: bytes | None = None
    ) -> tuple[Body, Problems]:
        """The body without what has a wrong type, and the problems of that, for the operation to refuse it with.

        ``part`` stands for one that is decoded by itself. Raises WrongJson, InvalidBody.
        """
        raw = self.body if part is None else part
        body, problems = decode_fitting(raw, decoder, name)
        if self.wants("strict"):
            problems = problems | unknown_keys(raw, decoder.type, name)
        return body, problems

    def answer(self, value: Any) -> Answer:
        """The value as JSON. Of what was read only ``responseFields``, when the query has them.

        They play no part in a write: it is done already, so nothing in the query may turn its answer into an error.
        """
        if self.followed is not NO_PREFERENCES:
            return Answer(self._told(value), headers=(JSON_TYPE, *applied_header(self.followed)))
        return Answer(self._told(value))

    def answer_tagged(self, value: Any, version: str | int) -> Answer:
        """The same of one resource, with its entity tag; of what the client has already only that: 304."""
        body = self._told(value)
        tag = ("etag", entity_tag(version, body))
        known = self.header("if-none-match") if self.method == "GET" else None
        if known is not None and is_known(known, tag[1]):
            return Answer(b"", 304, (tag,))
        return Answer(body, 200, (JSON_TYPE, tag, *applied_header(self.followed)))

    def _told(self, value: Any) -> bytes:
        if self.method == "GET" and "responseFields" in self.query_string:
            selection = parse_response_fields(self.query.get("responseFields", ""))
            return _encode(select_fields(json.decode(_encode(value)), selection))
        return _encode(value)


def parse_query(query_string: str) -> dict[str, str]:
    """Of a parameter that is there twice the last one counts. Raises WrongParameter."""
    if not query_string:
        return {}
    try:
        return dict(parse_qsl(query_string, keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        raise WrongParameter(f"The query has more than {MOST_PARAMETERS} parameters") from None


def answer_error(error: HttpError, request_id: str) -> Answer:
    return Answer(_encode(describe_error(error, request_id)), error.status, (JSON_TYPE, *error.headers))


def describe_error(error: HttpError, request_id: str) -> ErrorAnswer:
    """The contract's one error shape."""
    message = error.message if error.status != 500 else f"{error.message} (request {request_id})"
    return ErrorAnswer(error_message=message, error_code=error.code, args=dict(error.details))
