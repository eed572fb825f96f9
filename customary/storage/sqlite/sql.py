"""The fixed statements of the SQLite back end by name; their text and descriptions are in statements.sql."""

from customary.storage.statements import load_statements

SQL = load_statements("customary.storage.sqlite", "statements.sql")
