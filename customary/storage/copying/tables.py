"""Which tables and columns are copied: all that both schemas have, and by name those that only one of them has.

A table or column that is not named here and is on one side only can't be copied; then nothing is.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from customary.errors import OperatorError
from customary.storage.unfinished import MARK

LAST = ("store", "token")
"""Without these there is nothing to answer for whoever asks a database that is not filled yet."""
NOT_COPIED = {
    MARK,
    "customer_unindexed",  # SQLite: those that the text index has yet to take over; all of them
    "ending_filled",  # SQLite: how far an index of texts has come
    "customer_text",  # PostgreSQL: the text index, made anew
    "installation",  # PostgreSQL: the step of the schema, and the number of the last token, which is carried over
}
MADE_ANEW = {
    ("customer", "customer_key"): "({store_id} << 32) + {id}",
    ("ticket", "runner"): "",
    ("ticket", "held_until"): "",
}
"""Columns of one back end: what they are made from in SQLite; in PostgreSQL, empty, their defaults are right."""


class Table(NamedTuple):
    """One side of it. ``kinds``: column → ``plain``, ``boolean`` or ``json``, in the order of the table."""

    name: str
    kinds: Mapping[str, str]
    key: tuple[str, ...]


class Pair(NamedTuple):
    """A table of both sides, and the columns that are carried over, by name: so a checksum is the same either way."""

    source: Table
    target: Table
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def documents(self) -> tuple[int, ...]:
        """The positions of the columns that are JSON, which only PostgreSQL knows of."""
        kinds = (self.source.kinds, self.target.kinds)
        return tuple(
            place for place, column in enumerate(self.columns) if any(each[column] == "json" for each in kinds)
        )


def pair_tables(source: Mapping[str, Table], target: Mapping[str, Table]) -> tuple[Pair, ...]:
    """The tables in the order in which they are copied. Raises OperatorError for what it can't carry over."""
    names = (source.keys() | target.keys()) - NOT_COPIED
    one_sided = sorted(names - (source.keys() & target.keys()))
    if one_sided:
        raise OperatorError(f"Nothing was copied: only one of the databases has {', '.join(one_sided)}")
    pairs = tuple(_pair(source[name], target[name]) for name in sorted(names, key=_turn))
    strange = [f"{pair.name}.{column}" for pair in pairs for column in _one_sided(pair)]
    if strange:
        raise OperatorError(f"Nothing was copied: only one of the databases has {', '.join(strange)}")
    return pairs


def _pair(source: Table, target: Table) -> Pair:
    return Pair(source, target, tuple(sorted(source.kinds.keys() & target.kinds.keys())))


def _one_sided(pair: Pair) -> Iterator[str]:
    for column in sorted(pair.source.kinds.keys() ^ pair.target.kinds.keys()):
        if (pair.name, column) not in MADE_ANEW:
            yield column


def _turn(name: str) -> tuple[int, str]:
    return (1 + LAST.index(name), name) if name in LAST else (0, name)
