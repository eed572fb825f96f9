"""How long the history goes back: what was replaced before is forgotten."""

from customary.storage.protocol import Storage

DAY_SECONDS = 86_400
CHANGES_AT_ONCE = 500
"""Looked at in one transaction, so that others get their turn."""


async def prune_history(storage: Storage, days: int, now: int) -> int:
    """Forgets what was replaced more than so many days ago. How many changes were looked at."""
    count = 0
    before = max(now - days * DAY_SECONDS, 0)  # no change is older, and no database could hold less
    while looked_at := await storage.prune_history(before, CHANGES_AT_ONCE):
        count += looked_at
    return count
