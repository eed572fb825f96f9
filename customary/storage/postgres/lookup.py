"""Searches that an index answers: by e-mail address, by a part of a name or of a phone number. One statement each.

Its plan does not depend on the values, so that PostgreSQL keeps it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from customary.model.keys import search_key
from customary.model.search import CustomerSearch, Found
from customary.storage.postgres.endings import HAS_WORDS, SHORTEST, words
from customary.storage.postgres.search import conditions, order
from customary.storage.postgres.sql import numbered
from customary.storage.sqlite import rows

Ask = Callable[..., Awaitable[Sequence[Any]]]
"""Carries out a statement with its values."""

_AMONG_TEXTS = (
    "(SELECT id AS found FROM customer_text WHERE store_id = ?{} OFFSET 0) AS listed"
    " JOIN customer ON customer.id = found"
)
_NAMES_ALONE = (
    "(SELECT store_id, id, split_part(lines, E'\\n', 1) COLLATE \"C\" AS name_key"
    " FROM customer_text WHERE store_id = ?{} OFFSET 0) AS customer"
)
"""A search by name needs no more of a customer, and all that match are looked at for the total."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where candidates come from: the text behind FROM, and its values."""

    tables: str = "customer"
    values: tuple[Any, ...] = ()


def is_by_update_time(search: CustomerSearch) -> bool:
    """Whether the log of changes tells all there is to know: that has the same plan whatever the values."""
    return search.sort_by.startswith("UPDATED") and search.filters <= {"customer_group_ids"}


def among_texts(store_id: int, search: CustomerSearch, needles: Sequence[str]) -> Source | None:
    """Few but those with these texts. None where no index knows any of them."""
    texts = [_narrowing(store_id, search, needle) for needle in needles if len(needle) >= SHORTEST]
    if not texts:
        return None
    names_do = search.filters == {"name"} and search.sort_by.startswith("NAME")
    narrowed = "".join(f" AND {condition}" for condition, _ in texts)
    tables = (_NAMES_ALONE if names_do else _AMONG_TEXTS).format(narrowed)
    return Source(tables, (store_id, *(value for _, value in texts)))


async def look_up(ask: Ask, store_id: int, search: CustomerSearch) -> Found | None:
    """None where it is another search, and where nobody is found or the page is beyond them."""
    where = conditions(store_id, search)
    if search.is_by_email:
        source: Source | None = Source()
    else:
        source = among_texts(store_id, search, where.needles) if search.filters <= {"name", "phone"} else None
    if source is None:
        return None
    placed = f"count(*) OVER () AS total, row_number() OVER (ORDER BY {order(search.sort_by)}) AS place"
    statement = (
        "SELECT total, (SELECT customer_count FROM store WHERE store_id = ?), document"
        f" FROM (SELECT id AS placed_id, {placed} FROM {source.tables} WHERE {where.where}"
        " ORDER BY place LIMIT ? OFFSET ?) AS page"
        " JOIN customer ON store_id = ? AND id = placed_id ORDER BY place"
    )
    page = await ask(
        numbered(statement), store_id, *source.values, *where.values, search.limit, search.offset, store_id
    )
    if not page:
        return None
    items = tuple(rows.decode_customer(document) for _, _, document in page)
    return Found(total=page[0][0], items=items, everyone=page[0][1])


def _narrowing(store_id: int, search: CustomerSearch, needle: str) -> tuple[str, str]:
    """A condition that leaves hardly any text but those with this part, and its value."""
    in_address = {search_key(text) for text in (search.keyword, search.email) if text is not None}
    if needle in in_address or "\n" in needle:
        return "lines LIKE ?", f"%{_literally(needle)}%"
    return HAS_WORDS, words(store_id, needle)


def _literally(text: str) -> str:
    """For LIKE: what is special in a pattern stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
