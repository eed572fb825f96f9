"""The schema as numbered steps (``0001_….sql``), each applied once in a transaction of its own."""
