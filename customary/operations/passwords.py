"""Hashes passwords with Argon2id off the event loop: few at a time, a bounded number waiting."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type

from customary.errors import ServiceUnavailable


class PasswordHashing:
    """Each hash takes some 50 ms of one core and 46 MiB (the OWASP minimum for one pass)."""

    def __init__(self, at_once: int = 2, waiting: int = 100) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="customary-password")
        self._most = at_once + waiting
        self._pending = 0

    async def hash(self, password: str) -> str:
        """Raises ServiceUnavailable when too many are waiting already."""
        if self._pending >= self._most:
            raise ServiceUnavailable("Too many passwords are being set at the moment")
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)
        finally:
            self._pending -= 1

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
