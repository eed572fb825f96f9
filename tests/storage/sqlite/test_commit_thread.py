"""What the thread that commits leaves behind when the event loop, or the connection, fails."""

import asyncio
import threading
from pathlib import Path

import apsw
import pytest

from customary.storage.sqlite.commit_thread import CommitThread
from customary.storage.sqlite.connection import open_writer
from customary.storage.sqlite.group_commit import GroupCommit


def test_a_loop_that_is_closed_meanwhile_is_not_called() -> None:
    """Nor does the thread fail for it: that would be printed, and be an error here."""
    thread, closed = CommitThread(), threading.Event()
    answers: list[BaseException | None] = []

    async def ask() -> None:
        thread.run(closed.wait, answers.append)

    asyncio.run(ask())
    closed.set()
    thread.stop()
    assert answers == []


class StubbornConnection(apsw.Connection):
    def close(self, force: bool = False) -> None:
        super().close(force)
        raise apsw.BusyError("somebody still uses it")


async def test_a_connection_that_can_not_be_closed_is_told_of(path: Path) -> None:
    open_writer(str(path), 1).close()
    commits = GroupCommit(StubbornConnection(str(path)), 256)
    with pytest.raises(apsw.BusyError, match="somebody still uses it"):
        await commits.close()
    assert "customary-commit" not in [thread.name for thread in threading.enumerate()]
