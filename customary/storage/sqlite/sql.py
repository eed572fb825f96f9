"""The fixed statements of the SQLite back end by name; their text and descriptions are in the .sql files."""

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
SQL = {name: text for file in FILES for name, text in load_statements("customary.storage.sqlite", file).items()}
