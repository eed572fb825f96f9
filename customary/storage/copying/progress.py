"""How far a copy has come: what is told of it, and what is kept of it."""

from collections.abc import Callable
from typing import NamedTuple

Report = Callable[[str, str, int, int], None]
"""Called after each page: the step (``copy``, ``index`` or ``verify``), the table, the rows done and all of them."""

MARK_COLUMNS = "name text NOT NULL PRIMARY KEY, last_key text NOT NULL, done bigint NOT NULL"
OF_SOURCE = ""
"""The row that says which source the copy is of."""


class Progress(NamedTuple):
    """Of one table; ``last_key`` is JSON, empty before the first row."""

    last_key: str = ""
    done: int = 0


class TableCopied(NamedTuple):
    """What the comparison found on both sides."""

    table: str
    rows: int
    checksum: str
