"""A store is locked while it is written to, and no other with it."""

import asyncio

import asyncpg

from customary.storage.protocol import Storage
from tests.storage.records import OTHER, STORE, add_customer


async def test_who_holds_a_store_holds_up_no_other(servers: tuple[Storage, Storage], url: str) -> None:
    connection = await asyncpg.connect(url)
    async with connection.transaction():
        await connection.execute(f"SELECT FROM store WHERE store_id = {STORE} FOR NO KEY UPDATE")
        waiting = asyncio.ensure_future(add_customer(servers[0], STORE, "a@example.com"))
        await add_customer(servers[0], OTHER, "a@example.com")
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert (await waiting).id == 1
    await connection.close()
