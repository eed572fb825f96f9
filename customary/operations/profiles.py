"""The store's profile, as far as customers need it."""

from customary.errors import StoreNotFound
from customary.model.body import ProfileBody
from customary.model.change import Origin
from customary.model.store import Store
from customary.rules.problems import Problems
from customary.rules.profile_update import update_profile as apply_update
from customary.storage.protocol import Reader, Storage, Transaction


async def read_store(reader: Reader, store_id: int) -> Store:
    """Raises StoreNotFound."""
    store = await reader.get_store(store_id)
    if store is None:
        raise StoreNotFound()
    return store


async def update_profile(
    storage: Storage, store_id: int, origin: Origin, body: ProfileBody, problems: Problems | None = None
) -> None:
    """Raises InvalidBody, with ``problems`` that were found in the body before."""

    async def work(transaction: Transaction) -> None:
        store = await read_store(transaction, store_id)
        await transaction.replace_store(store, apply_update(store, body, problems))

    await storage.write(store_id, origin, work)
