"""customary's own HTTP, routing, token check and decoding in front of a storage that stores nothing.

`python -m benchmarks.bare_server PORT` serves until it is stopped. GET and PUT of a customer are answered as the
server would answer them; the token is known to everybody.
"""

import asyncio
import sys
from typing import Any

import uvloop
from msgspec import convert

from benchmarks import population
from customary.app import build_application, build_server, rarely_collect_garbage
from customary.listening import listen
from customary.logs import AccessLog
from customary.model.body import CustomerBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.store import SCOPES, Access, Group, Store, Token
from customary.model.update import Updated
from customary.operations.passwords import PasswordHashing
from customary.rules.customer_update import StoreFacts, new_customer
from customary.settings import Settings
from customary.storage.protocol import Storage


class NoIds:
    """Every new element gets the same id."""

    def new_address_id(self) -> int:
        return 0

    def new_contact_id(self) -> int:
        return 0


class NoStorage:
    """Knows every store, every token and one customer, and takes every write for done."""

    ready = True

    def __init__(self) -> None:
        body = convert(population.customer(1, population.SEED_MARK), CustomerBody)
        self._customer = new_customer(1, body, StoreFacts(languages=("en",)), NoIds(), 0)

    async def get_store(self, store_id: int) -> Store:
        return Store(id=store_id, name="Bare", created=0)

    async def find_access(self, store_id: int, digest: bytes) -> Access:
        token = Token(
            id=1, store_id=store_id, digest=digest, public=False, label="bare", scopes=frozenset(SCOPES), created=0
        )
        return Access(store=await self.get_store(store_id), token=token)

    async def get_customer(self, _store_id: int, _customer_id: int) -> Customer:
        return self._customer

    async def get_group(self, _store_id: int, group_id: int) -> Group:
        return Group(id=group_id, name="Bare")

    async def write(self, _store_id: int, _origin: Origin, _work: Any) -> Updated:
        return Updated(customer=self._customer)


async def serve(port: int) -> None:
    settings = Settings(port=port)
    storage: Storage = NoStorage()  # type: ignore[assignment]  # only what the measured calls ask for
    application = build_application(settings, storage, PasswordHashing(), AccessLog(settings.log_format))
    rarely_collect_garbage()
    await build_server(settings, application).start(listen(settings.host, port))
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
