"""A batch of requests that is carried out after its caller was answered, and what is kept of it."""

from msgspec import Struct


class TicketRequest(Struct, frozen=True, kw_only=True):
    """One request of a batch. ``path`` is whole and decoded, ``query`` as it was sent, ``id`` the caller's own."""

    id: str | None
    method: str
    path: str
    query: str
    body: bytes


class TicketResponse(Struct, frozen=True, kw_only=True):
    """What a request of a batch was answered; ``position`` is its place in the batch, from 0."""

    position: int
    id: str | None
    status: int
    body: bytes


class Ticket(Struct, frozen=True, kw_only=True):
    """A batch. ``ticket`` is the name that its caller knows it by; times are UNIX seconds.

    Its requests run with the token that has the digest: a token itself is never kept.
    """

    store_id: int
    ticket: str
    token_id: int
    token_digest: bytes
    deduplication_key: str | None = None
    stop_on_first_failure: bool = True
    parallel: bool = False
    total: int
    created: int
    finished: int | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """Kept in the transaction of a write: that it was done, and its result (``kind`` and JSON).

    A request that was under way when the server died is run again, and then gets this instead of writing twice.
    ``number`` counts the writes of one request from 0.
    """

    ticket: str
    position: int
    number: int
    kind: str
    result: bytes
