"""A request that its client named with an ``Idempotency-Key``, so that it can be sent again and is carried out once."""

from msgspec import Struct


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """What the request was answered. ``headers`` are those beside the content type and the request id.

    ``texts``: the body holds more than numbers, so there may be a person in it.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes
    texts: bool = False


class KeyedResult(Struct, frozen=True, kw_only=True):
    """What a write of the request came to (``kind`` and JSON); ``number`` counts its writes from 0."""

    number: int
    kind: str
    result: bytes


class KeyedRequest(Struct, frozen=True, kw_only=True):
    """``key`` is the token's own; ``fingerprint`` tells the request from any other; ``created`` is in UNIX seconds.

    ``results`` are kept in the transactions of the writes, until ``answer`` is there. ``forgotten``: both were erased,
    and all that is known is that the request was carried out.
    """

    token_id: int
    key: str
    fingerprint: bytes
    created: int
    results: tuple[KeyedResult, ...] = ()
    answer: KeptAnswer | None = None
    forgotten: bool = False
