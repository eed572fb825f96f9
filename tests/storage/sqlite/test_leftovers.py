"""Bytes that SQLite leaves where nothing is: they are found, and gone after the file was written anew."""

from pathlib import Path

import apsw
import pytest

from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.leftovers import has_leftovers
from tests.storage.records import NOON, ORIGIN, STORE, add_customer, add_stores, count_customers, delete_customer

PAGE = 4096


def leave(path: Path, text: bytes) -> None:
    """As SQLite does when it distributes cells anew: right before the cells of a page that has room there."""
    file = apsw.VFSFile("", str(path), [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE, 0])
    for place in range(PAGE, file.xFileSize(), PAGE):
        page = file.xRead(PAGE, place)
        cells, content = int.from_bytes(page[3:5], "big"), int.from_bytes(page[5:7], "big")
        if page[0] == 13 and content - 8 - 2 * cells > len(text):
            file.xWrite(text, place + content - len(text))
            file.xClose()
            return
    pytest.fail("no page has room")


async def test_what_is_left_is_found_and_purged(path: Path) -> None:
    storage = SqliteStorage(str(path))
    await add_stores(storage, STORE)
    for number in range(50):
        await add_customer(storage, STORE, f"{number}@example.com", private_admin_notes="no room " * 20)
    await storage.close()
    leave(path, 'Zoë \\"Qx\\"'.encode())
    assert has_leftovers(str(path), None, ['Zoë "Qx"', "else"])
    assert not has_leftovers(str(path), None, ["5@example.com", "no room"])  # which is where it belongs
    storage = SqliteStorage(str(path))
    await delete_customer(storage, STORE, 1)
    await storage.write(STORE, ORIGIN, lambda transaction: transaction.erase_customer(1, ()))
    await storage.purge([(STORE, 1)], ['Zoë "Qx"'], NOON)
    assert "Zoë".encode() not in path.read_bytes()
    assert not has_leftovers(str(path), None, ['Zoë "Qx"'])
    assert await count_customers(storage, STORE) == 49
    await storage.close()
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    assert reader.pragma("integrity_check") == "ok"
    reader.close()


async def test_capitals_and_other_forms_are_found(path: Path) -> None:
    storage = SqliteStorage(str(path))
    await storage.close()
    leave(path, "STRASSE 5".lower().encode())
    assert has_leftovers(str(path), None, ["Straße 5"])
