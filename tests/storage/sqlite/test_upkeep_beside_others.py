"""Whoever looks at the log while another process changes it finds it locked, now and then: that is no failure."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from customary.storage.sqlite import endings
from customary.storage.sqlite.connection import open_writer
from customary.storage.sqlite.upkeep import Upkeep


class LockedLog(apsw.Connection):
    """Whose log is being changed by somebody else, whenever it is asked for."""

    def wal_checkpoint(self, *_arguments: Any, **_named: Any) -> tuple[int, int]:
        raise apsw.BusyError("database is locked")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[apsw.Connection]:
    path = str(tmp_path / "shop.db")
    open_writer(path, 1).close()
    connection = LockedLog(path)
    endings.register(connection)
    yield connection
    connection.close()


def test_a_look_after_a_commit_is_put_off(connection: apsw.Connection) -> None:
    assert Upkeep(connection).after_commit() is None


def test_the_text_index_is_brought_up_to_date_all_the_same(connection: apsw.Connection) -> None:
    upkeep = Upkeep(connection)
    connection.execute("INSERT INTO customer_unindexed (customer_key) VALUES (1)")
    upkeep.after_commit()
    assert upkeep.unindexed == 1
    upkeep.run()
    assert upkeep.unindexed == 0
