"""A checksum of a table that is the same on SQLite and PostgreSQL, in whatever order its rows are read."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from msgspec import msgpack

from customary.storage.copying.documents import one_form

BITS = 128


class Checksum:
    """The sum of what each row hashes to."""

    def __init__(self, documents: Iterable[int]) -> None:
        """``documents``: the positions of JSON columns."""
        self._documents = tuple(documents)
        self._sum = 0
        self.rows = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            values = list(row)
            for place in self._documents:
                if values[place] is not None:
                    values[place] = one_form(values[place])
            digest = blake2b(msgpack.encode(values), digest_size=BITS // 8).digest()
            self._sum = (self._sum + int.from_bytes(digest, "big")) % (1 << BITS)
            self.rows += 1

    @property
    def text(self) -> str:
        return f"{self._sum:0{BITS // 4}x}"
