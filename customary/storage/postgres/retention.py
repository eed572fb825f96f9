"""Forgets old states in PostgreSQL, a few at a time."""

from customary.storage.postgres.connections import Connections
from customary.storage.postgres.sql import SQL


async def prune_some(connections: Connections, before: int, most: int) -> int:
    """How many changes were looked at; 0 when there are no more. Under the lock of the store's row."""
    found = await connections.row("find_prunable", before)
    if found is None:
        return 0
    store_id = found[0]
    async with connections.transaction() as connection:
        after = await connection.fetchval(SQL["lock_pruned"], store_id)
        upto = await connection.fetchval(SQL["find_pruned_end"], store_id, after, most, before)
        if upto is None:  # another server was faster
            return 1
        for statement in ("delete_replaced_changes", "forget_old_states"):
            await connection.execute(SQL[statement], store_id, after, upto)
        await connection.execute(SQL["set_pruned"], store_id, upto)
    return int(upto - after)
