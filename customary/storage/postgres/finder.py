"""Carries out a customer search: picks where the candidates come from, counts them, and reads one page.

Every way gives the same answer; they differ in what they cost:
- an exact e-mail has a unique index;
- a text of three characters or more goes to the trigram index, in a store that is too big to be read through;
- a short span of update times, and the order by update time, come from the change log, whose order is that of time;
- the other orders walk an index, or sort what they find.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import structs

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Page
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.search import Conditions, conditions, order
from customary.storage.postgres.sql import SQL, numbered
from customary.storage.sqlite import rows

SMALL_STORE = 5_000
WALKED_CHANGES = 20_000
SHORTEST = 3
"""A shorter text never goes to the index of texts."""


@dataclass(frozen=True, slots=True)
class Source:
    """What narrows the candidates down beside the conditions: more text behind WHERE, and its values."""

    where: str = ""
    values: tuple[Any, ...] = ()


class Finder:
    """Searches on any connection that sees one snapshot.

    ``small_store``: customers up to which reading all of them costs less than asking the trigram index.
    ``walked_changes``: entries of the change log that a search may walk before it sorts customers instead.
    """

    def __init__(self, small_store: int = SMALL_STORE, walked_changes: int = WALKED_CHANGES) -> None:
        self._small_store = small_store
        self._walked_changes = walked_changes

    async def search(self, connection: Connection, store_id: int, search: CustomerSearch) -> Page[Customer]:
        found = await self._prepare(connection, store_id, search)
        if found is None:
            return Page(total=0, items=())
        total, ids = await _find(found, await self._source(found))
        listed: Any = await connection.fetch(SQL["get_customers"], store_id, ids) if ids else ()
        documents: dict[int, str] = dict(listed)
        return Page(total=total, items=tuple(rows.decode_customer(documents[each]) for each in ids))

    async def find_ids(self, connection: Connection, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        """Of all that match, in order."""
        found = await self._prepare(connection, store_id, search)
        if found is None:
            return ()
        source = await self._source(found)
        listed = await found.fetch(f"SELECT id FROM customer WHERE {{}} ORDER BY {order(search.sort_by)}", source)
        return tuple(number for (number,) in listed)

    async def _prepare(self, connection: Connection, store_id: int, search: CustomerSearch) -> "_Search | None":
        size = await connection.fetchrow(SQL["count_customers"], store_id)
        bounds = (self._small_store, self._walked_changes)
        return _Search(connection, store_id, search, *bounds, *size) if size else None

    async def _source(self, found: "_Search") -> Source:
        search, store_id = found.search, found.store_id
        if search.email is not None and search.use_exact_email_match:
            return Source()
        needles = [needle for needle in found.conditions.needles if len(needle) >= SHORTEST]
        if needles and found.customers > self._small_store:
            likes = " AND lines LIKE ?" * len(needles)
            patterns = (f"%{_literally(needle)}%" for needle in needles)
            return Source(f" AND id IN (SELECT id FROM customer_text WHERE store_id = ?{likes})", (store_id, *patterns))
        if search.updated_from is not None:
            first = await _first_change_since(found, search.updated_from)
            if found.last_seq - first < self._walked_changes:
                changed = "SELECT entity_id FROM change WHERE store_id = ? AND seq >= ? AND entity = 'customer'"
                return Source(f" AND id IN ({changed})", (store_id, first))
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
        """``{}`` stands for the conditions in the statement; ``values`` are of what comes behind them."""
        where = self.conditions
        sql = numbered(statement.format(where.where + source.where))
        return await self.connection.fetch(sql, *where.values, *source.values, *values)


async def _find(found: _Search, source: Source) -> tuple[int, list[int]]:
    """The total and the ids of the page, in order. Few candidates are looked at once, for both."""
    search = found.search
    if source != Source():
        statement = f"SELECT id, count(*) OVER () FROM customer WHERE {{}} ORDER BY {order(search.sort_by)}"
        page = await found.fetch(f"{statement} LIMIT ? OFFSET ?", source, search.limit, search.offset)
        if page:
            return page[0][1], [row[0] for row in page]
        ((total,),) = await found.fetch("SELECT count(*) FROM customer WHERE {}", source)
        return total, []
    total = await _total(found)
    return total, await _page(found) if search.offset < total else []


async def _total(found: _Search) -> int:
    """Counted customers where no more than groups are asked for; else all that match."""
    asked = set(structs.asdict(structs.replace(found.search, **_UNFILTERED)).items()) - _DEFAULTS
    names = {name for name, _ in asked}
    if not names:
        return found.customers
    if names == {"customer_group_ids"}:
        return await _members(found)
    ((total,),) = await found.fetch("SELECT count(*) FROM customer WHERE {}", Source())
    return int(total)


_UNFILTERED = {"sort_by": "NAME_ASC", "offset": 0, "limit": 100, "use_exact_email_match": False}
_DEFAULTS = set(structs.asdict(CustomerSearch()).items())


async def _members(found: _Search) -> int:
    counted: Any = await found.connection.fetch(SQL["count_group_members"], found.store_id)
    counts: dict[int, int] = dict(counted)
    counts[0] = found.customers - sum(counts.values())
    return sum(counts.get(group_id, 0) for group_id in set(found.search.customer_group_ids or ()))


async def _page(found: _Search) -> list[int]:
    """The ids of the page, in order. Sorting never carries documents along."""
    search = found.search
    if search.sort_by.startswith("UPDATED") and found.customers > found.small_store:
        walked = await _walk_changes(found)
        if walked is not None:
            return walked
    statement = f"SELECT id FROM customer WHERE {{}} ORDER BY {order(search.sort_by)} LIMIT ? OFFSET ?"
    return [number for (number,) in await found.fetch(statement, Source(), search.limit, search.offset)]


async def _walk_changes(found: _Search) -> list[int] | None:
    """The page by update time: each customer stands in the change log where its newest change is.

    None when the walk is too long. Customers updated in the same second are put in the order of their ids, so the walk
    goes on to the end of the second that it stops in.
    """
    search, where = found.search, found.conditions
    descending = search.sort_by.endswith("DESC")
    wanted = search.offset + search.limit
    if wanted > found.walked_changes:
        return None
    bound = found.last_seq - found.walked_changes if descending else found.walked_changes
    log = (
        "SELECT id, updated FROM change JOIN customer ON customer.store_id = change.store_id"
        " AND customer.id = change.entity_id AND customer.version = change.seq"
        f" WHERE change.store_id = ? AND change.entity = 'customer' AND change.seq {'>' if descending else '<='} ?"
        f" AND {where.where} ORDER BY change.seq {'DESC' if descending else 'ASC'} LIMIT ?"
    )
    values = (found.store_id, bound, *where.values)
    reached = await found.connection.fetch(numbered(log), *values, wanted * 2 + 100)
    if len(reached) < wanted * 2 + 100:
        return None  # the bound was met, or the end of the log: sorting is as good
    if reached[wanted - 1][1] == reached[-1][1]:
        return None  # a second in which very many changed
    sign = -1 if descending else 1
    ordered = sorted(reached, key=lambda entry: (sign * entry[1], sign * entry[0]))
    return [number for number, _ in ordered[search.offset : wanted]]


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


def _literally(text: str) -> str:
    """For LIKE: what is special in a pattern stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
