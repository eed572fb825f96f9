"""``customary database copy``: a whole database carried over to another one, with bars that show how far it is."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from customary.cli import listing
from customary.sole_server import sole_server
from customary.storage import is_postgres, sqlite_path
from customary.storage.copying import Report, copy_database

STEPS = {"copy": "Copying", "index": "Indexing texts of", "verify": "Comparing"}


def copy(source: str, target: str, /, *, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Copy all that a database holds into an empty one, from SQLite to PostgreSQL, back, or to the same kind.

    No server may work on either meanwhile; with SQLite a running one is found out. When the copy was interrupted,
    the same command once more goes on with it; until it is finished, no other command and no server takes the
    target. At the end every table of both is read and compared by count and checksum.

    Parameters
    ----------
    source
        The database to copy: sqlite:///path/to/file.db or postgresql://user:password@host/name.
    target
        Where to: the same two ways. Files and tables are made.
    json
        Print counts and checksums as JSON instead of a table.
    """
    with ExitStack() as stack:
        for url in {source, target}:
            if not is_postgres(url):
                stack.enter_context(sole_server(Path(sqlite_path(url))))
        report = stack.enter_context(_bars())
        copied = asyncio.run(copy_database(source, target, report))
    rows: list[dict[str, listing.Value]] = [
        {"table": each.table, "rows": each.rows, "checksum": each.checksum} for each in copied
    ]
    listing.print_list(rows, as_json=json, when_empty="")


@contextmanager
def _bars() -> Iterator[Report]:
    """A bar for each step of each table that has rows, on standard error."""
    from rich import progress  # noqa: PLC0415 -- takes longer to load than most commands to run
    from rich.console import Console  # noqa: PLC0415 -- see above

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bars:
        known: dict[tuple[str, str], progress.TaskID] = {}

        def report(step: str, table: str, done: int, total: int) -> None:
            if total:
                if (step, table) not in known:
                    known[step, table] = bars.add_task(f"{STEPS[step]} {table}")
                bars.update(known[step, table], completed=done, total=total)

        yield report
