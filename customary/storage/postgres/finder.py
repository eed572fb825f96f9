"""Carries out a customer search: picks where the candidates come from, counts them, and reads one page.

Every way gives the same answer; they differ in what they cost:
- an exact e-mail has a unique index;
- in a store that is too big to be read through, a text of three characters or more goes to the index of endings, or to
  that of parts when it may be in an e-mail address;
- a short span of update times, and the order by update time, come from the change log, whose order is that of time;
- the other orders walk an index, or sort what they find.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from customary.model.search import CustomerSearch, Found
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.lookup import Source, among_texts
from customary.storage.postgres.search import Conditions, conditions, order
from customary.storage.postgres.sql import SQL, numbered
from customary.storage.sqlite import rows

SMALL_STORE = 5_000
WALKED_CHANGES = 20_000
MOST_OF_A_SECOND = 10
"""Customers of one second that are read behind the end of a page at first."""
_AMONG_CHANGED = (
    "(SELECT DISTINCT entity_id AS found FROM change WHERE store_id = ? AND seq >= ? AND entity = 'customer') AS log"
    " JOIN customer ON customer.id = found"
)


class Finder:
    """Searches on any connection that sees one snapshot.

    ``small_store``: customers up to which reading all of them costs less than asking an index of texts.
    ``walked_changes``: entries of the change log that a search may walk before it sorts customers instead.
    """

    def __init__(self, small_store: int = SMALL_STORE, walked_changes: int = WALKED_CHANGES) -> None:
        self._small_store = small_store
        self._walked_changes = walked_changes

    async def search(self, connection: Connection, store_id: int, search: CustomerSearch) -> Found:
        found = await self._prepare(connection, store_id, search)
        if found is None:
            return Found(total=0, items=(), everyone=0)
        total, ids = await _find(found, await self._source(found))
        listed: Any = await connection.fetch(SQL["get_customers"], store_id, ids) if ids else ()
        documents: dict[int, str] = dict(listed)
        items = tuple(rows.decode_customer(documents[each]) for each in ids)
        return Found(total=total, items=items, everyone=found.customers)

    async def find_ids(self, connection: Connection, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        """Of all that match, in order."""
        found = await self._prepare(connection, store_id, search)
        if found is None:
            return ()
        source = await self._source(found)
        listed = await found.fetch(f"SELECT id FROM {{}} ORDER BY {order(search.sort_by)}", source)
        return tuple(number for (number,) in listed)

    async def _prepare(self, connection: Connection, store_id: int, search: CustomerSearch) -> "_Search | None":
        size = await connection.fetchrow(SQL["count_customers"], store_id)
        bounds = (self._small_store, self._walked_changes)
        return _Search(connection, store_id, search, *bounds, *size) if size else None

    async def _source(self, found: "_Search") -> Source:
        search, store_id = found.search, found.store_id
        if search.is_by_email:
            return Source()
        narrowed = among_texts(store_id, search, found.conditions.needles)
        if narrowed and found.customers > self._small_store:
            return narrowed
        if search.updated_from is not None:
            first = await _first_change_since(found, search.updated_from)
            if found.last_seq - first < self._walked_changes:
                return Source(_AMONG_CHANGED, (store_id, first))
        return Source()


@dataclass
class _Search:
    """One search under way, and the size of its store."""

    connection: Connection
    store_id: int
    search: CustomerSearch
    small_store: int
    walked_changes: int
    customers: int
    last_seq: int

    @cached_property
    def conditions(self) -> Conditions:
        return conditions(self.store_id, self.search)

    async def fetch(self, statement: str, source: Source, *values: Any) -> list[Any]:
        """``{}`` stands for the source and the conditions; ``values`` are of what comes behind them."""
        where = self.conditions
        sql = numbered(statement.format(f"{source.tables} WHERE {where.where}"))
        return await self.connection.fetch(sql, *source.values, *where.values, *values)


async def _find(found: _Search, source: Source) -> tuple[int, list[int]]:
    """The total and the ids of the page, in order. Few candidates are looked at once, for both."""
    search = found.search
    if source != Source():
        statement = f"SELECT id, count(*) OVER () FROM {{}} ORDER BY {order(search.sort_by)}"
        page = await found.fetch(f"{statement} LIMIT ? OFFSET ?", source, search.limit, search.offset)
        if page:
            return page[0][1], [row[0] for row in page]
        ((total,),) = await found.fetch("SELECT count(*) FROM {}", source)
        return total, []
    total = await _total(found)
    return total, await _page(found, total) if search.offset < total else []


async def _total(found: _Search) -> int:
    """Counted customers where no more than groups are asked for; else all that match."""
    asked = found.search.filters
    if not asked:
        return found.customers
    if asked == {"customer_group_ids"}:
        return await _members(found)
    ((total,),) = await found.fetch("SELECT count(*) FROM {}", Source())
    return int(total)


async def _members(found: _Search) -> int:
    counted: Any = await found.connection.fetch(SQL["count_group_members"], found.store_id)
    counts: dict[int, int] = dict(counted)
    counts[0] = found.customers - sum(counts.values())
    return sum(counts.get(group_id, 0) for group_id in set(found.search.customer_group_ids or ()))


async def _page(found: _Search, total: int) -> list[int]:
    """The ids of the page, in order. Sorting never carries documents along."""
    search = found.search
    if search.sort_by.startswith("UPDATED") and found.customers > found.small_store:
        walked = await _walk_changes(found, total)
        if walked is not None:
            return walked
    statement = f"SELECT id FROM {{}} ORDER BY {order(search.sort_by)} LIMIT ? OFFSET ?"
    return [number for (number,) in await found.fetch(statement, Source(), search.limit, search.offset)]


async def _walk_changes(found: _Search, total: int) -> list[int] | None:
    """The page by update time, from whichever end of the change log is nearer. None when the walk is too long."""
    search = found.search
    first, end = search.offset, min(search.offset + search.limit, total)
    descending = search.sort_by.endswith("DESC")
    if first <= total - end:
        reached = await _walk(found, total, descending, end)
        return reached[first:] if reached is not None else None
    reached = await _walk(found, total, not descending, total - first)
    return reached[total - end :][::-1] if reached is not None else None


async def _walk(found: _Search, total: int, descending: bool, wanted: int) -> list[int] | None:
    """The ids of so many, in order: each customer stands in the log where its newest change is.

    Customers updated in the same second are put in the order of their ids, so the walk goes on to the end of a second.
    """
    if wanted > found.walked_changes:
        return None
    statement, values = await _entries(found, descending)
    sign = -1 if descending else 1
    most = min(wanted + MOST_OF_A_SECOND, total)
    while True:
        reached = await found.connection.fetch(statement, *values, most)
        if len(reached) == total or (len(reached) > wanted and reached[-1][1] != reached[wanted - 1][1]):
            ordered = sorted(reached, key=lambda entry: (sign * entry[1], sign * entry[0]))
            return [number for number, _ in ordered[:wanted]]
        if len(reached) < most:
            return None
        most = min(4 * most, total)


async def _entries(found: _Search, descending: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement that gives ids and update times from one end of the log, as many as its last value says; and its
    other values."""
    if descending:
        bound = found.last_seq - found.walked_changes
    else:
        start = await found.connection.fetchrow(SQL["get_change_at"], found.store_id, 0)
        bound = (start[0] if start else 0) + found.walked_changes
    where = found.conditions
    groups = set(found.search.customer_group_ids or ())
    in_group = "AND group_id = ?" if len(groups) == 1 else ""
    direction = "DESC" if descending else "ASC"
    statement = (
        "SELECT of_customer.id, updated FROM"
        f" (SELECT seq, entity_id FROM change WHERE store_id = ? {in_group} AND seq {'>' if descending else '<'} ?"
        f" AND entity = 'customer' ORDER BY seq {direction} LIMIT {found.walked_changes}) AS log"
        " CROSS JOIN LATERAL (SELECT id, updated FROM customer"
        f" WHERE id = entity_id AND version = seq AND {where.where} OFFSET 0) AS of_customer"
        f" ORDER BY seq {direction} LIMIT ?"
    )
    return numbered(statement), (found.store_id, *(groups if in_group else ()), bound, *where.values)


async def _first_change_since(found: _Search, at: int) -> int:
    """The position of the first change at that time or later, by bisection: time never goes back in the log."""
    low, high = 1, found.last_seq + 1
    while low < high:
        middle = (low + high) // 2
        row = await found.connection.fetchrow(SQL["get_change_at"], found.store_id, middle)
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return low
