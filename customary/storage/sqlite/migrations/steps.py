"""The migration scripts in order: the first has number 1, as in ``PRAGMA user_version``."""

from customary.storage.statements import load_steps

STEPS = load_steps("customary.storage.sqlite.migrations")
