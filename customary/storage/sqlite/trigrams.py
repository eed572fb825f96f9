"""How a text filter becomes a question to the trigram index: its rarest trigrams, as a sample of customers shows.

A trigram that nearly every customer has (``+49``, ``.co``) costs the most and tells the least.
"""

import time
from collections import Counter
from collections.abc import Iterable

import apsw

from customary.storage.sqlite.rows import customer_key
from customary.storage.sqlite.sql import SQL

SAMPLE_ROWS = 500
REMEMBERED_SECONDS = 600
MOST_TRIGRAMS = 3
SHORTEST = 3
"""A shorter text never goes to the index."""


class TrigramFrequencies:
    """How many of a sample of the store's customers have a trigram; looked at anew now and then."""

    def __init__(self) -> None:
        self._samples: dict[int, tuple[float, Counter[str]]] = {}

    def match(self, connection: apsw.Connection, store_id: int, last_id: int, needles: Iterable[str]) -> str:
        """The expression behind MATCH that finds every customer with all the needles, and some others."""
        sample = self._sample(connection, store_id, last_id)
        chosen = {gram for needle in needles for gram in sorted(_grams(needle), key=sample.__getitem__)[:MOST_TRIGRAMS]}
        return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in sorted(chosen))

    def _sample(self, connection: apsw.Connection, store_id: int, last_id: int) -> Counter[str]:
        until, sample = self._samples.get(store_id, (0.0, Counter()))
        if until < time.monotonic():
            sample = Counter()
            for customer_id in range(1, last_id + 1, max(1, last_id // SAMPLE_ROWS)):
                row = connection.execute(SQL["get_texts"], (customer_key(store_id, customer_id),)).fetchone()
                if row:
                    sample.update(_grams(row[0]))
            self._samples[store_id] = (time.monotonic() + REMEMBERED_SECONDS, sample)
        return sample


def _grams(text: str) -> set[str]:
    return {text[start : start + 3] for start in range(len(text) - 2)}
