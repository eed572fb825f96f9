"""Forgets old states in SQLite, a few at a time."""

from customary.storage.sqlite.batch import Batch
from customary.storage.sqlite.sql import SQL


def prune_some(batch: Batch, before: int, most: int) -> int:
    """How many changes were looked at; 0 when there are no more."""
    found = batch.execute(SQL["find_prunable"], (most, before))
    if found is None:
        return 0
    store_id, after, upto = found
    for statement in ("delete_replaced_changes", "forget_old_states"):
        batch.execute(SQL[statement], (store_id, after, upto))
    batch.execute(SQL["set_pruned"], (upto, store_id))
    return int(upto - after)
