"""The counters of one store while a transaction is open: read at its start, written back before its commit."""

from dataclasses import dataclass, field

import apsw

from customary.model.store import Store
from customary.storage.sqlite.sql import SQL


@dataclass(slots=True)
class StoreCounters:
    """The numbers last used. ``version`` is the store's own newest change, ``seq_at_start`` what ``seq`` began with.
    ``store`` is there once a work of the batch asked for it.
    """

    seq: int
    customer_id: int
    address_id: int
    contact_id: int
    group_id: int
    extrafield_id: int
    order_number: int
    customer_count: int
    last_change_at: int
    version: int
    seq_at_start: int
    store: Store | None = None
    latest: dict[str, int] = field(default_factory=dict)
    """Kind of entity → when this transaction changed one last."""

    @classmethod
    def load(cls, connection: apsw.Connection, store_id: int) -> "StoreCounters | None":
        row = connection.execute(SQL["get_counters"], (store_id,)).fetchone()
        return cls(*(*row, row[0])) if row else None

    def snapshot(self) -> tuple[int, int, int, int, dict[str, int]]:
        """What must be as before after a work failed. The ids need not: a gap in them is harmless."""
        return self.seq, self.customer_count, self.last_change_at, self.version, self.latest.copy()

    def restore(self, snapshot: tuple[int, int, int, int, dict[str, int]]) -> None:
        self.seq, self.customer_count, self.last_change_at, self.version, self.latest = snapshot
        self.store = None

    def save(self, connection: apsw.Connection, store_id: int) -> None:
        """Writes nothing when nothing changed: ids that were only taken may be given out again."""
        if self.seq == self.seq_at_start and not self.latest:
            return
        ids = (self.customer_id, self.address_id, self.contact_id, self.group_id, self.extrafield_id, self.order_number)
        columns = (self.seq, *ids, self.customer_count, self.last_change_at)
        connection.execute(SQL["set_counters"], (*columns, store_id))
        for entity, at in self.latest.items():
            statement = SQL.get(f"set_{entity}s_updated")
            if statement:
                connection.execute(statement, (at, store_id))
