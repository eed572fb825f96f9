"""How a list is printed: a table for people, JSON for programs."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.table import Table

Value = str | int | bool | list[str] | None


def print_list(rows: Sequence[dict[str, Value]], *, as_json: bool, when_empty: str) -> None:
    """Prints ``rows``, which all have the same keys: the headings of the table, the names in the JSON."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows)).decode() + "\n")
    elif rows:
        _print_table(rows)
    else:
        sys.stderr.write(f"{when_empty}\n")


def show_time(seconds: int | None) -> str | None:
    """The API's way to write a time, such as ``2024-06-04 21:15:10 +0000``."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S +0000")


def _print_table(rows: Sequence[dict[str, Value]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in rows[0]:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(_show(value) for value in row.values()))
    wide_enough = 10_000  # a line is left to the terminal to wrap: nothing is cut off
    Console(file=sys.stdout, width=wide_enough, markup=False, emoji=False, highlight=False).print(table)


def _show(value: Value) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ",".join(value) or "-"
        case _:
            return "".join(character if character.isprintable() else "?" for character in str(value))
