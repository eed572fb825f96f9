"""Looks for texts in the parts of SQLite's pages that hold nothing. See https://www.sqlite.org/fileformat2.html#b_tree_pages.

With secure_delete SQLite overwrites what it deletes, but when it distributes the cells of a page anew, old bytes may
stay between the cell pointers and the cells.
"""

from collections.abc import Collection, Iterator

import apsw
from msgspec import json

from customary.model.keys import search_key
from customary.storage.sqlite import endings

HEADER_BYTES = 100
CHUNK_BYTES = 1024 * 1024
POINTERS_BEGIN = {2: 12, 5: 12, 10: 8, 13: 8}
"""Kind of a b-tree page → size of its header."""


def has_leftovers(path: str, vfs: str | None, texts: Collection[str]) -> bool:
    """The file is read by way of SQLite: to open and close it in another way would drop the locks that are on it."""
    forms = {form for text in texts for form in (text, search_key(text), *endings.traces(text))}
    wanted = {form.encode() for form in forms} | {json.encode(form)[1:-1] for form in forms}
    file = apsw.VFSFile(vfs or "", path, [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY, 0])
    try:
        return any(text in unused for unused in _unused_parts(file) for text in wanted)
    finally:
        file.xClose()


def _unused_parts(file: apsw.VFSFile) -> Iterator[bytes]:
    size = file.xFileSize()
    page_bytes = int.from_bytes(file.xRead(HEADER_BYTES, 0)[16:18], "big")
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    for start in range(0, size, CHUNK_BYTES):
        chunk = file.xRead(min(CHUNK_BYTES, size - start), start)
        for place in range(0, len(chunk), page_bytes):
            unused = _unused(chunk[place : place + page_bytes], HEADER_BYTES if start + place == 0 else 0)
            if unused.strip(b"\0"):
                yield unused


def _unused(page: bytes, start: int) -> bytes:
    """Empty for pages that are no b-tree's."""
    begin = POINTERS_BEGIN.get(page[start])
    if begin is None:
        return b""
    cells = int.from_bytes(page[start + 3 : start + 5], "big")
    content = int.from_bytes(page[start + 5 : start + 7], "big") or 65_536
    return page[start + begin + 2 * cells : content]
