"""What one entry of a store's change log is: the history, the deleted list, the feed and the webhook outbox at once."""

from typing import Literal

from msgspec import Struct

Entity = Literal["customer", "group", "store", "extrafield"]
Kind = Literal["created", "updated", "deleted", "restored", "erased"]


class Origin(Struct, frozen=True, kw_only=True):
    """Who makes a change, and when: ``at`` in UNIX seconds, ``token_id`` 0 for the operator's own commands."""

    at: int
    token_id: int
    request_id: str


class Change(Struct, frozen=True, kw_only=True):
    """One accepted write. ``seq`` counts per store from 1 without gaps, in commit order.

    ``before`` is the JSON of the state that the change replaced (None when there was none); ``previous`` is the ``seq``
    of the change before this one of the same entity, 0 when there is none: the history of one entity is a chain.
    """

    seq: int
    entity: Entity
    entity_id: int
    kind: Kind
    at: int
    token_id: int
    request_id: str
    previous: int
    before: bytes | None


class Deleted(Struct, frozen=True, kw_only=True):
    """A customer that was deleted, and when (UNIX seconds)."""

    id: int
    date: int
