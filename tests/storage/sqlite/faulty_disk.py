"""A disk that fails or loses power when a test tells it to: a VFS over the system's own. No test here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

LOG, DATABASE = apsw.SQLITE_OPEN_WAL, apsw.SQLITE_OPEN_MAIN_DB
Files = dict[str, bytes]


class FaultyDisk(apsw.VFS):
    """Registered under ``name`` until ``unregister``. ``failing`` says which call on which kind of file raises what.

    It knows of each file what was synced and what was only written. What was written before a sync that failed is
    forgotten: so it is on Linux, where a later sync has nothing to do for it.
    """

    def __init__(self, name: str) -> None:
        self.failing: dict[tuple[int, str], type[apsw.Error]] = {}
        self.syncs: list[int] = []
        self.before_sync: Callable[[], None] = lambda: None
        self.synced: dict[str, bytearray] = {}
        self.written: dict[str, list[tuple[int, bytes]]] = {}
        super().__init__(name, "")

    def cut_power(self, reached_the_platter: Callable[[], bool] = lambda: False) -> Files:
        """What is left when the power goes now. Of each write that was not synced it asks whether it got there."""
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for name, writes in self.written.items():
            for offset, data in writes:
                if reached_the_platter():
                    overwrite(files.setdefault(name, bytearray()), offset, data)
        return {name: bytes(content) for name, content in files.items()}

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 -- SQLite's names
        return FaultyFile(self, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:  # noqa: N802 -- SQLite's names
        super().xDelete(name, sync_directory)
        self.synced.pop(Path(name).name, None)
        self.written.pop(Path(name).name, None)


class FaultyFile(apsw.VFSFile):
    """One open file of a FaultyDisk."""

    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._kind = flags[0] & (LOG | DATABASE)
        self._name = Path(name.filename()).name if isinstance(name, apsw.URIFilename) else Path(name or "-").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 -- SQLite's names
        self._fail("xWrite")
        super().xWrite(data, offset)
        self._disk.written.setdefault(self._name, []).append((offset, bytes(data)))

    def xSync(self, flags: int) -> None:  # noqa: N802 -- SQLite's names
        self._disk.before_sync()
        writes = self._disk.written.pop(self._name, [])
        self._fail("xSync")
        super().xSync(flags)
        self._disk.syncs.append(self._kind)
        for offset, data in writes:
            overwrite(self._disk.synced.setdefault(self._name, bytearray()), offset, data)

    def xTruncate(self, size: int) -> None:  # noqa: N802 -- SQLite's names
        super().xTruncate(size)
        del self._disk.synced.setdefault(self._name, bytearray())[size:]
        writes = self._disk.written.get(self._name, [])
        self._disk.written[self._name] = [write for write in writes if write[0] < size]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 -- SQLite's names
        self._fail("xRead")
        return super().xRead(amount, offset)

    def _fail(self, call: str) -> None:
        error = self._disk.failing.get((self._kind, call))
        if error is not None:
            raise error(f"{call} failed")


def overwrite(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(bytes(max(0, offset + len(data) - len(content))))
    content[offset : offset + len(data)] = data


def put_files(files: Files, directory: Path) -> Path:
    """Writes them into a new directory; answers where the database is."""
    directory.mkdir()
    for name, content in files.items():
        directory.joinpath(name).write_bytes(content)
    return directory / "customary.db"
