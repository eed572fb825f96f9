"""The counters of one store while its row is locked: read with the lock, written back before the commit."""

from dataclasses import dataclass, field
from typing import Any

from customary.model.store import Store
from customary.storage.postgres.asking import Ask, hand_out, write
from customary.storage.postgres.sql import SQL
from customary.storage.sqlite import rows


@dataclass(slots=True)
class StoreCounters:
    """The numbers last used. ``version`` is the store's own newest change."""

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
    store: Store
    latest: dict[str, int] = field(default_factory=dict)
    """Kind of entity → when this transaction changed one last."""

    @classmethod
    def from_row(cls, row: Any) -> "StoreCounters":
        """Of the statement ``lock_store``."""
        columns = tuple(row)
        return cls(*(*columns[:10], rows.store_from_row(columns[10:18])))

    def snapshot(self) -> tuple[Any, ...]:
        """What must be as before after a work failed. The ids need not: a gap in them is harmless."""
        return self.seq, self.customer_count, self.last_change_at, self.version, self.store, self.latest.copy()

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        self.seq, self.customer_count, self.last_change_at, self.version, self.store, self.latest = snapshot

    async def save(self) -> None:
        await write("set_counters", *self._columns())

    async def save_and_tell(self) -> str:
        """The mark of the row as it is then."""
        found = await hand_out(Ask(SET_AND_TELL, self._columns()))
        return str(found[0][0])

    def _columns(self) -> tuple[Any, ...]:
        ids = (self.customer_id, self.address_id, self.contact_id, self.group_id, self.extrafield_id, self.order_number)
        columns = (self.seq, *ids, self.customer_count, self.last_change_at)
        return self.store.id, *columns, self.latest.get("customer"), self.latest.get("order")


SET_AND_TELL = f"{SQL['set_counters']} RETURNING xmin::text"
