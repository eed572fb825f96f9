"""What is left of a customer that was erased: that it was, and nothing of the person."""

from msgspec import Struct


class Erasure(Struct, frozen=True, kw_only=True):
    """``at`` and ``purged`` are UNIX seconds; ``seq`` is the position in the store's log of changes.

    ``purged`` is when the last traces were gone from the storage's files, None while they may be there.
    """

    customer_id: int
    at: int
    token_id: int
    request_id: str
    seq: int
    purged: int | None = None
