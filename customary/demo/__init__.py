"""``customary demo``: a made-up store in a temporary directory, served until it is told to stop."""

import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from customary import app
from customary.demo.people import LANGUAGES, make_customers
from customary.listening import listen
from customary.logs import set_up_logging
from customary.model.body import GroupBody
from customary.model.change import Origin
from customary.model.keys import token_digest
from customary.model.store import SCOPES, Store, Token
from customary.operations.customers import create_customer
from customary.operations.groups import create_group
from customary.settings import Settings
from customary.storage import open_storage
from customary.storage.protocol import Storage

STORE_ID = 1003
HOST = "127.0.0.1"
SECRET = "secret_" + 4 * "demo0000"
WEEK = 7 * 24 * 60 * 60


async def run(port: int, say: Callable[[str], None]) -> int:
    """Serves the demo and returns the exit code. Raises OperatorError when the port is taken."""
    settings = Settings(host=HOST, port=port, log_format="text")
    set_up_logging(settings.log_format, settings.log_level)
    listen(HOST, port).close()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the server listens to it: clean up, then stop
    with tempfile.TemporaryDirectory(prefix="customary-demo-") as directory:
        database = f"sqlite:///{Path(directory) / 'demo.db'}"
        storage = await open_storage(database, create=True)
        try:
            customer_ids = await fill(storage, int(time.time()))
        finally:
            await storage.close()
        return await app.serve(
            replace(settings, database=database), lambda server: say(introduce(server.base_url, customer_ids))
        )


async def fill(storage: Storage, now: int) -> list[int]:
    """Makes the store and its people, registered one a week up to ``now``, and returns their ids."""
    await _open_store(storage, now)
    origin = Origin(at=now - 52 * WEEK, token_id=0, request_id="demo")  # time never goes back in a store
    wholesale = await create_group(storage, STORE_ID, origin, GroupBody(name="Wholesale"))
    club = await create_group(storage, STORE_ID, origin, GroupBody(name="Club members"))
    bodies = list(make_customers(wholesale=wholesale, club=club))
    ids = []
    for weeks_ago, body in zip(reversed(range(len(bodies))), bodies, strict=True):
        registered = Origin(at=now - weeks_ago * WEEK, token_id=0, request_id="demo")
        ids.append((await create_customer(storage, STORE_ID, registered, body)).id)
    return ids


async def _open_store(storage: Storage, now: int) -> None:
    store = Store(
        id=STORE_ID,
        name="Juniper & Lark",
        url="https://juniper-and-lark.example.com",
        timezone="Europe/Berlin",
        languages=LANGUAGES,
        default_language="en",
        created=now - 52 * WEEK,
    )
    token = Token(
        id=0,
        store_id=STORE_ID,
        digest=token_digest(SECRET),
        public=False,
        label="Demo",
        scopes=frozenset(SCOPES),
        created=now,
    )
    await storage.add_store(store)
    await storage.add_token(token)


def introduce(base_url: str, customer_ids: list[int]) -> str:
    """What the demo says when it is ready."""
    customer = f"{base_url}/api/v3/{STORE_ID}/customers/{customer_ids[0]}"
    return f"""
customary demo: store {STORE_ID} with {len(customer_ids)} made-up customers

  API    {base_url}/api/v3/{STORE_ID}
  Docs   {base_url}/docs
  Token  {SECRET}

Update a customer, from another terminal:

  curl -X PUT {customer} \\
    -H 'Authorization: Bearer {SECRET}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"billingPerson": {{"phone": "+1 503 555 0199"}}}}'

The answer is {{"updateCount":1}}. To look at the customer:

  curl -H 'Authorization: Bearer {SECRET}' {customer}

Ctrl-C stops the demo and deletes its data.
"""
