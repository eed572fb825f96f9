"""The mark of a database that a copy was begun into and not finished: it is not opened to be worked on."""

from customary.errors import OperatorError

MARK = "copy_progress"
"""A table: for each one that is copied, the key of the row that was copied last, and how many there are."""


def refuse_unfinished(name: str) -> None:
    """Raises OperatorError."""
    raise OperatorError(f"{name} is an unfinished copy: the same 'customary database copy' once more goes on with it")
