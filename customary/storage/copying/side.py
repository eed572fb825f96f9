"""What a copy asks of a database, whichever kind it is. Rows have SQLite's form: 0 and 1, JSON as text."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from customary.storage.copying.progress import Progress
from customary.storage.copying.tables import Pair, Table

Row = tuple[Any, ...]
Key = Sequence[int | str]

PAGE_ROWS = 1_000
PAGE_BYTES = 8 * 1024 * 1024
"""A page ends with the row that reaches either."""


class Side(Protocol):
    """One of the two databases. Its schema is current."""

    name: str

    async def tables(self) -> Mapping[str, Table]:
        """Every table of the schema but those of the database itself."""
        ...

    async def count(self, table: str) -> int: ...

    async def read(self, table: Table, columns: Sequence[str], after: Key) -> tuple[list[Row], Key]:
        """The rows that follow in the order of the key, and the key of the last; none at the end."""
        ...

    async def progress(self) -> dict[str, Progress] | None:
        """How far the copy into this database has come; None where none was begun."""
        ...

    async def begin(self, source: str, tables: Sequence[str]) -> None:
        """Marks this database as an unfinished copy."""
        ...

    async def write(self, pair: Pair, rows: list[Row], before: Progress, after: Progress) -> None:
        """One page and how far it leads, in one transaction. Raises OperatorError where another copy was there."""
        ...

    async def unindexed(self) -> int:
        """Customers that the text index has yet to take over."""
        ...

    async def index_texts(self) -> None:
        """Some of them."""
        ...

    async def last_token_id(self) -> int: ...

    async def set_last_token_id(self, token_id: int) -> None: ...

    async def finish(self) -> None:
        """Takes the mark away."""
        ...

    async def close(self) -> None: ...


def size(row: Sequence[Any]) -> int:
    return sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
