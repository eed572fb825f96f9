"""Carries out a customer search: picks where the candidates come from, counts them, and reads one page.

Every way gives the same answer; they differ in what they cost:
- an exact e-mail has a unique index;
- a part of a name or of a phone number goes to the index of endings, unless very many have it;
- a text of three characters or more goes to the trigram index, in a store that is too big to be read through;
- a short span of update times, and the order by update time, come from the change log, whose order is that of time;
- the other orders walk an index, or sort what they find.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import apsw
from msgspec import json

from customary.model.customer import Customer
from customary.model.search import CustomerSearch, Page
from customary.storage.sqlite import rows
from customary.storage.sqlite.endings import are_filled, list_candidates, lookups
from customary.storage.sqlite.search import Conditions, conditions, order
from customary.storage.sqlite.sql import SQL
from customary.storage.sqlite.trigrams import SHORTEST, TrigramFrequencies

FEW = 10
"""Candidates that are looked at about as fast as one customer is found by its e-mail."""
MANY = 5_000
"""Candidates for which the index of endings is asked."""
_AMONG_KEYS = "(SELECT value AS found FROM json_each(?)) CROSS JOIN customer {} ON customer_key = found"
_BY_NAMES_ALONE = "INDEXED BY customer_name_by_key"
SMALL_STORE = 5_000
WALKED_CHANGES = 100_000
MOST_OF_A_SECOND = 10
"""Customers of one second that are read behind the end of a page at first."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where candidates come from: the text behind FROM, and its values. ``bounded``: they are ``MANY`` at most."""

    tables: str = "customer"
    values: tuple[Any, ...] = ()
    bounded: bool = False


class Finder:
    """Searches on any reading connection.

    ``small_store``: customers up to which reading all of them costs less than asking the trigram index.
    ``walked_changes``: entries of the change log that a search may walk before it sorts customers instead.
    ``few``, ``many``: candidates for which the index of endings is asked, at once and else.
    """

    def __init__(
        self, small_store: int = SMALL_STORE, walked_changes: int = WALKED_CHANGES, few: int = FEW, many: int = MANY
    ) -> None:
        self._frequencies = TrigramFrequencies()
        self._small_store = small_store
        self._walked_changes = walked_changes
        self._few = few
        self._many = many
        self._filled = False

    def search_at_once(
        self, connection: apsw.Connection, store_id: int, search: CustomerSearch
    ) -> Page[Customer] | None:
        """The same as ``search`` where that is a look-up of microseconds, else None."""
        if search.is_by_email:
            return _by_email(connection, store_id, search)
        if search.phone is None or not (self._filled or self._are_filled(connection)):
            return None
        return _among_few(connection, store_id, search, self._few)

    def search(self, connection: apsw.Connection, store_id: int, search: CustomerSearch) -> Page[Customer]:
        """Total and page from one snapshot."""
        if search.is_by_email:
            return _by_email(connection, store_id, search)
        filled = self._filled  # if it was before the snapshot, the index is whole in it
        with connection:
            size = connection.execute(SQL["count_customers"], (store_id,)).fetchone()
            if size is None:
                return Page(total=0, items=())
            found = _Search(connection, store_id, search, self._walked_changes, filled, *size)
            total, keys = _find(found, self._source(found))
            listed = connection.execute(SQL["get_customers"], (json.encode(keys).decode(),)).get if keys else "[]"
        return Page(total=total, items=rows.decode_customers(listed))

    def find_ids(self, connection: apsw.Connection, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        """Of all that match, in order."""
        filled = self._filled
        with connection:
            size = connection.execute(SQL["count_customers"], (store_id,)).fetchone()
            if size is None:
                return ()
            found = _Search(connection, store_id, search, self._walked_changes, filled, *size)
            keys: Any = _matching(found, self._source(found)).fetchall()
        return tuple(rows.customer_id(key) for (key,) in keys)

    def _are_filled(self, connection: apsw.Connection) -> bool:
        filled = are_filled(connection)
        self._filled = self._filled or filled
        return filled

    def _source(self, found: "_Search") -> Source:
        search, store_id = found.search, found.store_id
        if search.is_by_email:
            return Source("customer INDEXED BY customer_by_email")
        if (found.endings_are_filled or self._are_filled(found.connection)) and (
            keys := list_candidates(found.connection, store_id, search, self._many)
        ):
            names_do = found.search.filters == {"name"} and search.sort_by.startswith("NAME")
            return Source(_AMONG_KEYS.format(_BY_NAMES_ALONE if names_do else ""), (keys,), bounded=True)
        needles = [needle for needle in found.conditions.needles if len(needle) >= SHORTEST]
        span = (rows.customer_key(store_id, 0), rows.customer_key(store_id + 1, 0) - 1)
        if needles and found.customers > self._small_store:
            match = self._frequencies.match(found.connection, store_id, found.last_id, needles)
            return Source(
                "(SELECT rowid AS key FROM customer_text WHERE customer_text MATCH ? AND rowid BETWEEN ? AND ?"
                " UNION SELECT customer_key FROM customer_unindexed WHERE customer_key BETWEEN ? AND ?)"
                " CROSS JOIN customer ON customer_key = key",
                (match, *span, *span),
            )
        if search.updated_from is not None:
            first = _first_change_since(found, search.updated_from)
            if found.last_seq - first < self._walked_changes:
                return Source(
                    "(SELECT DISTINCT (store_id << 32) + entity_id AS key FROM change"
                    " WHERE store_id = ? AND seq >= ? AND entity = 'customer')"
                    " CROSS JOIN customer ON customer_key = key",
                    (store_id, first),
                )
        return Source()


def _by_email(connection: apsw.Connection, store_id: int, search: CustomerSearch) -> Page[Customer]:
    """One customer or none, with one statement."""
    where = conditions(store_id, search)
    statement = f"SELECT document FROM customer INDEXED BY customer_by_email WHERE {where.where}"
    return _page_of(connection.execute(statement, where.values).fetchall(), search)


def _page_of(documents: list[Any], search: CustomerSearch) -> Page[Customer]:
    page = documents[search.offset : search.offset + search.limit]
    return Page(total=len(documents), items=tuple(rows.decode_customer(document) for (document,) in page))


def _among_few(connection: apsw.Connection, store_id: int, search: CustomerSearch, few: int) -> Page[Customer] | None:
    """What one statement with the index of endings finds. None where that is more, or can't be told."""
    where = conditions(store_id, search)
    for lookup in lookups(store_id, search, few):
        statement = (
            f"SELECT found, CASE WHEN {where.where} THEN document END FROM ({lookup.statement})"
            " LEFT JOIN customer ON customer_key = found"
        )
        values = (*where.values, *lookup.values)
        found: list[Any] = connection.execute(statement, values).fetchall()
        if len(found) > 1:  # hardly ever: one needs no order, which costs a tenth of a look-up
            found = connection.execute(f"{statement} ORDER BY {order(search.sort_by)}", values).fetchall()
        if len(found) <= few:
            return _page_of([(document,) for document in dict(found).values() if document is not None], search)
    return None


@dataclass
class _Search:
    """One search under way, and the size of its store."""

    connection: apsw.Connection
    store_id: int
    search: CustomerSearch
    walked_changes: int
    endings_are_filled: bool
    customers: int
    last_seq: int
    last_id: int

    @cached_property
    def conditions(self) -> Conditions:
        return conditions(self.store_id, self.search)


def _find(found: _Search, source: Source) -> tuple[int, list[int]]:
    """The total and the keys of the page. Few candidates are looked at once, for both."""
    if source.bounded:
        return _at_once(found, source)
    if source != Source():
        return _one_pass(found, source)
    total = _total(found)
    return total, _page(found, total) if found.search.offset < total else []


def _at_once(found: _Search, source: Source) -> tuple[int, list[int]]:
    """In one row: between rows a thread gives the interpreter away and has to get it back."""
    search, where = found.search, found.conditions
    keys: str = found.connection.execute(
        f"SELECT json_group_array(customer_key ORDER BY {order(search.sort_by)}) FROM {source.tables}"
        f" WHERE {where.where}",
        (*source.values, *where.values),
    ).get
    every: list[int] = json.decode(keys)
    return len(every), every[search.offset : search.offset + search.limit]


def _one_pass(found: _Search, source: Source) -> tuple[int, list[int]]:
    search = found.search
    matching = _matching(found, source)
    total = sum(1 for _ in islice(matching, search.offset))
    keys = [key for (key,) in islice(matching, search.limit)]
    return total + len(keys) + sum(1 for _ in matching), keys


def _matching(found: _Search, source: Source) -> apsw.Cursor:
    """The keys of all that match, in order."""
    where = found.conditions
    return found.connection.execute(
        f"SELECT customer_key FROM {source.tables} WHERE {where.where} ORDER BY {order(found.search.sort_by)}",
        (*source.values, *where.values),
    )


def _total(found: _Search) -> int:
    """Counted customers where no more than groups are asked for; else all that match."""
    if not found.search.filters:
        return found.customers
    if found.search.filters == {"customer_group_ids"}:
        return _members(found)
    where = found.conditions
    total: int = found.connection.execute(f"SELECT count(*) FROM customer WHERE {where.where}", where.values).get
    return total


def _members(found: _Search) -> int:
    counted: str = found.connection.execute(SQL["count_group_members"], (found.store_id,)).get
    counts = {int(group_id): int(count) for group_id, count in json.decode(counted).items()}
    counts[0] = found.customers - sum(counts.values())
    return sum(counts.get(group_id, 0) for group_id in set(found.search.customer_group_ids or ()))


def _page(found: _Search, total: int) -> list[int]:
    """The keys of the page, in order. Sorting never carries documents along."""
    search, where = found.search, found.conditions
    if search.sort_by.startswith("UPDATED"):
        walked = _walk_changes(found, total)
        if walked is not None:
            return walked
    statement = (
        f"SELECT customer_key FROM customer WHERE {where.where} ORDER BY {order(search.sort_by)} LIMIT ? OFFSET ?"
    )
    return [key for (key,) in found.connection.execute(statement, (*where.values, search.limit, search.offset))]


def _walk_changes(found: _Search, total: int) -> list[int] | None:
    """The page by update time, from whichever end of the change log is nearer. None when the walk is too long."""
    search = found.search
    first, end = search.offset, min(search.offset + search.limit, total)
    descending = search.sort_by.endswith("DESC")
    if first <= total - end:
        reached = _walk(found, total, descending, end)
        return reached[first:] if reached is not None else None
    reached = _walk(found, total, not descending, total - first)
    return reached[total - end :][::-1] if reached is not None else None


def _walk(found: _Search, total: int, descending: bool, wanted: int) -> list[int] | None:
    """The keys of so many, in order: each customer stands in the log where its newest change is.

    Customers updated in the same second are put in the order of their ids, so the walk goes on to the end of a second.
    """
    if wanted > found.walked_changes:
        return None
    statement, values = _entries(found, descending)
    sign = -1 if descending else 1
    most = min(wanted + MOST_OF_A_SECOND, total)
    while True:
        row: str = found.connection.execute(statement, (*values, most)).get
        reached: list[tuple[int, int]] = json.decode(row)
        reached.sort(key=lambda entry: (sign * entry[1], sign * entry[0]))
        if len(reached) == total or (len(reached) > wanted and reached[-1][1] != reached[wanted - 1][1]):
            return [key for key, _ in reached[:wanted]]
        if len(reached) < most:
            return None
        most = min(4 * most, total)


def _entries(found: _Search, descending: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement that gives keys and update times from one end of the log, as many as its last value says, in one
    row; and its other values."""
    if descending:
        bound = found.last_seq - found.walked_changes
    else:
        start = found.connection.execute(SQL["get_change_at"], (found.store_id, 0)).fetchone()
        bound = (start[0] if start else 0) + found.walked_changes
    where = found.conditions
    groups = set(found.search.customer_group_ids or ())
    by_group, in_group = ("INDEXED BY change_by_group", "AND change.group_id = ?") if len(groups) == 1 else ("", "")
    statement = (
        "SELECT json_group_array(json_array(customer_key, updated)) FROM (SELECT customer_key, updated"
        f" FROM change {by_group} CROSS JOIN customer"
        " ON customer_key = (change.store_id << 32) + change.entity_id AND customer.version = change.seq"
        f" WHERE change.store_id = ? {in_group} AND change.seq {'>' if descending else '<'} ?"
        f" AND change.entity = 'customer' AND {where.where}"
        f" ORDER BY change.seq {'DESC' if descending else 'ASC'} LIMIT ?)"
    )
    return statement, (found.store_id, *(groups if in_group else ()), bound, *where.values)


def _first_change_since(found: _Search, at: int) -> int:
    """The position of the first change at that time or later, by bisection: time never goes back in the log."""
    low, high = 1, found.last_seq + 1
    while low < high:
        middle = (low + high) // 2
        row = found.connection.execute(SQL["get_change_at"], (found.store_id, middle)).fetchone()
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return low
