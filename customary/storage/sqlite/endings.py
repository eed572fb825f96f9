"""The index of endings: a part of a name or of a phone number begins one of its endings, so a look-up finds it.

Like the index of texts it only narrows down, and customers whose texts changed since it saw them are candidates too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from customary.model.keys import search_key
from customary.model.search import CustomerSearch
from customary.storage.sqlite.rows import customer_key
from customary.storage.sqlite.sql import SQL

SHORTEST = 3
"""Shorter endings are not kept, and shorter texts not looked for."""
LONGEST = 8
"""Characters that are kept of an ending. So all eights in a row are there, and a longer text is found by its last."""
_NAME, _PHONE = "n", "p"
_PLAIN = {code: "·" for code in range(128) if not chr(code).isalnum()}
"""Words end at what is no letter, so all of that is the same here."""
_LAST_CHARACTER = "\U0010ffff"


def register(connection: apsw.Connection) -> None:
    """Statements on the connection can call ``endings(store_id, name_key, phones)``."""
    connection.create_scalar_function("endings", endings, 3, deterministic=True)


def endings(*columns: Any) -> str:
    """The words of a customer, from its columns store_id, name_key and phones. Some 10 µs."""
    store_id, name_key, phones = columns
    words: set[str] = set()
    for kind, text in ((_NAME, name_key), *((_PHONE, phone) for phone in phones.split("\n"))):
        head, plain = f"{store_id}{kind}", text.translate(_PLAIN)
        words.update(head + plain[start : start + LONGEST] for start in range(len(plain) - SHORTEST + 1))
    return " ".join(words)


def are_filled(connection: apsw.Connection) -> bool:
    """Whether the index has every customer, as it will have from then on. Nobody asks it before."""
    return connection.execute(SQL["get_ending_filled"]).fetchone() is None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A statement that lists candidates as ``found``, and its values."""

    statement: str
    values: tuple[Any, ...]


def list_candidates(connection: apsw.Connection, store_id: int, search: CustomerSearch, most: int) -> str | None:
    """The keys of all that may match, as a JSON list. None where the index can't tell, or finds more.

    They come in the order in which the rows lie: to read them like this takes a tenth less.
    """
    for lookup in lookups(store_id, search, most):
        counted = f"SELECT count(*), json_group_array(DISTINCT found ORDER BY found) FROM ({lookup.statement})"
        count, keys = connection.execute(counted, lookup.values).get
        if count <= most:
            return str(keys)
    return None


def lookups(store_id: int, search: CustomerSearch, most: int) -> Iterator[Lookup]:
    """One for each text of the search that the index may know. Each lists one candidate more than so many."""
    rest = customer_key(store_id, 0), customer_key(store_id + 1, 0) - 1, most + 1
    for kind, text in ((_PHONE, search.phone), (_NAME, search.name)):
        needle = search_key(text) if text is not None else ""
        if len(needle) >= LONGEST and "\n" not in needle:
            word = f'"{store_id}{kind}{needle[-LONGEST:].translate(_PLAIN)}"'
            yield Lookup(SQL["list_by_whole_ending"], (word, *rest))
        elif len(needle) >= SHORTEST and "\n" not in needle:
            first = f"{store_id}{kind}{needle.translate(_PLAIN)}"
            yield Lookup(SQL["list_by_ending"], (first, first + _LAST_CHARACTER * LONGEST, *rest))


def traces(text: str) -> set[str]:
    """What a word of the index may hold of a text, without the store before it."""
    plain = search_key(text).translate(_PLAIN)
    return {plain[-LONGEST:]} if len(plain) >= SHORTEST else set()
