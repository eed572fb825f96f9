"""The feed of changes: a page of it, at once or as soon as there is one."""

from customary.errors import PositionNotReached
from customary.model.feed import FeedPage
from customary.model.store import Token
from customary.storage.protocol import Storage


async def read_feed(storage: Storage, store_id: int, after: int, limit: int) -> FeedPage:
    """Raises PositionNotReached for a position that the store's log has not reached.

    A reader comes to one when the database was put back to an earlier state: what it knows is not what is there.
    """
    page = await storage.read_feed(store_id, after, limit)
    if after > page.last:
        raise PositionNotReached(f"The store's log of changes ends at {page.last}, before position {after}")
    return page


async def may_still_read(storage: Storage, token: Token, scope: str) -> bool:
    """Whether the token was neither taken back nor lost the scope, and its store is not suspended."""
    access = await storage.find_access(token.store_id, token.digest)
    if access is None or access.store.suspended or access.token is None:
        return False
    return scope in access.token.scopes
