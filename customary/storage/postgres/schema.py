"""Brings the schema up to date: one server does it, the others wait for it."""

from collections.abc import Sequence

import asyncpg

from customary.errors import DatabaseTooNew, OperatorError
from customary.storage.postgres.asking import Connection
from customary.storage.postgres.connections import Connections, name_of
from customary.storage.postgres.migrations.steps import STEPS

ATTEMPTS = 5
INSTALLATION = """
CREATE TABLE IF NOT EXISTS installation (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    schema_step   integer NOT NULL DEFAULT 0,
    last_token_id bigint  NOT NULL DEFAULT 0
);
INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING
"""
"""One row, which the one that migrates locks. It belongs to no store: on Citus it is a reference table."""


async def migrate(connections: Connections, url: str, *, create: bool, steps: Sequence[str] = STEPS) -> None:
    """Applies the missing steps. Raises DatabaseTooNew, and OperatorError where there is no schema and none to make."""
    async with connections.taken() as connection:
        present = await _present(connection)
        if present is None and not create:
            raise OperatorError(
                f"There are no tables in {name_of(url)}: 'customary serve' or 'customary store add' makes them"
            )
        if present is None:
            await _make_installation(connection)
        if present != len(steps):
            await _apply(connection, steps)


async def _present(connection: Connection) -> int | None:
    """The number of the step that was applied last; None in an empty database."""
    async with connection.transaction():
        if await connection.fetchval("SELECT to_regclass('installation')") is None:
            return None
        step: int | None = await connection.fetchval("SELECT schema_step FROM installation")
        return step


async def _make_installation(connection: Connection) -> None:
    """Two servers that make the same table at the same instant: one of them is refused, and finds it there then."""
    for attempt in range(ATTEMPTS):
        try:
            async with connection.transaction():
                await connection.execute(INSTALLATION)
        except (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError):
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


async def _apply(connection: Connection, steps: Sequence[str]) -> None:
    """All of the missing ones in one transaction; who waited for the row finds them done."""
    async with connection.transaction():
        present: int = await connection.fetchval("SELECT schema_step FROM installation FOR UPDATE", timeout=600)
        if present > len(steps):
            raise DatabaseTooNew(
                f"The database has schema {present}, this version of customary knows {len(steps)}: "
                "it was made by a newer one"
            )
        for step in steps[present:]:
            await connection.execute(step, timeout=3600)
        await connection.execute(f"UPDATE installation SET schema_step = {len(steps)}")
