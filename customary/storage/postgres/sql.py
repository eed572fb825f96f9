"""The fixed statements of the PostgreSQL back end by name; their text and descriptions are in the .sql files."""

from itertools import count
from re import sub

from customary.storage.statements import load_statements

FILES = (
    "statements.sql",
    "erasure.sql",
    "feed.sql",
    "history.sql",
    "keyed_requests.sql",
    "orders.sql",
    "references.sql",
    "retention.sql",
    "summaries.sql",
    "tickets.sql",
)
SQL = {name: text for file in FILES for name, text in load_statements("customary.storage.postgres", file).items()}


def numbered(statement: str) -> str:
    """With ``$1``, ``$2`` … for each ``?``, which is how the fragments that both back ends share mark a value."""
    numbers = count(1)
    return sub(r"\?", lambda _: f"${next(numbers)}", statement)
