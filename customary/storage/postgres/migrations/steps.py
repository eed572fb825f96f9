"""The migration scripts in order: the first has number 1, as in the row of ``installation``."""

from customary.storage.statements import load_steps

STEPS = load_steps("customary.storage.postgres.migrations")
