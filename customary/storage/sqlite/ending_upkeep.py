"""What the index of endings needs between batches: to be filled in an older database, and its pieces merged."""

import apsw

from customary.storage.sqlite.sql import SQL

FILLED_ROWS = 500
"""Customers that are taken in at a time: some 10 ms."""
MERGED_PAGES = 500
"""Pages that are merged at a time: some 20 ms."""
SCATTERED_SHARE = 10
"""Once a tenth of the index is beside its biggest piece, all of it is merged: a look-up goes into every piece."""


class EndingUpkeep:
    """Works inside of a transaction of its caller. Several processes may do so on one database."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._pages = -MERGED_PAGES
        self.filling = connection.execute(SQL["get_ending_filled"]).fetchone() is not None
        """Customers who were there before the index was are being taken in; nobody asks it meanwhile."""
        self.scattered = self._is_scattered()

    def note_more(self) -> None:
        """After something was taken in."""
        self.scattered = self._is_scattered()

    def fill_some(self) -> None:
        filled = self._connection.execute(SQL["get_ending_filled"]).get
        last = None
        if filled is not None:
            last = self._connection.execute(SQL["get_ending_piece"], (filled, FILLED_ROWS)).get
        if last is None:
            self._connection.execute(SQL["finish_endings"])
            self.filling, self.scattered = False, self._is_scattered()
            return
        for statement in ("clear_endings", "fill_endings"):
            self._connection.execute(SQL[statement], (filled, last))
        self._connection.execute(SQL["set_ending_filled"], (last,))

    def merge_some(self) -> None:
        """A negative number begins a merge of all. SQLite tells by the count of its changes that nothing is left."""
        before = self._connection.total_changes()
        self._connection.execute(SQL["merge_endings"], (self._pages,))
        self.scattered = self._connection.total_changes() - before > 1
        self._pages = MERGED_PAGES if self.scattered else -MERGED_PAGES

    def _is_scattered(self) -> bool:
        pieces: list[int] = [pages for (pages,) in self._connection.execute(SQL["list_ending_pieces"])]
        return len(pieces) > 2 and sum(pieces) * SCATTERED_SHARE > max(pieces) * (SCATTERED_SHARE + 1)
