"""Whose turn it is to write, among the workers of one server."""

try:
    import fcntl
except ImportError:  # Windows, where there are no workers
    fcntl = None  # type: ignore[assignment]  # there is none

NEXT, WRITING = 0, 1
"""The bytes of the file that are locked: by who waits at the head, and by who writes."""


class Turn:
    """Two locks in a file that all workers have open; each goes with its process, however that ends.

    SQLite does not wake who waits for it to write, so the worker that has just committed would nearly always be the
    next one as well. Here it has to stand behind the one that waits. Without a file it is always this process's turn.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = descriptor
        self._is_ours = False

    def take_at_once(self) -> bool:
        """False when another process has it, or waits for it."""
        if self._descriptor is None or self._is_ours:
            return True
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, NEXT)
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, WRITING)
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, NEXT)
        except OSError:
            return False
        self._is_ours = True
        return True

    def take(self) -> None:
        """Waits, as long as it takes. Again does nothing."""
        if self._descriptor is not None and not self._is_ours:  # to wait at the head while it is would be a deadlock
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, NEXT)
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, WRITING)
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, NEXT)
            self._is_ours = True

    def give(self) -> None:
        """Also when it was not had."""
        if self._descriptor is not None and self._is_ours:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, WRITING)
            self._is_ours = False
