"""The standard streams, where whoever started the command has closed them."""

import os
import sys

STANDARD = (0, 1, 2)


def open_missing_streams() -> None:
    """A file or socket would get the number of one that is closed, and the event loop aborts when it is to close it."""
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:  # the lowest free number is given to what is opened next
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 -- a descriptor, open to the end
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 -- see above
