"""Old history is forgotten beside the requests."""

import asyncio
import time
from dataclasses import replace

from customary.api.call import Services
from customary.api.retention_worker import RetentionWorker
from customary.operations.passwords import PasswordHashing
from tests.api.shop import Shop

DAY = 86_400


async def run_for_a_moment(services: Services, days: int) -> None:
    worker = RetentionWorker(services, days, pause_seconds=0.01)
    worker.start()
    await asyncio.sleep(0.3)
    await worker.stop()


def test_what_is_too_old_is_forgotten(shop: Shop) -> None:
    customer_id = shop.add_customer()
    shop.put(f"/customers/{customer_id}", {"taxId": "1"})
    passwords = PasswordHashing(1, 1)
    services = Services(shop.server.storage, passwords, time.time)
    later = replace(services, clock=lambda: time.time() + 3 * DAY)
    for kept in ((services, 2), (later, 4), (later, 0)):
        shop.server.run(run_for_a_moment(*kept))
        assert shop.changes() == ["customer created", "customer updated"]
    for _ in range(30):  # the stores of other tests have their turn too
        shop.server.run(run_for_a_moment(later, 2))
        if shop.changes() == ["customer updated"]:
            break
    assert shop.changes() == ["customer updated"]
    passwords.close()
