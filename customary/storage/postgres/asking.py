"""How a work asks the database without knowing of connections: it hands out what it wants and is given the answer.

So a group of works can be begun, what they want be read for all of them at once, and then each be carried on in turn.
"""

from collections.abc import Coroutine, Generator, Sequence
from types import coroutine
from typing import Any, NamedTuple, TypeAlias, TypeVar

import asyncpg

from customary.errors import InternalError
from customary.storage.postgres.sql import SQL

Result = TypeVar("Result")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Wish(NamedTuple):
    """What a work will read first: customers by id, by e-mail key, by external reference id. The work waits for its
    turn."""

    ids: tuple[int, ...] = ()
    emails: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Ask(NamedTuple):
    """One statement. Its answer is its rows, or how many rows it wrote."""

    statement: str
    values: tuple[Any, ...]
    writes: bool = False


@coroutine
def hand_out(wanted: Wish | Ask) -> Generator[Wish | Ask, Any, Any]:
    return (yield wanted)


async def read(statement: str, *values: Any) -> Sequence[Any]:
    """The rows of a named statement."""
    rows: Sequence[Any] = await hand_out(Ask(SQL[statement], values))
    return rows


async def write(statement: str, *values: Any) -> int:
    """How many rows a named statement wrote."""
    count: int = await hand_out(Ask(SQL[statement], values, writes=True))
    return count


async def write_all(statement: str, store_id: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """A named statement that takes the columns of many rows as arrays. Raises InternalError when it missed one."""
    if rows:
        count = await write(statement, store_id, *map(list, zip(*rows, strict=True)))
        if count != len(rows):
            raise InternalError(f"{statement} wrote {count} rows where there were {len(rows)}")


def begin(work: Coroutine[Any, Any, Any]) -> Wish:
    """What the work wants to read first. Raises StopIteration when it wants nothing, and what it raises."""
    wanted = work.send(None)
    if not isinstance(wanted, Wish):
        work.close()
        raise InternalError("A work may wait for nothing but its transaction")
    return wanted


class NeedsLockError(Exception):
    """A work asked for what is not sure to stay true unless its store is locked."""


PROVED_LATER = frozenset(
    SQL[name]
    for name in (
        "get_documents",
        "get_customers_by_email",
        "get_holders_of_references",
        "get_group",
        "list_extrafields",
    )
)
"""Reads of rows that change only together with the row of their store: that one proves that they are still true."""


async def carry_on(work: Coroutine[Any, Any, Result], connection: Connection, *, locked: bool = True) -> Result:
    """Runs it to its end. What goes wrong with the database ends the work: it is not told.

    Raises NeedsLockError where the store is not ``locked``.
    """
    answer: Any = None
    try:
        while True:
            try:
                wanted = work.send(answer)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if not locked and isinstance(wanted, Ask) and wanted.statement not in PROVED_LATER:
                raise NeedsLockError
            answer = await _answer(wanted, connection)
    finally:
        work.close()


async def _answer(wanted: Wish | Ask, connection: Connection) -> Any:
    match wanted:
        case Wish():
            return None
        case Ask(statement, values, True):
            tag = await connection.execute(statement, *values)
            return int(tag.rpartition(" ")[2])
        case Ask(statement, values):
            return await connection.fetch(statement, *values)
        case _:
            raise InternalError("A work may wait for nothing but its transaction")
