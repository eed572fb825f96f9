"""The feed of changes as it goes out: each change with the entity in the shape in which it is read."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct

from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedItem, FeedPage, State
from customary.model.store import GENERAL, Group, Token
from customary.rules.answers import answer_customer, answer_extrafield, answer_group, answer_profile
from customary.rules.dates import format_date
from customary.rules.history import TokenAnswer

GONE = ("deleted", "erased")
SCOPES = {"extrafield": "read_customers_extrafields", "store": "read_store_profile"}
"""What it takes to see more than the fact that something changed, beyond the scope of the feed itself."""


class FeedItemAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``data`` is absent of what is gone, of what a later change replaced (``superseded``), and where the token has no
    scope to read it (``missing_scope``). ``token`` is absent where the operator's own command made the change.
    """

    seq: int
    at: str
    entity: str
    id: int
    key: str = ""
    kind: str
    token: TokenAnswer | None = None
    request_id: str
    superseded: bool = False
    missing_scope: str = ""
    data: Any = UNSET


def answer_feed(page: FeedPage, tokens: Mapping[int, Token], scopes: Collection[str]) -> Iterator[FeedItemAnswer]:
    """``tokens`` are the store's, by id; ``scopes`` those of the reader."""
    names = {group.id: group.name for group in (GENERAL, *page.groups)}
    for item in page.items:
        change = item.change
        token = tokens.get(change.token_id)
        scope = SCOPES.get(change.entity, "")
        missing = scope if scope and scope not in scopes and item.state is not None else ""
        yield FeedItemAnswer(
            seq=change.seq,
            at=format_date(change.at),
            entity=change.entity,
            id=change.entity_id,
            key=_key(item),
            kind=change.kind,
            token=TokenAnswer(id=token.id, label=token.label) if token else None,
            request_id=change.request_id,
            superseded=item.state is None and change.kind not in GONE,
            missing_scope=missing,
            data=UNSET if item.state is None or missing else _show(item.state, names, page),
        )


def _key(item: FeedItem) -> str:
    return item.state.key if isinstance(item.state, Extrafield) else item.key


def _show(state: State, group_names: Mapping[int, str], page: FeedPage) -> Any:
    match state:
        case Customer():
            return answer_customer(state, group_names, page.extrafields)
        case Group():
            return answer_group(state)
        case Extrafield():
            return answer_extrafield(state)
    return answer_profile(state)
