"""The schema as numbered steps (``0001_….sql``), with the same numbers and the same meaning as those for SQLite."""
