"""A disk that fails or loses power when a test tells it to: a VFS over the system's own. No test here."""

from pathlib import Path
from typing import Any

import apsw

LOG, DATABASE = apsw.SQLITE_OPEN_WAL, apsw.SQLITE_OPEN_MAIN_DB


class FaultyDisk(apsw.VFS):
    """Registered under ``name`` until ``unregister``. ``failing`` says which call on which kind of file raises what.

    ``platter`` holds what a power cut would leave of each file in the worst case: what was synced. What was written
    before a sync that failed never gets there, as on Linux, where a later sync has nothing to do for it.
    """

    def __init__(self, name: str) -> None:
        self.failing: dict[tuple[int, str], type[apsw.Error]] = {}
        self.syncs: list[int] = []
        self.platter: dict[str, bytearray] = {}
        super().__init__(name, "")

    def cut_power(self, directory: Path) -> Path:
        """Writes what is on the platter to a directory of its own; answers where the database is in it."""
        directory.mkdir()
        for name, content in self.platter.items():
            directory.joinpath(name).write_bytes(content)
        return directory / "customary.db"

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 -- SQLite's names
        return FaultyFile(self, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:  # noqa: N802
        super().xDelete(name, sync_directory)
        self.platter.pop(Path(name).name, None)


class FaultyFile(apsw.VFSFile):
    """One open file of a FaultyDisk."""

    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._kind = flags[0] & (LOG | DATABASE)
        self._name = Path(name.filename()).name if isinstance(name, apsw.URIFilename) else Path(name or "-").name
        self._unsynced: list[tuple[int, bytes]] = []
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._fail("xWrite")
        super().xWrite(data, offset)
        self._unsynced.append((offset, bytes(data)))

    def xSync(self, flags: int) -> None:  # noqa: N802
        written, self._unsynced = self._unsynced, []
        self._fail("xSync")
        super().xSync(flags)
        self._disk.syncs.append(self._kind)
        synced = self._disk.platter.setdefault(self._name, bytearray())
        for offset, data in written:
            synced.extend(bytes(max(0, offset + len(data) - len(synced))))
            synced[offset : offset + len(data)] = data

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        del self._disk.platter.setdefault(self._name, bytearray())[size:]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._fail("xRead")
        return super().xRead(amount, offset)

    def _fail(self, call: str) -> None:
        error = self._disk.failing.get((self._kind, call))
        if error is not None:
            raise error(f"{call} failed")
