"""Old history is forgotten beside the requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from customary.api.call import Services
from customary.api.retention_worker import RetentionWorker
from customary.operations.passwords import PasswordHashing
from tests.api.shop import Shop

DAY = 86_400


async def run_until(is_so: Callable[[], Awaitable[bool]], services: Services, days: int, seconds: float) -> bool:
    """Whether it comes to that. Other tests' stores are on the server too, so it may take a while."""
    worker = RetentionWorker(services, days, pause_seconds=0.01)
    worker.start()
    until = time.monotonic() + seconds
    while not (there := await is_so()) and time.monotonic() < until:
        await asyncio.sleep(0.02)
    await worker.stop()
    return there


def test_what_is_too_old_is_forgotten(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {"taxId": "1"})
    passwords = PasswordHashing(1, 1)
    storage = shop.server.storage
    services = Services(storage, passwords, time.time)
    later = replace(services, clock=lambda: time.time() + 3 * DAY)

    async def is_forgotten() -> bool:
        return [change.kind for change in await storage.list_changes(shop.store_id, 0, 10)] == ["updated"]

    for kept in ((services, 2), (later, 4), (later, 0)):
        assert not shop.server.run(run_until(is_forgotten, *kept, seconds=0.3))
        assert shop.changes() == ["customer created", "customer updated"]
    assert shop.server.run(run_until(is_forgotten, later, 2, seconds=50))
    passwords.close()
