"""The ``customary`` command: one file per noun of the command line. What a command does beyond words is elsewhere."""

from customary.cli.application import main

__all__ = ["main"]
